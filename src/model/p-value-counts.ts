/** How p-values are spread. */
export interface PValueCounts {
  /** Rows with a p-value in (0, 0.05], (0.05, 0.1], … (0.95, 1]. */
  readonly histogram: readonly number[];
  /** The same of the rows labelled normal; null without labels. */
  readonly normalHistogram: readonly number[] | null;
  /** The share of rows with p ≤ level, from the smallest p-value to 1; of rows labelled normal, null without labels. */
  readonly levels: readonly { readonly level: number; readonly share: number; readonly normalShare: number | null }[];
}

const BARS = 20;
const LEVELS = 41;

/** Adds p-values segment by segment. Memory: a few counts. */
export function countPValues(smallest: number, labelled: boolean) {
  // A p-value equal to its level in decimals may be above it in binary.
  const slack = 1 + 1e-9;
  const lowest = Math.log10(Math.max(1e-6, smallest));
  const levels = Array.from({ length: LEVELS }, (_, i) => 10 ** (lowest * (1 - i / (LEVELS - 1))));
  const bars = { all: new Array<number>(BARS).fill(0), normal: new Array<number>(BARS).fill(0) };
  const reached = { all: new Array<number>(LEVELS).fill(0), normal: new Array<number>(LEVELS).fill(0) };
  let [rows, normals] = [0, 0];
  const levelOf = (p: number) => Math.max(0, Math.ceil((1 - Math.log10(p / slack) / lowest) * (LEVELS - 1)));
  return {
    add(p: number, normal: boolean) {
      const bar = Math.max(0, Math.min(BARS - 1, Math.ceil((p / slack) * BARS) - 1));
      const level = Math.min(LEVELS - 1, levelOf(p));
      rows++;
      bars.all[bar]++;
      reached.all[level]++;
      if (!normal) return;
      normals++;
      bars.normal[bar]++;
      reached.normal[level]++;
    },
    counts(): PValueCounts {
      const [all, normal] = [sums(reached.all), sums(reached.normal)];
      return {
        histogram: bars.all,
        normalHistogram: labelled ? bars.normal : null,
        levels: levels.map((level, i) => ({
          level,
          share: all[i] / rows,
          normalShare: labelled && normals > 0 ? normal[i] / normals : null,
        })),
      };
    },
  };
}

function sums(counts: readonly number[]): number[] {
  let total = 0;
  return counts.map((count) => {
    total += count;
    return total;
  });
}
