import { overRows, subtract, type Tensor } from "../../graph/index.ts";
import { type Matrix, permutation, takeRows } from "../../numeric/index.ts";
import { parseOptions } from "../../options/index.ts";
import type { FitContext } from "../detector.ts";
import { learn, varyingColumns } from "../outlier-synthesis/learn.ts";
import { options } from "../outlier-synthesis/options.ts";
import { fitTail } from "./tail.ts";

/** With fewer rows a network has too little to learn from. */
const FEWEST = 50;
/** One in so many rows gives the tail scale. */
const HELD_OUT = 5;
/** What the scale is lowered by: it objects only where it is surer than views are. */
const WEAKER = 1;

/** What a network says against rows. */
export interface LearnedObjection {
  /** Prepared rows, rows × d → rows. */
  readonly score: (x: Tensor) => Tensor;
  readonly chunk: number;
  readonly notes: readonly string[];
}

/**
 * g(logit) − 1, the logit that of a classifier of made outliers (`outlier-synthesis`) on four fifths of the rows, n × d, g
 * its tail scale among the others; null where there are fewer than 50 rows, or no column varies. Some seconds.
 */
export async function learnedObjection(rows: Matrix, context: FitContext): Promise<LearnedObjection | null> {
  const order = permutation(context.key.for("held out"), rows.rows);
  const held = Math.floor(rows.rows / HELD_OUT);
  const training = takeRows(rows, order.subarray(held));
  if (rows.rows < FEWEST || varyingColumns(training).length === 0) return null;
  const given = parseOptions("outlier-synthesis", options, { score: "classifier" });
  const { scoreBy, chunk, notes } = await learn(training, given, context, ["classifier"]);
  const logit = await scoreBy("classifier");
  const { signal, workers } = context;
  const g = fitTail(await overRows(logit, takeRows(rows, order.subarray(0, held)), { chunk, signal, workers }));
  return { score: (x) => subtract(g(logit(x)), WEAKER), chunk, notes };
}
