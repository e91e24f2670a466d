/**
 * P(K > x) for the limit of √n times the Kolmogorov–Smirnov distance: 2 Σ_{k≥1} (−1)^{k−1} exp(−2 k² x²), and for small
 * x, where that converges slowly, 1 − (√(2π) / x) Σ_{k≥1} exp(−(2k − 1)² π² / (8 x²)) (Kolmogorov 1933). In [0, 1],
 * relative error below 1e-12 for x ≥ 0.5. O(1).
 */
export function kolmogorovTail(x: number): number {
  if (x <= 0) return 1;
  let sum = 0;
  if (x < 1) {
    for (let k = 1; k <= 8; k++) sum += Math.exp(-(((2 * k - 1) * Math.PI) ** 2) / (8 * x * x));
    return Math.max(0, 1 - (Math.sqrt(2 * Math.PI) / x) * sum);
  }
  for (let k = 5; k >= 1; k--) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x);
  return 2 * sum;
}
