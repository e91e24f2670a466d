import { friedman, matrix, nemenyiDifference } from "../../numeric/index.ts";
import type { ResultRow } from "./results.ts";
import { bySet, mainVariant, measuredOn, throughout } from "./summary.ts";

/** How contestants rank over the sets of a part, by one measure. */
export interface BenchRanks {
  /** Best first: 1 is first on every set; equal results share the mean of their ranks. */
  readonly ranks: readonly { readonly name: string; readonly rank: number }[];
  readonly sets: number;
  /** Friedman's test: the probability of ranks at least as different, if all contestants were alike. */
  readonly pValue: number;
  /** Mean ranks further apart than this differ at 5 %, all pairs tried (Nemenyi). */
  readonly criticalDifference: number;
}

/**
 * Mean ranks of the contestants that were measured on every set, untrained twins apart (they stand beside what they are
 * twins of). Null with fewer than two contestants or two sets.
 */
export function ranksOf(rows: readonly ResultRow[], measure: "auroc" | "ap"): BenchRanks | null {
  const variant = mainVariant(rows);
  const refused = new Set(rows.filter(({ error }) => error !== "").map(({ name }) => name));
  const twins = new Set(rows.filter(({ twin_of }) => twin_of !== "").map(({ name }) => name));
  const names = throughout(rows).filter((name) => !refused.has(name) && !twins.has(name));
  const values = names.map((name) => bySet(measuredOn(rows, name, variant), measure));
  const sets = [...(values[0]?.keys() ?? [])];
  if (names.length < 2 || sets.length < 2) return null;
  const results = matrix(
    sets.length,
    names.length,
    Float64Array.from(sets.flatMap((set) => values.map((of) => of.get(set)!))),
  );
  const { meanRanks, pValue } = friedman(results);
  return {
    ranks: names.map((name, j) => ({ name, rank: meanRanks[j] })).sort((a, b) => a.rank - b.rank),
    sets: sets.length,
    pValue,
    criticalDifference: nemenyiDifference(0.05, names.length, sets.length),
  };
}
