import { integratedGradients, type ScoreGradient } from "./gradients.ts";
import { type Asked, dropsOf, NAMED, type Occluded, sorted } from "./occlusion.ts";

/** The least share of the drop that occlusion finds. */
const AS_GOOD = 0.9;

/**
 * What carries scores, by integrated gradients where they are as good: where they add up, and where the columns that they
 * name lower the score by nine tenths or more of what those that occlusion named do. Gradients divide a score
 * among all columns, but they may name columns that are odd only beside each other, of which three change nothing.
 *
 * `baseline` gives the normal row that the way begins at and its score; null where there is none.
 */
export async function preferGradients(
  asked: Asked,
  occluded: readonly Occluded[],
  slopes: ScoreGradient,
  baseline: (row: number) => { readonly normalRow: number; readonly score: number } | null,
): Promise<readonly Occluded[]> {
  const rows = occluded.flatMap(({ method }, i) => (method === "occlusion" && baseline(i) !== null ? [i] : []));
  const parts = await integratedGradients(asked, slopes, rows, (row) => baseline(row)!);
  const all = asked.normal.columns.map((_, j) => j);
  const tried = [...parts].map(([row, contributions]) => ({ row, contributions, order: sorted(all, contributions) }));
  const { mean } = await dropsOf(
    asked,
    tried.map(({ row, order }) => ({ row, set: order.slice(0, NAMED) })),
  );
  const out = [...occluded];
  tried.forEach(({ row, contributions, order }, k) => {
    if (mean[k] > 0 && mean[k] >= AS_GOOD * occluded[row].drop)
      out[row] = { contributions, order, method: "integrated gradients", drop: mean[k] };
  });
  return out;
}
