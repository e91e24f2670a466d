import { type Key, sortedCopy, uniform } from "../numeric/index.ts";
import { requireFinite } from "./calibration.ts";

/** Scores are compared after rounding to so many binary digits: one part in 2¹⁷, some 8·10⁻⁶. */
const DIGITS = 17;

/**
 * The p-value of each row of a window among all that came before it, m → m, in [0, 1), lower is more anomalous: with
 * the n calibration scores and the window's earlier scores as c,
 *
 *     p_i = (#{c > s_i} + U_i (1 + #{c = s_i})) / (n + i),  U_i uniform on [0, 1), i from 1
 *
 * If calibration rows and window are exchangeable, the p_i are independent and uniform, however few calibration rows
 * and however long the window: a rank among what came before tells nothing of the ranks before. p-values against the
 * calibration rows alone lack that: they share those rows, so that they are all small where these happen to be low.
 *
 * Scores that agree to some 8·10⁻⁶ count as equal: products in single precision differ by a few units in the last
 * place between batches, and ties would be broken by the batch. The rounding is the same for every score, so that the
 * claim stays exact.
 *
 * Source: Vovk, Nouretdinov and Gammerman 2003, "Testing exchangeability on-line", theorem 1. Differs from the paper:
 * the calibration rows stand before the first p-value. Throws on scores that are not finite.
 * O((n + m) log (n + m)).
 */
export function onlinePValues(calibration: ArrayLike<number>, window: ArrayLike<number>, key: Key): Float64Array {
  requireFinite("online p-value", calibration);
  requireFinite("online p-value", window);
  const [before, scores] = [Float64Array.from(calibration, rounded), Float64Array.from(window, rounded)];
  const places = placesOf(before, scores);
  const seen = counter(places.distinct);
  for (const place of places.first) seen.add(place);
  const u = uniform(key);
  return Float64Array.from(places.second, (place, i) => {
    const n = before.length + i;
    const atMost = seen.upTo(place);
    const below = place === 0 ? 0 : seen.upTo(place - 1);
    seen.add(place);
    return (n - atMost + u() * (1 + atMost - below)) / (n + 1);
  });
}

/** A number to {@link DIGITS} binary digits; whole numbers up to 2¹⁷ are left as they are. */
function rounded(x: number): number {
  if (x === 0) return 0;
  const step = 2 ** (Math.floor(Math.log2(Math.abs(x))) - DIGITS);
  return step > 0 ? Math.round(x / step) * step : x;
}

/** The place of each value among the distinct values of both, from 0. */
function placesOf(first: Float64Array, second: Float64Array) {
  const all = new Float64Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  const distinct = sortedCopy(all).filter((value, i, sorted) => i === 0 || value !== sorted[i - 1]);
  const placeOf = (value: number) => {
    let [low, high] = [0, distinct.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (distinct[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    distinct: distinct.length,
    first: Uint32Array.from(first, placeOf),
    second: Uint32Array.from(second, placeOf),
  };
}

/** How many are at places up to a given one (Fenwick 1994): O(log n) to add and to ask. */
function counter(places: number) {
  const sums = new Uint32Array(places + 1);
  return {
    add(place: number) {
      for (let i = place + 1; i <= places; i += i & -i) sums[i]++;
    },
    upTo(place: number) {
      let sum = 0;
      for (let i = place + 1; i > 0; i -= i & -i) sum += sums[i];
      return sum;
    },
  };
}
