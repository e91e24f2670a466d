import { InputError } from "../errors/index.ts";
import type { Matrix } from "../numeric/index.ts";
import type { Boosted } from "./boosted.ts";

/**
 * Log-odds of being anomalous in plain JavaScript: rows n × d (NaN is missing) → n finite numbers, higher is more
 * anomalous, trees added in their order. The `TreeEnsemble` of the same trees plus `base` is equal up to rounding.
 *
 * Throws an InputError where a tree tests a column that is not there. O(n · trees · depth), some 10 ns a step.
 */
export function boostedLogits({ trees, base }: Pick<Boosted, "trees" | "base">, rows: Matrix): Float64Array {
  const { rows: n, columns: d, values } = rows;
  const { roots, feature, split, yes, no, missing, leafWeight } = trees;
  const needed = feature.reduce((most, column) => Math.max(most, column + 1), 0);
  if (d < needed) throw new InputError(`boosted trees: rows: expected at least ${needed} columns, got ${d}`);
  const logits = new Float64Array(n).fill(base);
  for (const root of roots)
    for (let i = 0, row = 0; i < n; i++, row += d) {
      let at = root;
      while (at >= 0) {
        const x = values[row + feature[at]];
        const passes = Number.isNaN(x) ? missing !== undefined && missing[at] === 1 : x <= split[at];
        at = passes ? yes[at] : no[at];
      }
      logits[i] += leafWeight[-1 - at];
    }
  return logits;
}
