import { overRows } from "../graph/index.ts";
import type { Matrix } from "../numeric/index.ts";
import type { FitContext, Fitted } from "./detector.ts";

/** How to score: everything of a fit but its key, for scoring draws nothing. */
export type ScoreContext = Omit<FitContext, "key" | "checkpoint">;

/**
 * The scores of prepared rows by ONNX Runtime, n × d → n, higher is more anomalous; no rows, no scores.
 *
 * The model is compiled once and runs over `fitted.chunk` rows a call; long work goes to worker threads. Throws
 * Interrupted when the signal fires, between calls.
 */
export function scoreRows(fitted: Fitted, rows: Matrix, context: ScoreContext = {}): Promise<Float64Array> {
  const { signal, workers, onProgress } = context;
  const onRows = (done: number, total: number) => onProgress?.({ stage: "score", done, total });
  return overRows(fitted.score, rows, { chunk: fitted.chunk, signal, workers, onRows });
}
