import { z } from "zod";
import { add, maximum, minimum, multiply, overRows, type Tensor } from "../../graph/index.ts";
import { type Matrix, matrix, sample, takeRows } from "../../numeric/index.ts";
import { fitScaling } from "../../prepare/index.ts";
import type { Detector } from "../detector.ts";
import { rowsAtOnce } from "../nearest.ts";
import { learnedObjection } from "./learned.ts";
import { objection, type Scaled, type Space, type Spaces } from "./objection.ts";
import { drawSubsets, type SubsetCounts } from "./subsets.ts";

const options = z.object({
  maxRows: z.int().min(2).max(100_000).default(10_000).describe("Normal rows kept in the model, drawn by key."),
  views: z
    .int()
    .min(1)
    .max(200)
    .default(20)
    .describe("Column subsets drawn of each kind: single columns, pairs, halves."),
  nearlyFull: z
    .int()
    .min(0)
    .max(200)
    .default(0)
    .describe("Column subsets drawn that leave one column out; they cost much and gain nothing measurable."),
  logViews: z
    .int()
    .min(0)
    .max(200)
    .default(10)
    .describe("Single columns and pairs drawn in signed-log columns, and all of them together; 0 for none of it."),
  lowEnd: z
    .boolean()
    .default(true)
    .describe("Whether unusually small values of columns that are never below 0 may object."),
  learned: z
    .boolean()
    .default(false)
    .describe("Whether a classifier of made outliers may object too: it gains little, and a fit takes seconds longer."),
  hidden: z
    .number()
    .min(0)
    .max(0.49)
    .default(0)
    .describe("Share of the rows that may be anomalous all the same; distances then reach past so many rows, too."),
});

/** Rows that the look past hidden anomalies compares with: more of them would only cost more. */
const FEWER_ROWS = 500;

/** Distances this small in quantile-normal or signed-log columns are twins: both differ in the last place between machines. */
const TWIN = 1e-9;

/**
 * Any view may object: many small column subsets score a row by its distance to the nearest normal row, and the
 * largest objection wins. The default: the most accurate label-free recipe that we know (docs/benchmarks.md).
 *
 * Symbols: A the n training rows; c a column subset; v_c(x) the distance of x to the nearest row of A in the columns c
 * of scaled A; l_c(i) the same for training row i, itself left out; m_c the mean of l_c;
 * u_c = min(v_c / (m_c + 1e-9), 1e12); g the tail scale of a score (`fitTail`), one for each. score(x) is the largest of
 * - g(mean of u_c over c), columns standardized;
 * - g(v of all columns), columns quantile-normal;
 * - g(mean of u_c over fewer c) and g(v of all columns), columns signed-log: for those of heavy tails, or small values;
 * - g(how small the values are) − 1, in columns that are never below 0 (`fitLowEnd`).
 *
 * ≥ 0, unbounded, higher is more anomalous. Each g of a normal row exceeds log(1/α) with probability of about α, the
 * largest more often: that is for p-values to say.
 * With hidden > 0: (1 − w) of that score and w of the same from m = min(n, 500) rows of A, drawn by key, with distances to
 * the k-th nearest of them, k = ⌊hidden · m⌋ + 1, and without the k − 1 smallest values of each column. Fewer than k
 * anomalous rows among them cannot make their like look normal.
 * The more are hidden, the less the nearest row tells: w = 10 · hidden, at least ½ and at most 1, chosen by
 * `npm run bench:contamination` before there were signed-log columns and low ends.
 * With `learned`, the larger of all that and g(the logit of a classifier of made outliers) − 1 (`learnedObjection`), which
 * learns from hidden rows as from others. Off by default: on 136 sets it gained 0.2 AUROC, nothing in average precision, and
 * nothing as `fit` ships it (docs/benchmarks.md).
 *
 * Our own method; no paper. Exact, and free of tuning. Fails where anomalies differ from normal rows in no subset's
 * distance, such as a shift of density inside the cloud. Not the same for −x as for x: the low end of counts, amounts and
 * durations is where distances are blind, their high end is not.
 */
