import { float64, gather, labelEncoder } from "../graph/index.ts";
import type { Encoder } from "./encoders.ts";
import { MISSING_TEXT } from "./missing.ts";

/** Categories beyond this many, the rarest, share a column. */
const MOST_CATEGORIES = 20;

/**
 * Text as a column of 0 and 1 for each category: the 20 commonest, then one for all others, which unseen ones are of.
 * Missing text is a category. For places in space that must be named again; a detector takes `fitCategory`. O(n log n).
 */
export function fitOneHot(name: string, values: readonly (string | null)[]): Encoder {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value ?? MISSING_TEXT, (counts.get(value ?? MISSING_TEXT) ?? 0) + 1);
  const labels = [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, MOST_CATEGORIES)
    .map(([label]) => label);
  const size = labels.length + 1;
  const table = new Float64Array(size * size);
  for (let i = 0; i < size; i++) table[i * (size + 1)] = 1;
  return {
    names: [...labels.map((label) => `${name} = ${label}`), `${name} = (another)`],
    forward: (text) => gather(float64(table, [size, size]), labelEncoder(text, labels)),
    facts: [`${labels.length} of ${counts.size} categories in columns of their own`],
  };
}
