import { type Key, permutation } from "../../numeric/index.ts";

export interface SubsetCounts {
  /** Subsets drawn of each kind: single columns, pairs. */
  readonly views: number;
  /** Subsets drawn of half of the columns. */
  readonly halves: number;
  /** Subsets that leave one column out. */
  readonly nearlyFull: number;
}

/**
 * The column subsets of d columns, each in increasing order and none twice: single columns, pairs, halves ⌈d / 2⌉, all
 * but one (d > 3), and the full set. A kind with more subsets than asked for is drawn from by key; smaller ones are
 * complete. Step 2 of `auto`.
 */
export function drawSubsets(d: number, counts: SubsetCounts, key: Key): readonly (readonly number[])[] {
  const kinds = [
    ofSize(d, 1, counts.views, key.for("singles")),
    d >= 2 ? ofSize(d, 2, counts.views, key.for("pairs")) : [],
    ofSize(d, Math.ceil(d / 2), counts.halves, key.for("halves")),
    d > 3 ? ofSize(d, d - 1, counts.nearlyFull, key.for("nearly full")) : [],
    [Array.from({ length: d }, (_, j) => j)],
  ];
  const byName = new Map(kinds.flat().map((subset) => [subset.join(), subset]));
  return [...byName.values()];
}

function ofSize(d: number, size: number, count: number, key: Key): number[][] {
  if (count === 0) return [];
  if (choose(d, size) <= count) return combinations(d, size);
  const drawn = new Map<string, number[]>();
  for (let attempt = 0; drawn.size < count; attempt++) {
    const subset = Array.from(permutation(key.for(attempt), d).slice(0, size)).sort((a, b) => a - b);
    drawn.set(subset.join(), subset);
  }
  return [...drawn.values()];
}

function choose(n: number, k: number): number {
  let count = 1;
  for (let i = 1; i <= k && count < 1e12; i++) count = (count * (n - k + i)) / i;
  return Math.round(count);
}

function combinations(d: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]];
  const out: number[][] = [];
  for (let first = from; first <= d - size; first++)
    for (const rest of combinations(d, size - 1, first + 1)) out.push([first, ...rest]);
  return out;
}