export const auto: Detector<typeof options> = {
  name: "auto",
  summary: "any view may object: nearest normal rows in many column subsets, the largest objection wins",
  cost: "fit O(n² · views), some 4 s for 10,000 rows of 20 columns on 2 cores; a row O(n · views), some 4 ms; the model holds 3 n × d doubles",
  citation: null,
  holds: "rows",
  options,

  async fit(rows, { maxRows, views, nearlyFull, logViews, lowEnd, learned, hidden }, context) {
    const kept = takeRows(rows, sample(context.key.for("rows"), rows.rows, maxRows));
    // 1. Scalings. 2. Column subsets.
    const bounded = (scaled: (x: Tensor) => Tensor) => (x: Tensor) => minimum(maximum(scaled(x), -1e100), 1e100);
    const standard = bounded(fitScaling("standard", kept).forward);
    const normal = fitScaling("quantile-normal", kept).forward;
    const log = bounded(fitScaling("signed-log", kept).forward);
    const space = async (scaled: (x: Tensor) => Tensor, twin: number, subsets: readonly (readonly number[])[]) => ({
      rows: matrix(kept.rows, kept.columns, await overRows(scaled, kept, context)),
      singles: subsets.filter((c) => c.length === 1).map(([j]) => j),
      multiple: subsets.filter((c) => c.length > 1),
      twin,
    });
    const draw = (counts: SubsetCounts, who: string) => drawSubsets(kept.columns, counts, context.key.for(who));
    const all = Array.from({ length: kept.columns }, (_, j) => j);
    const spaces: Spaces = {
      standard: await space(standard, 0, draw({ views, halves: views, nearlyFull }, "subsets")),
      normal: { ...(await space(normal, TWIN, [])), multiple: [all] },
      log:
        logViews === 0
          ? null
          : await space(log, TWIN, draw({ views: logViews, halves: 0, nearlyFull: 0 }, "signed-log subsets")),
      plain: lowEnd ? kept : null,
    };
    const own = await objection(spaces, 1, context);
    const w = Math.min(1, Math.max(0.5, 10 * hidden));
    const fewer = hidden > 0 ? sample(context.key.for("hidden"), kept.rows, FEWER_ROWS) : null;
    const beyond = fewer && (await objection(among(spaces, fewer), rankBeyond(hidden, fewer.length), context));
    const network = learned ? await learnedObjection(kept, { ...context, key: context.key.for("learned") }) : null;
    return {
      score: (x) => {
        const scaled: Scaled = { standard: standard(x), normal: normal(x), log: log(x), plain: x };
        const views = beyond ? add(multiply(own(scaled), 1 - w), multiply(beyond(scaled), w)) : own(scaled);
        return network ? maximum(views, network.score(x)) : views;
      },
      rowsUsed: kept.rows,
      chunk: Math.min(rowsAtOnce(kept.rows), network?.chunk ?? Number.POSITIVE_INFINITY),
      notes: [
        ...(kept.rows < rows.rows ? [`${kept.rows} of ${rows.rows} rows kept as reference, drawn by key`] : []),
        ...(network?.notes ?? []),
        ...(learned && !network ? ["too few rows, or no column that varies: no classifier was trained"] : []),
      ],
    };
  },
};

/** The same with some of the training rows. */
function among({ standard, normal, log, plain }: Spaces, places: Uint32Array): Spaces {
  const taken = (space: Space) => ({ ...space, rows: takeRows(space.rows, places) });
  const rows = (all: Matrix) => takeRows(all, places);
  return { standard: taken(standard), normal: taken(normal), log: log && taken(log), plain: plain && rows(plain) };
}

/** k = ⌊share · m⌋ + 1, at most m − 1. */
function rankBeyond(share: number, rows: number): number {
  return Math.max(1, Math.min(Math.floor(share * rows + 1e-9) + 1, rows - 1));
}
