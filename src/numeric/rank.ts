/**
 * The rank of each value among all, from 1 for the smallest to n; equal values share the mean of their ranks
 * (midranks, Wilcoxon 1945), so that the ranks always add up to n (n + 1) / 2. n → n, values without NaN. O(n log n).
 */
export function midranks(values: ArrayLike<number>): Float64Array {
  const n = values.length;
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  order.sort((i, j) => values[i] - values[j] || 0); // ∞ − ∞ counts as equal
  const ranks = new Float64Array(n);
  for (let from = 0, to = 0; from < n; from = to) {
    while (to < n && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) ranks[order[i]] = (from + 1 + to) / 2;
  }
  return ranks;
}
