import { type SparkerOptions, toyKind } from "../../discover/index.ts";
import { type Matrix, sliceRows, stackTables } from "../../numeric/index.ts";
import { type Features, fitFeatures } from "../../prepare/index.ts";
import { prepared } from "../learn.ts";
import type { DiscoverOptions } from "./discover-options.ts";
import type { ReadSamples } from "./read-samples.ts";

/** Both samples as numbers, in the order of the encoded columns. */
export interface Encoded {
  readonly window: Matrix;
  readonly reference: Matrix;
  readonly groups: ReadSamples["groups"];
}

/** Raw columns as numbers: encoders learn from both samples where toys deal them anew, else from the reference alone. */
export async function encoded(
  read: ReadSamples,
  own: SparkerOptions,
  { group, signal }: DiscoverOptions,
): Promise<{ features: Features; samples: Encoded }> {
  const { toys } = toyKind(
    read.window.rows,
    read.reference.rows,
    group === undefined ? own.deal : "permute",
    own.mostReference,
  );
  const all = stackTables([read.window, read.reference]);
  const features = fitFeatures(toys === "permute" ? all : read.reference, read.columns, "one-hot");
  const rows = await prepared(features, all, { ...(signal && { signal }) });
  const window = sliceRows(rows, 0, read.window.rows);
  const reference = sliceRows(rows, read.window.rows, rows.rows);
  return { features, samples: { window, reference, groups: read.groups } };
}
