import {
  blocksOf,
  c2st,
  fitPreparation,
  mmdFuse,
  prepareRows,
  type SparkerOptions,
  type TwoSampleResult,
} from "../../discover/index.ts";
import { type Key, sliceRows, stackRows } from "../../numeric/index.ts";
import type { DiscoverOptions } from "./discover-options.ts";
import type { Encoded } from "./encoded.ts";

/** The peers, on pooled rows prepared as SparKer's are. */
export async function runPeers(
  { window, reference, groups }: Encoded,
  own: SparkerOptions,
  wanted: readonly string[],
  root: Key,
  { signal, onProgress }: DiscoverOptions,
): Promise<readonly TwoSampleResult[]> {
  if (!wanted.includes("mmd-fuse") && !wanted.includes("c2st")) return [];
  const pooled = stackRows(window, reference);
  const rows = await prepareRows(fitPreparation(own.scaling, pooled), pooled);
  const blocks = groups && blocksOf([...groups.window, ...groups.reference], window.rows);
  const both = { window: sliceRows(rows, 0, window.rows), reference: sliceRows(rows, window.rows, rows.rows), blocks };
  const context = { signal, onProgress };
  return [
    ...(wanted.includes("mmd-fuse") ? [await mmdFuse(both, { ...context, key: root.for("mmd-fuse") })] : []),
    ...(wanted.includes("c2st") ? [await c2st(both, { ...context, key: root.for("c2st") })] : []),
  ];
}
