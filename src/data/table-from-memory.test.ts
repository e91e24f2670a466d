import { expect, it, test } from "vitest";
import { openSource, type Selected, tableFromColumns, tableFromRows } from "./index.ts";

const selection: Selected[] = [
  { name: "n", as: "number" },
  { name: "t", as: "text" },
  { name: "b", as: "boolean" },
  { name: "s", as: "timestamp" },
];

const rows = [
  { n: 1.5, t: "x", b: true, s: "2024-01-01T00:00:00Z", extra: 1 },
  { n: " 2 ", t: 3, b: "no", s: new Date(1000) },
  { n: "NA", t: null, b: null, s: "" },
  { n: true, t: "NA", b: 1, s: 5 },
  { n: 7n, t: false, b: "F", s: null },
];

it("reads values as the selection says", () => {
  const table = tableFromRows(rows, selection);
  expect(table.columns.map(({ values }) => Array.from(values as ArrayLike<unknown>))).toEqual([
    [1.5, 2, Number.NaN, 1, 7],
    ["x", "3", null, "NA", "false"],
    [1, 0, Number.NaN, 1, 0],
    [1704067200, 1, Number.NaN, 5, Number.NaN],
  ]);
  const columns = Object.fromEntries(selection.map(({ name }) => [name, rows.map((row) => row[name as "n"])]));
  expect(tableFromColumns(columns, selection)).toEqual(table);
});

it("equals what DuckDB reads", async () => {
  const plain = [
    { n: "1e3", t: "x", b: "yes", s: "2024-02-29 10:00:00.5" },
    { n: "-", t: "", b: "?", s: "NA" },
  ];
  using source = await openSource(plain);
  expect(await source.read(selection)).toEqual(tableFromRows(plain, selection));
});

const refusals: [string, Record<string, unknown>, string][] = [
  [
    "an absent key",
    { n: 1, b: true, s: 1 },
    'read: row 11: expected a value for "t", got none; add it, with null for a missing value',
  ],
  ["text for a number", { ...rows[0], n: "abc" }, 'read: column "n": row 11: expected a number, got "abc"'],
  ["a bigint past 2^53", { ...rows[0], n: 2n ** 60n }, 'read: column "n": row 11: expected an integer of at most 2^53'],
  ["an object", { ...rows[0], t: {} }, 'read: column "t": row 11: expected text'],
  ["text for a boolean", { ...rows[0], b: "maybe" }, "expected true or false"],
  ["a wrong date", { ...rows[0], s: "2024-02-30" }, "expected a time"],
];

test.each(refusals)("refuses %s", (_, row, message) => {
  expect(() => tableFromRows([rows[0], row], selection, 10)).toThrow(message);
});

it("takes numbers without copying, refuses unequal and absent columns", () => {
  const n = Float64Array.of(1, 2);
  expect(tableFromColumns({ n }, [selection[0]]).columns[0].values).toBe(n);
  expect(() => tableFromColumns({ n, t: ["a"] }, selection.slice(0, 2))).toThrow(
    'column "t": expected 2 values as in "n", got 1',
  );
  expect(() => tableFromColumns({ n }, selection)).toThrow('expected "t", "b", "s", got none');
});
