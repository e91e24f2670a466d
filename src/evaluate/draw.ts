import { type Key, permutation, uniform } from "../numeric/index.ts";

/**
 * Which rows are drawn, 1 for those, n → n: whole units in random order, until of each stratum about `share` of its rows is
 * drawn. A unit with a row outside all strata (null) is not. Units larger than what is missing are drawn where that
 * comes nearer to the share. O(n).
 */
export function drawUnits(units: Uint32Array, strata: readonly (string | null)[], share: number, key: Key): Uint8Array {
  const missing = new Map<string | null, number>();
  for (const stratum of strata) missing.set(stratum, (missing.get(stratum) ?? 0) + share);
  const members = membersOf(units);
  const drawn = new Uint8Array(units.length);
  for (const place of permutation(key, members.length)) {
    const rows = members[place];
    const counts = new Map<string | null, number>();
    for (const row of rows) counts.set(strata[row], (counts.get(strata[row]) ?? 0) + 1);
    if (counts.has(null)) continue;
    let wanted = 0;
    for (const [stratum, rows] of counts) wanted += Math.max(0, Math.min(rows, missing.get(stratum)!));
    if (wanted < rows.length / 2) continue;
    for (const row of rows) drawn[row] = 1;
    for (const [stratum, rows] of counts) missing.set(stratum, missing.get(stratum)! - rows);
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
