import { InputError } from "../errors/index.ts";

/** Throws, in the name of `who` and `which`, unless 0 < level < 1. */
export function requireLevel(level: number, who: string, which: string): void {
  if (!(level > 0 && level < 1))
    throw new InputError(`${who}: ${which}: expected a number between 0 and 1, got ${level}; give 0.05 for 5 %`);
}

/**
 * Levels are decimal and p-values are fractions: 0.29 · 100 is 28.999999999999996 in doubles. Comparisons of the two
 * grant this factor, so that equality in decimals is equality here.
 */
export const levelSlack = 1 + 1e-12;
