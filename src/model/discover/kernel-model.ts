import { kernelExpressions, type SparkerResult } from "../../discover/index.ts";
import { encode, gather, identity, int64 } from "../../graph/index.ts";
import type { Features } from "../../prepare/index.ts";
import { version } from "../version.ts";

/** The metadata of a file that holds f and not a model of `fit`. */
const KERNELS_KEY = "unseen.discover";

/**
 * f of the chosen level as an ONNX file: raw columns in by name, `score` (f, the log of the density ratio: higher is more
 * of the window's) and `contributions` (a g of each kernel) out. A pure function of the row; it holds centers, which are
 * near rows of the window, and no rows.
 */
export function kernelModel(
  features: Features,
  { preparation, levelFits, level, pValue, z }: SparkerResult,
  facts: Readonly<Record<string, unknown>>,
): Uint8Array {
  const all = preparation.kept.length === features.names.length;
  const kept = all ? features.matrix : gather(features.matrix, int64(preparation.kept), 1);
  const { kernels } = levelFits[level];
  const { f, pulls } = kernelExpressions(preparation.forward(kept), kernels);
  const metadata = {
    version,
    method: "sparker",
    what: "score is the log of the density ratio window / reference of one fitted window; it is no general detector",
    pValue,
    z,
    kernels: kernels.amplitudes.length,
    width: kernels.width,
    columns: features.names,
    ...facts,
  };
  return encode(
    { score: identity(f), contributions: identity(pulls) },
    {
      producerVersion: version,
      description: "sparker: where a window differs from its reference",
      metadata: { [KERNELS_KEY]: JSON.stringify(metadata) },
    },
  );
}
