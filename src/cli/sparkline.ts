import { BARS } from "./bars.ts";

/**
 * Numbers as a line of bars, at most `width` characters: each is the largest of its share of the numbers, between `low`
 * (the lowest bar) and `high` (the highest). Numbers outside are drawn at the ends.
 */
export function sparkline(values: readonly number[], width: number, low: number, high: number): string {
  const bars = Math.min(width, values.length);
  return Array.from({ length: bars }, (_, bar) => {
    const own = values.slice(Math.floor((bar * values.length) / bars), Math.floor(((bar + 1) * values.length) / bars));
    const share = high > low ? (Math.max(...own) - low) / (high - low) : 0;
    return BARS[Math.max(0, Math.min(BARS.length - 1, Math.floor(share * BARS.length)))];
  }).join("");
}
