import type { Tensor } from "../../graph/index.ts";
import type { Matrix } from "../../numeric/index.ts";
import { fitTail } from "../auto/tail.ts";
import { crossFit } from "../cross-fit.ts";
import type { Detector, FitContext, Fitted } from "../detector.ts";
import { scoreRows } from "../score-rows.ts";

/** A detector and its score on its tail scale. */
export interface OnTail {
  readonly fitted: Fitted;
  /** g of the score: prepared rows × d → rows; higher is more anomalous. */
  readonly g: (x: Tensor) => Tensor;
}

/**
 * A detector fitted on normal rows, and the tail scale of its score among normal rows that were held out; where there are none,
 * among the rows themselves, each scored by a detector that did not see it (`crossFit`).
 */
export async function onTail(
  detector: Pick<Detector, "fit">,
  normal: Matrix,
  heldOut: Matrix | null,
  context: FitContext,
): Promise<OnTail> {
  const { key, signal, workers } = context;
  const quiet = { signal, workers };
  if (heldOut === null) {
    const places = Uint32Array.from({ length: normal.rows }, (_, i) => i);
    const { fitted, scores } = await crossFit(detector, {}, normal, places, { ...quiet, key });
    const tail = fitTail(scores);
    return { fitted, g: (x) => tail(fitted.score(x)) };
  }
  const fitted = await detector.fit(normal, {}, { ...quiet, key });
  const tail = fitTail(await scoreRows(fitted, heldOut, quiet));
  return { fitted, g: (x) => tail(fitted.score(x)) };
}
