/**
 * x log(x / m) + m − x ≥ 0 for x > 0 and m > 0: how far a count x lies from its mean m, without the cancellation of
 * the plain formula when both are close. It carries the exponent of binomial, beta and gamma densities.
 *
 * Source: Loader 2000, "Fast and accurate computation of binomial probabilities".
 * Differs from the paper: the series is used up to |x − m| < 0.3 (x + m) instead of 0.1, which costs a few terms and
 * keeps the far tails accurate. O(1).
 */
export function deviance(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.3 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = (x - m) / (x + m);
  let sum = (x - m) * v;
  let term = 2 * x * v;
  for (let j = 1; ; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) return sum;
    sum = next;
  }
}
