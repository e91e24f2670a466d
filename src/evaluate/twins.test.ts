import fc from "fast-check";
import { expect, test } from "vitest";
import type { Table } from "../numeric/index.ts";
import { firstTwins } from "./twins.ts";
import { unitsOf } from "./units.ts";

const cells = fc.record({
  x: fc.constantFrom(0, -0, 1, Number.NaN, 1e300, 5e-324),
  text: fc.constantFrom(null, "", "a", "-"),
  y: fc.integer({ min: 0, max: 2 }),
});
const tables = fc.array(cells, { minLength: 1, maxLength: 40 });

function tableOf(rows: { x: number; text: string | null; y: number }[]): Table {
  return {
    rows: rows.length,
    columns: [
      { name: "x", type: "number", values: Float64Array.from(rows, ({ x }) => x) },
      { name: "text", type: "text", values: rows.map(({ text }) => text) },
      { name: "y", type: "number", values: Float64Array.from(rows, ({ y }) => y) },
    ],
  };
}

test("first twin = the first row with the same cells, looked for one by one", () => {
  fc.assert(
    fc.property(tables, (rows) => {
      const name = ({ x, text, y }: (typeof rows)[number]) => JSON.stringify([String(x + 0), text, y]);
      const names = rows.map(name);
      expect([...firstTwins(tableOf(rows))]).toEqual(names.map((own) => names.indexOf(own)));
    }),
  );
});

test("200,000 rows that differ in one bit are 200,000 rows", () => {
  const values = Float64Array.from({ length: 200_000 }, (_, i) => 1 + i * 2 ** -52);
  const twins = firstTwins({ rows: values.length, columns: [{ name: "x", type: "number", values }] });
  expect(twins.every((first, row) => first === row)).toBe(true);
});

test("units = what hangs together over twins and groups", () => {
  const twins = fc.array(fc.nat(5), { minLength: 1, maxLength: 25 });
  fc.assert(
    fc.property(twins, fc.infiniteStream(fc.constantFrom("a", "b", "c", "d", "e", "f", "g")), (names, stream) => {
      const firsts = Uint32Array.from(names, (name) => names.indexOf(name));
      const groups = names.map(() => stream.next().value as string);
      const expected = names.map((_, row) => row);
      for (let changed = true; changed; ) {
        changed = false;
        for (const [a] of names.entries())
          for (const [b] of names.entries())
            if ((firsts[a] === firsts[b] || groups[a] === groups[b]) && expected[a] > expected[b]) {
              expected[a] = expected[b];
              changed = true;
            }
      }
      expect([...unitsOf(firsts, groups)]).toEqual(expected);
      expect(unitsOf(firsts, null)).toBe(firsts);
    }),
  );
});
