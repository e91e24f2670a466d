/**
 * Which rows go to one side of a split together: the place of the first row of its unit for each row, n → n. Twins are one
 * unit, rows of a group are, and whatever hangs together over both. O(n).
 */
export function unitsOf(twins: Uint32Array, groups: readonly string[] | null): Uint32Array {
  if (groups === null) return twins;
  const parent = Uint32Array.from(twins.keys());
  const root = (row: number): number => {
    let at = row;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  const join = (a: number, b: number) => {
    const [first, second] = [root(a), root(b)];
    parent[Math.max(first, second)] = Math.min(first, second);
  };
  const firsts = new Map<string, number>();
  groups.forEach((group, row) => {
    const first = firsts.get(group);
    if (first === undefined) firsts.set(group, row);
    else join(first, row);
    join(twins[row], row);
  });
  return Uint32Array.from(twins.keys(), root);
}
