/** Up to three of `names` that a person who wrote `wanted` may have meant, nearest first (edit distance ≤ 1/3 + 1). */
export function nearNames(wanted: string, names: readonly string[]): readonly string[] {
  const small = wanted.toLowerCase();
  return names
    .map((name) => ({ name, distance: distance(small, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= 1 + wanted.length / 3 || name.toLowerCase().includes(small))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** `expected one of the columns (did you mean "a"?), got "b"`: the middle of an error about an unknown column. */
export function unknownColumn(wanted: string, names: readonly string[]): string {
  const near = nearNames(wanted, names);
  const few = names.slice(0, 8).map((name) => JSON.stringify(name));
  const hint = near.length
    ? `did you mean ${near.map((name) => JSON.stringify(name)).join(" or ")}?`
    : `there are ${few.join(", ")}${names.length > few.length ? `, … (${names.length})` : ""}`;
  return `expected the name of a column, got ${JSON.stringify(wanted)}; ${hint}`;
}

/** The edit distance of Levenshtein (1966): insertions, deletions and substitutions that turn `a` into `b`. */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++)
      row.push(Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    above = row;
  }
  return above[b.length];
}
