/**
 * The sample skewness of finite numbers: (1/n Σ (x − m)³) / (1/(n − 1) Σ (x − m)²)^(3/2), m the mean. Above 0 the right
 * tail is the longer one. 0 for fewer than two numbers, for equal ones, and where it cannot be told from rounding.
 *
 * By shares of the largest difference to the first number, so that values near 1e15 keep their digits and cubes of
 * 1e200 do not overflow. O(n).
 */
export function skewness(values: ArrayLike<number>): number {
  const n = values.length;
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(values[i] / 2 - values[0] / 2));
  if (n < 2 || largest === 0) return 0;
  const shares = Float64Array.from(values, (x) => (x / 2 - values[0] / 2) / largest);
  const mean = shares.reduce((a, b) => a + b, 0) / n;
  let [squares, cubes, size] = [0, 0, 0];
  for (const share of shares) {
    const off = share - mean;
    squares += off * off;
    cubes += off ** 3;
    size += Math.abs(off ** 3);
  }
  if (Math.abs(cubes) <= 1e-12 * size) return 0;
  return cubes / n / (squares / (n - 1)) ** 1.5;
}
