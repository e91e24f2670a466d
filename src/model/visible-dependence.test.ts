import { expect, test } from "vitest";
import { key, normal, permutation, type Table, takeTableRows, uniform } from "../numeric/index.ts";
import { groupMates, neighbors, type Pairing, sortedRows, visibleDependence } from "./visible-dependence.ts";

const places = (n: number) => Uint32Array.from({ length: n }, (_, row) => row);
const file = (n: number): Pairing => ({ kind: "file", column: null, rows: neighbors(places(n)) });

/** Three columns of noise, and the given ones. */
function tableOf(rows: number, columns: Table["columns"], name: string | number = 0): Table {
  const noise = [0, 1, 2].map((j) => ({
    name: `noise ${j}`,
    type: "number" as const,
    values: Float64Array.from({ length: rows }, normal(key(name).for(j))),
  }));
  return { rows, columns: [...noise, ...columns] };
}
const shuffled = (table: Table, name: string | number) => takeTableRows(table, permutation(key(name), table.rows));

const drifting = (rows: number) => {
  const z = normal(key("drift"));
  return tableOf(rows, [
    { name: "drift", type: "number", values: Float64Array.from({ length: rows }, (_, i) => z() + (4 * i) / rows) },
  ]);
};
const sortedTexts = tableOf(600, [
  { name: "city", type: "text", values: Array.from({ length: 600 }, (_, i) => `city ${i >> 3}`) },
]);
const turns = tableOf(600, [
  { name: "mote", type: "number", values: Float64Array.from({ length: 600 }, (_, i) => i % 2) },
]);

test("a drift, sorted texts and sources that take turns show in the order of the file, in their column", () => {
  const signs = [drifting(600), sortedTexts, turns].map((table) => visibleDependence(table, [file(600)]));
  expect(signs.map(([sign]) => sign.column)).toEqual(["drift", "city", "mote"]);
  expect(signs.map(([sign]) => Math.sign(sign.correlation))).toEqual([1, 1, -1]);
  expect(signs[1][0].correlation).toBeGreaterThan(0.95);
});

test("missing values that come in runs show, too", () => {
  const z = normal(key(5));
  const values = Float64Array.from({ length: 600 }, (_, i) => (i % 100 < 40 ? NaN : z()));
  const [sign] = visibleDependence(tableOf(600, [{ name: "gaps", type: "number", values }]), [file(600)]);
  expect(sign.column).toBe("gaps");
});

test("the same rows in random order show nothing, 200 times over", () => {
  for (const table of [drifting(600), sortedTexts, turns])
    for (let i = 0; i < 200; i++) expect(visibleDependence(shuffled(table, i), [file(600)])).toEqual([]);
});

test("any sign in at most one of 1,000 sets of exchangeable rows, also without a least correlation: 40 rows, 3,000 sets", () => {
  let seen = 0;
  for (let i = 0; i < 3000; i++) {
    const u = uniform(key("rare").for(i));
    const rare = Float64Array.from({ length: 40 }, () => (u() < 0.08 ? 1 : 0));
    seen += visibleDependence(tableOf(40, [{ name: "rare", type: "number", values: rare }], i), [file(40)]).length;
  }
  expect(seen).toBeLessThanOrEqual(3 + 5 * Math.sqrt(3)); // 40 rows: every correlation that passes the level is > 0.2
});

test("groups show where their rows are alike, and do not where they are labels at random", () => {
  const u = uniform(key("group"));
  const names = Array.from({ length: 900 }, () => `g${Math.floor(60 * u() ** 2)}`);
  const effect = new Map([...new Set(names)].map((name) => [name, normal(key(name))()]));
  const z = normal(key("within"));
  const table = tableOf(900, [
    { name: "level", type: "number", values: Float64Array.from(names, (name) => effect.get(name)! + z()) },
  ]);
  const pairing = (list: readonly string[]): Pairing => ({
    kind: "equal",
    column: "g",
    rows: groupMates(list, key(1)),
  });
  const [sign] = visibleDependence(table, [pairing(names)]);
  expect(sign.column).toBe("level");
  for (let i = 0; i < 200; i++) {
    const random = Array.from(permutation(key(i), 900), (row) => names[row]);
    expect(visibleDependence(table, [pairing(random)])).toEqual([]);
  }
});

test("neighbors by a column's value show a drift that the file's order hides", () => {
  const table = drifting(600);
  const order = permutation(key("hide"), 600);
  const hidden = takeTableRows(table, order);
  const time = Float64Array.from(order);
  const sorted: Pairing = { kind: "sorted", column: "t", rows: neighbors(sortedRows(time, key(1))) };
  const signs = visibleDependence(hidden, [file(600), sorted]);
  expect(signs.map(({ pairing }) => pairing.kind)).toEqual(["sorted"]);
});

test("pairs: neighbors are disjoint and spread over all rows; group mates share a group; missing names pair with none", () => {
  expect([...neighbors(places(5))]).toEqual([0, 1, 2, 3]);
  const many = neighbors(places(100_000));
  expect(many).toHaveLength(2048);
  expect(new Set(many).size).toBe(2048);
  expect(many[2047]).toBeGreaterThan(99_900);
  expect(many.every((row, i) => i % 2 === 0 || row === many[i - 1] + 1)).toBe(true);
  const names = Array.from({ length: 5000 }, (_, i) => (i % 7 === 0 ? null : i < 4000 ? "big" : `g${i % 50}`));
  const mates = groupMates(names, key(1));
  expect(new Set(mates).size).toBe(mates.length);
  for (let i = 0; i < mates.length; i += 2) expect(names[mates[i]]).toBe(names[mates[i + 1]]);
  const big = mates.filter((row) => names[row] === "big").length / 2;
  expect(big).toBeLessThanOrEqual(Math.ceil(1024 / 51)); // no group is heard more than another
  expect(groupMates(["a", "a", "a"], key(1))).toHaveLength(0); // one group says nothing about groups
});

test("neighbors by value leave rows without a value out", () => {
  expect([...sortedRows(Float64Array.of(3, NaN, 1, 2), key(1))]).toEqual([2, 3, 0]);
});

test("of 1,000 columns of noise none shows", () => {
  const columns = Array.from({ length: 1000 }, (_, j) => ({
    name: `c${j}`,
    type: "number" as const,
    values: Float64Array.from({ length: 50 }, normal(key(j))),
  }));
  expect(visibleDependence({ rows: 50, columns }, [file(50)])).toEqual([]);
});
