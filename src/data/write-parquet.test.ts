import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { openSource } from "./source.ts";
import { writeParquet } from "./write-parquet.ts";

const folder = mkdtempSync(join(tmpdir(), "write-parquet-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const columns = { name: "text", "it's": "number", count: "integer" } as const;

test("read ∘ write = identity, to the bit (−0 is 0), and equal rows give equal bytes", async () => {
  const path = join(folder, "rows.parquet");
  const value = fc.record({
    name: fc.option(fc.string({ minLength: 1, unit: "grapheme" }).map((text) => `.${text}`)),
    "it's": fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0)),
    count: fc.option(fc.integer()),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 30 }), async (rows) => {
      const [first] = rows;
      const all = [...rows, { ...first, name: "a\n\"b',", "it's": 0.1 + 0.2, count: 2 ** 31 }];
      await writeParquet(path, columns, all);
      const bytes = readFileSync(path);
      using source = await openSource(path);
      const table = await source.read([
        { name: "name", as: "text" },
        { name: "it's", as: "number" },
        { name: "count", as: "number" },
      ]);
      expect(table.columns.map(({ values }) => Array.from<unknown>(values))).toEqual([
        all.map(({ name }) => name),
        all.map((row) => row["it's"] ?? Number.NaN),
        all.map(({ count }) => count ?? Number.NaN),
      ]);
      await writeParquet(path, columns, all);
      expect(readFileSync(path)).toEqual(bytes);
      expect(existsSync(`${path}.jsonl`)).toBe(false);
    }),
    { numRuns: 8 },
  );
});
