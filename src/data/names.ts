import { InputError } from "../errors/index.ts";

/**
 * Names of columns in order; an empty one becomes `column1`, … by its position.
 * Throws an InputError that names the positions when two are equal, or equal but for their case (SQL would mix them up).
 */
export function uniqueNames(given: readonly string[], place: string): readonly string[] {
  const names = given.map((name, i) => (name.trim() === "" ? `column${i + 1}` : name));
  names.forEach((name, i) => {
    if (/[\0\p{Surrogate}]/u.test(name))
      throw new InputError(
        `read: ${place}: expected the name of a column to be plain text, got ${JSON.stringify(name)} at position ${i + 1}; rename it`,
      );
  });
  const seen = new Map<string, number>();
  names.forEach((name, i) => {
    const before = seen.get(name.toLowerCase());
    if (before !== undefined)
      throw new InputError(
        `read: ${place}: expected columns with different names, got ${JSON.stringify(names[before])} at position ${before + 1} and ${JSON.stringify(name)} at position ${i + 1}; rename one`,
      );
    seen.set(name.toLowerCase(), i);
  });
  return names;
}
