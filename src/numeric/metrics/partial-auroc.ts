import { InputError } from "../../errors/index.ts";
import { thresholdCounts } from "./threshold-counts.ts";

/**
 * The area under the ROC curve over false alarm rates from 0 to `rate`, standardized (McClish 1989): with area A and
 * r = rate, ½ (1 + (A − r²/2) / (r − r²/2)), so that ½ is guessing and 1 perfect at every rate. The curve is straight
 * between its points, rows of equal score together: the same number as scikit-learn's `roc_auc_score(max_fpr=rate)`.
 *
 * `rate` in (0, 1]; 1 gives the AUROC. The worst order gives (1 − r) / (2 − r), nearly ½ for small rates. Throws on
 * another rate and as {@link thresholdCounts}. O(n log n).
 */
export function partialAuroc(labels: ArrayLike<number>, scores: ArrayLike<number>, rate: number): number {
  const who = "partial auroc";
  if (!(rate > 0 && rate <= 1))
    throw new InputError(`${who}: rate: expected a number above 0 and up to 1, got ${rate}; give 0.05 for 5 %`);
  const { normals, anomalies, falseAlarms, hits } = thresholdCounts(who, labels, scores);
  const limit = rate * normals;
  let twice = 0; // of the area, in pairs of rows
  let [x, y] = [0, 0];
  for (let i = 0; i < hits.length && x < limit; i++) {
    const wide = falseAlarms[i] - x;
    const part = Math.min(wide, limit - x);
    const height = wide === 0 ? hits[i] : y + ((hits[i] - y) * part) / wide;
    twice += part * (y + height);
    [x, y] = [x + part, height];
  }
  const area = twice / (2 * normals * anomalies);
  const least = (rate * rate) / 2;
  return (1 + (area - least) / (rate - least)) / 2;
}
