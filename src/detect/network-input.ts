import { maximum, minimum, type NdArray, ndArray, overRows, type Tensor } from "../graph/index.ts";
import type { ParameterTree, Trained, TrainOptions } from "../nn/index.ts";
import { type Key, type Matrix, matrix, permutation, takeRows } from "../numeric/index.ts";
import { fitScaling, type ScalingName } from "../prepare/index.ts";
import type { FitContext } from "./detector.ts";

/** Scaled values are cut at ± this: beyond it float32 networks lose their footing, and far is far. */
const FAR = 1e3;

/** The runs of training beside the main one that a fit may need. */
export const TRAINING_PARTS = ["", ".pretrain", ".again", ".latent", ".latent2", ".latent3"] as const;
type TrainingPart = (typeof TRAINING_PARTS)[number];

/** Rows as a network takes them. */
export interface NetworkInput {
  /** Prepared rows to scaled ones within ± 1e3: float64 rows × d → float64 rows × d. */
  readonly forward: (x: Tensor) => Tensor;
  /** The training rows, scaled. */
  readonly scaled: Matrix;
}

/** Fits a scaling for a network and applies it to the training rows. */
export async function networkInput(scaling: ScalingName, rows: Matrix, context: FitContext): Promise<NetworkInput> {
  const { forward } = fitScaling(scaling, rows);
  const within = (x: Tensor) => minimum(maximum(forward(x), -FAR), FAR);
  return { forward: within, scaled: matrix(rows.rows, rows.columns, await overRows(within, rows, context)) };
}

/** Rows in float32, as training takes them. */
export function float32Rows({ rows, columns, values }: Matrix): NdArray {
  return ndArray("float32", [rows, columns], Float32Array.from(values));
}

/** With fewer rows than this none are held out: too few to judge by. */
const FEWEST_TO_HOLD_OUT = 50;

/** Training rows, and a tenth of the rows held out to tell when to stop; null where there are too few. */
export function holdOut(rows: Matrix, key: Key): { readonly training: Matrix; readonly heldOut: Matrix | null } {
  if (rows.rows < FEWEST_TO_HOLD_OUT) return { training: rows, heldOut: null };
  const order = permutation(key, rows.rows);
  const count = Math.floor(rows.rows / 10);
  return { training: takeRows(rows, order.subarray(count)), heldOut: takeRows(rows, order.subarray(0, count)) };
}

/** The most steps where there are too few rows to hold some out and so to see when to stop. */
const MOST_STEPS_UNSEEN = 500;

/** The most steps to take: those asked for, fewer where no rows are held out. */
export function mostSteps(steps: number, heldOut: Matrix | null): number {
  return heldOut ? steps : Math.min(steps, MOST_STEPS_UNSEEN);
}

/** Fewer steps than these between two looks would stop training of few rows before it gets going. */
const FEWEST_BETWEEN_LOOKS = 50;

/** Steps between two looks at the rows held out: a round over the training rows, 50 at least. */
export function stepsBetweenLooks(training: Matrix, batch: number): number {
  return Math.max(FEWEST_BETWEEN_LOOKS, Math.floor(training.rows / batch));
}

/** What a fit tells a run of training, of which there may be several: `part` keeps their checkpoints apart. */
export function trainingRun(
  { signal, onProgress, checkpoint }: FitContext,
  part: TrainingPart = "",
): Pick<TrainOptions<ParameterTree, string>, "signal" | "onProgress" | "checkpoint"> {
  return {
    signal,
    onProgress:
      onProgress && (({ step, steps, loss }) => onProgress({ stage: "train", done: step, total: steps, loss })),
    checkpoint: checkpoint === undefined ? undefined : { path: `${checkpoint}${part}` },
  };
}

/** One sentence on how training went. */
export function trainingNote({ steps, best, stoppedEarly }: Trained): string {
  if (steps === 0) return "the network was not trained (steps 0)";
  const kept = best ? `; the best on rows held out was step ${best.step}` : "";
  return `trained for ${steps} steps${stoppedEarly ? ", until rows held out got no better" : ""}${kept}`;
}
