import { type Key, permutation, uniform } from "../numeric/index.ts";

/**
 * Which rows are drawn, 1 for those, n → n: whole units in random order, until of each stratum about `share` of its rows is
 * drawn. Rows outside all strata (null) go with their unit and do not count. Units larger than what is missing are drawn
 * where that comes nearer to the share. O(n).
 */
export function drawUnits(units: Uint32Array, strata: readonly (string | null)[], share: number, key: Key): Uint8Array {
  const missing = new Map<string, number>();
  for (const stratum of strata) if (stratum !== null) missing.set(stratum, (missing.get(stratum) ?? 0) + share);
  const members = membersOf(units);
  const drawn = new Uint8Array(units.length);
  for (const place of permutation(key, members.length)) {
    const counts = new Map<string, number>();
    for (const row of members[place]) {
      const stratum = strata[row];
      if (stratum !== null) counts.set(stratum, (counts.get(stratum) ?? 0) + 1);
    }
    let [rows, wanted] = [0, 0];
    for (const [stratum, count] of counts) {
      rows += count;
      wanted += Math.max(0, Math.min(count, missing.get(stratum)!));
    }
    if (rows === 0 || wanted < rows / 2) continue;
    for (const row of members[place]) drawn[row] = 1;
    for (const [stratum, count] of counts) missing.set(stratum, missing.get(stratum)! - count);
  }
  return drawn;
}

/**
 * Some rows in a random order whose beginnings hold each class in proportion: of any first m rows, about m/n of each
 * class. A permutation of `rows`. O(n log n).
 */
export function stratifiedOrder(rows: Uint32Array, classes: readonly (string | null)[], key: Key): Uint32Array {
  const members = new Map<string | null, number[]>();
  for (const place of permutation(key.for("rows"), rows.length)) {
    const name = classes[rows[place]];
    const of = members.get(name);
    if (of) of.push(rows[place]);
    else members.set(name, [rows[place]]);
  }
  const u = uniform(key.for("classes"));
  const order = [...members]
    .sort(([a], [b]) => ((a ?? "") < (b ?? "") ? -1 : 1))
    .flatMap(([, of]) => {
      const from = u();
      return of.map((row, rank) => ({ row, at: (rank + from) / of.length }));
    });
  return Uint32Array.from(
    order.sort((a, b) => a.at - b.at || a.row - b.row),
    ({ row }) => row,
  );
}

/** The first row of each unit in the order given. */
export function onePerUnit(rows: Uint32Array, units: Uint32Array): Uint32Array {
  const seen = new Set<number>();
  return rows.filter((row) => !seen.has(units[row]) && seen.add(units[row]));
}

/** Places of rows for which a condition holds, increasing. */
export function placesWhere(n: number, holds: (row: number) => boolean): Uint32Array {
  return Uint32Array.from({ length: n }, (_, row) => row).filter(holds);
}

function membersOf(units: Uint32Array): number[][] {
  const members = new Map<number, number[]>();
  units.forEach((unit, row) => {
    const of = members.get(unit);
    if (of) of.push(row);
    else members.set(unit, [row]);
  });
  return [...members.values()];
}
