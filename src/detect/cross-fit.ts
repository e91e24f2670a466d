import { checkSignal } from "../errors/index.ts";
import { type Matrix, permutation, takeRows } from "../numeric/index.ts";
import type { Detector, FitContext, Fitted } from "./detector.ts";
import { scoreRows } from "./score-rows.ts";

/** A label-free detector, and scores of training rows by detectors that did not see them. */
export interface CrossFitted {
  /** Fitted on all rows. */
  readonly fitted: Fitted;
  /** The score of each row of `places`, each by a detector fitted on all rows but those of its fold. */
  readonly scores: Float64Array;
}

const FOLDS = 5;

/**
 * Fits a detector on all rows (n × d), and once for each of 5 folds of the rows at `places` on all rows but those of the
 * fold, which it then scores: a training row's own score would say too little, as a distance to itself is 0. Folds are
 * drawn by key. With one row left beside a fold, that row counts twice, for detectors need two. Six fits.
 */
export async function crossFit<O>(
  detector: Pick<Detector, "fit">,
  options: O,
  rows: Matrix,
  places: Uint32Array,
  context: FitContext,
): Promise<CrossFitted> {
  const own = options as Parameters<Detector["fit"]>[1];
  const { key, signal, workers, onProgress } = context;
  const quiet = { signal, workers };
  const folds = Math.min(FOLDS, places.length);
  const order = permutation(key.for("folds"), places.length);
  const scores = new Float64Array(places.length);
  for (let fold = 0; fold < folds; fold++) {
    checkSignal(signal, "cross-fit");
    onProgress?.({ stage: "score by folds", done: fold, total: folds });
    const held = order.filter((_, i) => i % folds === fold);
    const out = new Set(held.map((i) => places[i]));
    const rest = Uint32Array.from({ length: rows.rows }, (_, row) => row).filter((row) => !out.has(row));
    const seen = rest.length > 1 ? rest : Uint32Array.of(rest[0], rest[0]);
    const part = await detector.fit(takeRows(rows, seen), own, { ...quiet, key: key.for("base").for(fold) });
    const found = await scoreRows(
      part,
      takeRows(
        rows,
        held.map((i) => places[i]),
      ),
      quiet,
    );
    held.forEach((i, k) => {
      scores[i] = found[k];
    });
  }
  onProgress?.({ stage: "score by folds", done: folds, total: folds });
  return { fitted: await detector.fit(rows, own, { ...quiet, key: key.for("base") }), scores };
}
