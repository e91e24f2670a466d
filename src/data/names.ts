import { InputError } from "../errors/index.ts";

/** As many columns as a model takes, and names that a database still handles. */
const MOST = 20_000;
const LONGEST = 10_000;

/** Throws an InputError where there are more columns than a model may take. */
export function requireFew(columns: number, place: string): void {
  if (columns > MOST)
    throw new InputError(
      `read: ${place}: expected at most ${MOST} columns, got ${columns}; write those that matter to a file of their own`,
    );
}

/**
 * Names of columns in order; an empty one becomes `column1`, … by its position.
 * Throws an InputError that names the positions when two are equal, or equal but for their case (SQL would mix them up).
 */
export function uniqueNames(given: readonly string[], place: string): readonly string[] {
  requireFew(given.length, place);
  const names = given.map((name, i) => (name.trim() === "" ? `column${i + 1}` : name));
  names.forEach((name, i) => {
    if (name.length > LONGEST)
      throw new InputError(
        `read: ${place}: expected names of columns of at most ${LONGEST} characters, got ${name.length} at position ${i + 1}; shorten it, or pass --header no`,
      );
    if (/[\0\ufeff\p{Surrogate}]/u.test(name))
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
