/**
 * c(0) … c(n): the average depth at which an unsuccessful search ends in a binary search tree of so many rows, by which
 * path lengths are normalized. n → n + 1 numbers ≥ 0, increasing from c(1) = 0 and c(2) = 1.
 *
 * c(m) = 2 H(m − 1) − 2 (m − 1) / m, with H(i) = 1 + 1/2 + … + 1/i; c(0) = c(1) = 0.
 * Source: Liu, Ting and Zhou 2008, "Isolation Forest", eq. 1. Differs from the paper: H is summed exactly instead of
 * ln i + 0.5772, so that c(2) = 1 needs no exception; c(256) is 10.2487 instead of 10.2448. O(n).
 *
 * @example averagePathLength(3) // Float64Array [0, 0, 1, 5 / 3]
 */
export function averagePathLength(n: number): Float64Array {
  const c = new Float64Array(n + 1);
  let harmonic = 0;
  for (let m = 2; m <= n; m++) {
    harmonic += 1 / (m - 1);
    c[m] = 2 * harmonic - (2 * (m - 1)) / m;
  }
  return c;
}
