/** From the lowest to the highest. */
export const BARS = "▁▂▃▄▅▆▇█";

/** Counts as a line of bars, the largest at full height: a bar of none is a space, so that gaps are seen, and one of few is still a bar. */
export function bars(counts: readonly number[]): string {
  const most = Math.max(...counts);
  return counts
    .map((count) => (count === 0 ? " " : BARS[Math.max(0, Math.ceil((count / most) * BARS.length) - 1)]))
    .join("");
}
