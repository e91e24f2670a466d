import { InputError } from "../../errors/index.ts";

/**
 * p-values of a family of tests, adjusted so that "adjusted ≤ α" wrongly rejects any true hypothesis with probability
 * at most α, whatever the tests have to do with each other (Holm 1979): by increasing p, the i-th of m times
 * m − i + 1, never below the one before, at most 1. m → m, in the order given.
 *
 * Throws on numbers outside [0, 1]. O(m log m).
 */
export function holm(pValues: ArrayLike<number>): Float64Array {
  const m = pValues.length;
  const order = Uint32Array.from({ length: m }, (_, i) => i).sort((a, b) => pValues[a] - pValues[b] || a - b);
  const adjusted = new Float64Array(m);
  let before = 0;
  for (const [place, i] of order.entries()) {
    if (!(pValues[i] >= 0 && pValues[i] <= 1))
      throw new InputError(`holm: p-values: expected numbers from 0 to 1, got ${pValues[i]} in place ${i}`);
    before = Math.max(before, Math.min(1, (m - place) * pValues[i]));
    adjusted[i] = before;
  }
  return adjusted;
}
