import { overRows, subtract, type Tensor } from "../../graph/index.ts";
import { type Matrix, varyingColumns } from "../../numeric/index.ts";
import { parseOptions } from "../../options/index.ts";
import type { FitContext } from "../detector.ts";
import { learn } from "../outlier-synthesis/learn.ts";
import { options } from "../outlier-synthesis/options.ts";
import { holdOutFifth } from "../outlier-synthesis/synthesis.ts";
import { WEAKER } from "./objection.ts";
import { fitTail } from "./tail.ts";

/** With fewer rows to learn from the classifier could not hold any out to stop by. */
const FEWEST = 50;

/** What a network says against rows. */
export interface LearnedObjection {
  /** Prepared rows, rows × d → rows. */
  readonly score: (x: Tensor) => Tensor;
  readonly chunk: number;
  readonly notes: readonly string[];
}

/**
 * g(logit) − 1, the logit that of a classifier of made outliers (`outlier-synthesis`) on four fifths of the rows, n × d, g
 * its tail scale among the others; null where it would learn from fewer than 50, or no column varies. Images are rows of
 * pixels to it. Some seconds.
 */
export async function learnedObjection(rows: Matrix, context: FitContext): Promise<LearnedObjection | null> {
  const { fit, held } = holdOutFifth(rows, context.key.for("held out"));
  if (!held || fit.rows < FEWEST || varyingColumns(fit).length === 0) return null;
  const given = parseOptions("outlier-synthesis", options, { score: "classifier" });
  const { key, signal, workers } = context;
  const { scoreBy, chunk } = await learn(fit, given, { key, signal, workers, onProgress: context.onProgress }, [
    "classifier",
  ]);
  const logit = await scoreBy("classifier");
  const g = fitTail(await overRows(logit, held, { chunk, signal, workers }));
  const notes = [`a classifier of made outliers learned from ${fit.rows} rows, and may object`];
  return { score: (x) => subtract(g(logit(x)), WEAKER), chunk, notes };
}
