import { expect, test } from "vitest";
import { key, normal, type Table } from "../numeric/index.ts";
import { nearTwins } from "./near-twins.ts";

const names = ["x", "y", "z"];
const columns = names.map((name) => ({ name, kind: "numeric" as const }));
const draw = normal(key("near"));
const n = 400;
const rows = Array.from({ length: n }, () => [draw(), 1000 * draw(), draw()]);
// The last 10 rows are earlier ones but for a millionth, the 10 before them but for a tenth.
for (let i = 0; i < 10; i++) {
  rows[390 + i] = rows[i].map((value) => value * (1 + 1e-6));
  rows[380 + i] = rows[i].map((value) => value * 1.1);
}
const table: Table = {
  rows: n,
  columns: names.map((name, j) => ({ name, type: "number", values: Float64Array.from(rows, (row) => row[j]) })),
};
const all = Uint32Array.from({ length: n }, (_, row) => row);
const none = new Uint32Array(0);
const split = { train: all.subarray(0, 200), known: none, test: all.subarray(200) };

test("rows that equal a training row but for a millionth are named, others are not", async () => {
  const found = await nearTwins(table, columns, [split], key(0), {});
  expect(found).toEqual({ rows: [...all.subarray(390)], looked: 200 });
});

test("scales of columns do not matter", async () => {
  const scaled = {
    ...table,
    columns: table.columns.map((column, j) => ({
      ...column,
      values: (column.values as Float64Array).map((value) => value * 10 ** (3 * j) + 5),
    })),
  } as Table;
  expect((await nearTwins(scaled, columns, [split], key(0), {})).rows).toEqual([...all.subarray(390)]);
});

test("equal training rows do not make the usual distance 0", async () => {
  const twins = { ...split, train: Uint32Array.from([...all.subarray(0, 200), ...all.subarray(0, 200)]) };
  expect((await nearTwins(table, columns, [twins], key(0), {})).rows.length).toBe(10);
});

test("found = each test row whose nearest row learned from is near, looked for one by one", async () => {
  const standard = (column: Float64Array) => {
    const own = [...all.subarray(0, 200)].map((row) => column[row]);
    const mean = own.reduce((sum, x) => sum + x, 0) / own.length;
    return column.map((x) => x / Math.sqrt(own.reduce((sum, y) => sum + (y - mean) ** 2, 0) / own.length));
  };
  const scaled = table.columns.map(({ values }) => standard(values as Float64Array));
  const distance = (a: number, b: number) => Math.hypot(...scaled.map((column) => column[a] - column[b]));
  const least = (row: number) =>
    Math.min(...[...split.train].filter((other) => other !== row).map((other) => distance(row, other)));
  const usual = [...split.train].map(least).sort((a, b) => a - b);
  const expected = [...split.test].filter((row) => least(row) < 0.01 * ((usual[99] + usual[100]) / 2));
  expect((await nearTwins(table, columns, [split], key(3), {})).rows).toEqual(expected);
});

test("a row near a known one counts where that one is known", async () => {
  const train = all.subarray(10, 200);
  const first = { train, known: none, test: all.subarray(200, 395) };
  const second = { train, known: all.subarray(0, 10), test: all.subarray(200) };
  const found = await nearTwins(table, columns, [first, second], key(0), {});
  expect(found).toEqual({ rows: [...all.subarray(395)], looked: 200 });
});

test("Ctrl-C ends the search", async () => {
  const signal = AbortSignal.abort();
  await expect(nearTwins(table, columns, [split], key(0), { signal })).rejects.toThrow("interrupted");
});
