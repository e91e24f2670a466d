import fc from "fast-check";
import { expect, test } from "vitest";
import type { Table } from "../numeric/index.ts";
import { fitFile } from "./fit.ts";
import type { Manifest } from "./manifest.ts";
import { readReferenceRows } from "./read-reference-rows.ts";
import { writeRows } from "./reference-rows.ts";

const manifestOf = (rows: number): Manifest =>
  ({
    columns: [
      { name: "x", kind: "numeric" },
      { name: "__proto__", kind: "category" },
    ],
    referenceRows: { rows, heldOut: true },
  }) as unknown as Manifest;

const cell = fc.record({
  x: fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0)),
  text: fc.option(fc.string()),
});

test("read ∘ write = identity: missing, infinite, empty text and odd names included", () => {
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 20 }), (cells) => {
      const table: Table = {
        rows: cells.length,
        columns: [
          { name: "x", type: "number", values: Float64Array.from(cells, ({ x }) => (x === 0 ? 0 : x)) },
          { name: "__proto__", type: "text", values: cells.map(({ text }) => text) },
        ],
      };
      const rows = writeRows(table, [...cells.keys()]);
      expect(readReferenceRows({ manifest: manifestOf(cells.length), rows })).toEqual(table);
    }),
  );
});

test("a fitted model gives rows that it was taught from, one without rows none", async () => {
  const columns = {
    x: Array.from({ length: 40 }, (_, i) => i / 8),
    c: Array.from({ length: 40 }, (_, i) => "ab"[i % 2]),
  };
  const file = await fitFile(columns, { key: 1, detector: "mahalanobis", columns: { c: "category" } });
  const table = readReferenceRows(file)!;
  expect(table.columns.map(({ name, type }) => `${name} ${type}`)).toEqual(["x number", "c text"]);
  expect(table.rows).toBe(40);
  for (let i = 0; i < table.rows; i++)
    expect(table.columns[1].values[i]).toBe("ab"[(Number(table.columns[0].values[i]) * 8) % 2]);
  const bare = await fitFile(columns, { key: 1, detector: "mahalanobis", columns: { c: "category" }, rows: false });
  expect(readReferenceRows(bare)).toBeNull();
});

test.each([
  ["{", "text that is not JSON"],
  ["null", "no columns"],
  ["{}", 'no values of column "x"'],
  ['{"x":[1],"__proto__":["a"]}', '1 values of column "x" where its manifest says 2'],
  ['{"x":[1,"2"],"__proto__":["a","b"]}', 'a value of column "x" that is no number'],
  ['{"x":[1,2],"__proto__":["a",3]}', 'a value of column "__proto__" that is no text'],
])("rows that are not as the manifest says are refused: %s", (rows, what) => {
  expect(() => readReferenceRows({ manifest: manifestOf(2), rows })).toThrow(
    `load: the file's reference rows: ${what}; expected a file that`,
  );
});
