/** One measured speed. */
export interface Speed {
  /** The part of the benchmark: a, b, c, d or e. */
  readonly part: string;
  readonly what: string;
  readonly value: number;
  readonly unit: "s" | "ms" | "MB" | "×";
  /** The value must stay below it; null where only the ratio to scikit-learn counts. */
  readonly target: number | null;
  /** scikit-learn's median for the same work in the same minutes. */
  readonly scikit: number | null;
}

/** The middle value, the mean of the middle two of an even number. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share of the values lies, by linear interpolation. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (place - Math.floor(place)) * (above - below);
}
