import { expect, test } from "vitest";
import { key, normal, type Table, takeTableRows } from "../numeric/index.ts";
import { projectRows } from "./project-rows.ts";

const draw = normal(key(1));
const rows = 300;
const x = Float64Array.from({ length: rows }, () => 1e6 + 1e5 * draw());
const table: Table = {
  rows,
  columns: [
    { name: "x", type: "number", values: x },
    { name: "2 x", type: "number", values: x.map((value) => 2 * value + 1e3 * draw()) },
    { name: "gap", type: "number", values: x.map((_, i) => (i % 4 === 0 ? Number.NaN : draw())) },
    {
      name: "kind",
      type: "text",
      values: Array.from(x, (_, i) => (i % 100 === 0 ? "rare" : i % 7 === 0 ? null : "usual")),
    },
    { name: "constant", type: "number", values: x.map(() => 5) },
  ],
};
const changed = (change: (name: string) => number | string | null) =>
  projectRows(
    {
      rows: 1,
      columns: table.columns.map((column) =>
        column.type === "text"
          ? { ...column, values: [change(column.name) as string | null] }
          : { ...column, values: Float64Array.of(change(column.name) as number) },
      ),
    },
    table,
  ).rows[0];

test("the first direction is the one in which columns vary together, whatever their units", () => {
  const { axes, shares, reference, rows } = projectRows(table, table);
  expect(axes[0].slice(0, 2).toSorted()).toEqual(["2 x", "x"]);
  expect(shares[0]).toBeGreaterThan(shares[1]);
  expect(shares[0] + shares[1]).toBeLessThanOrEqual(1);
  expect(rows).toEqual(reference);
  expect(rows.filter(({ beyond }) => beyond).length).toBeLessThan(5);
});

test("without reference rows the plane is fitted on the rows at hand", () => {
  const alone = projectRows(table, null);
  expect(alone.reference).toEqual([]);
  expect(alone.rows).toEqual(projectRows(table, table).rows);
});

test("far rows stand at the border; missing values, infinities and unseen categories have a place", () => {
  const typical = { x: 1e6, "2 x": 2e6, gap: 0, kind: "usual", constant: 5 };
  const far = changed((name) => (name === "x" || name === "2 x" ? 1e12 : typical[name as keyof typeof typical]));
  expect(far.beyond).toBe(true);
  expect(changed((name) => typical[name as keyof typeof typical]).beyond).toBe(false);
  for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const place = changed((name) => (name === "kind" ? "never seen" : odd));
    expect([place.x, place.y].every(Number.isFinite)).toBe(true);
  }
});

test("one row, one column and only missing values are drawn", () => {
  const one = takeTableRows({ rows, columns: [table.columns[0]] }, [0]);
  expect(projectRows(one, null).rows).toEqual([{ x: 0, y: 0, beyond: false }]);
  const empty: Table = {
    rows: 2,
    columns: [{ name: "m", type: "number", values: Float64Array.of(Number.NaN, Number.NaN) }],
  };
  expect(projectRows(empty, null).rows.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toBe(true);
});
