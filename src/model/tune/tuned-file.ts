import { createHash } from "node:crypto";
import { type Calibration, pValueExpression } from "../../calibrate/index.ts";
import { encode, type Tensor } from "../../graph/index.ts";
import type { ModelFile } from "../load.ts";
import { MANIFEST_KEY, type Manifest, ROWS_KEY } from "../manifest.ts";
import { version } from "../version.ts";

/** SHA-256 of a model file, in hexadecimal digits. */
export function fileFingerprint({ bytes }: Pick<ModelFile, "bytes">): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A model file with another score or other p-values in the place of its own; rows and classes stay. */
export function tunedFile(
  file: ModelFile,
  score: Tensor,
  calibration: Calibration,
  changes: Pick<Manifest, "calibration" | "referenceRows" | "detector" | "tuned">,
): ModelFile {
  const manifest: Manifest = { ...file.manifest, ...changes, version, leastFit: null };
  const pValue = pValueExpression(calibration)(score);
  const { nearestClass, rows } = file;
  const bytes = encode(
    { score, p_value: pValue, ...(nearestClass && { nearest_class: nearestClass }) },
    {
      producerVersion: version,
      description: `${manifest.detector.name}, tuned with labelled rows: ${manifest.detector.summary}`,
      metadata: { [MANIFEST_KEY]: JSON.stringify(manifest), ...(rows !== null && { [ROWS_KEY]: rows }) },
    },
  );
  const runnable = nearestClass === null ? bytes : encode({ score, p_value: pValue });
  return { bytes, runnable, manifest, score, pValue, nearestClass, rows };
}
