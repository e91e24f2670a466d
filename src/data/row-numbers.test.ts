import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Input, openSource, type SourceOptions } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-numbers-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const count = 30_000; // more than one of DuckDB's chunks and row groups of text
const kind = (i: number) => (i % 7 === 3 ? "odd" : "even");
const path = join(folder, "rows.csv");
writeFileSync(path, `n,kind\n${Array.from({ length: count }, (_, i) => `${i + 1},${kind(i)}`).join("\n")}\n`);
const jsonl = join(folder, "rows.jsonl");
writeFileSync(jsonl, Array.from({ length: count }, (_, i) => JSON.stringify({ n: i + 1, kind: kind(i) })).join("\n"));
const columns = {
  n: Float64Array.from({ length: count }, (_, i) => i + 1),
  kind: Array.from({ length: count }, (_, i) => kind(i)),
};

/** Every row says its own number, so the numbers found must be the values read at those places. */
async function found(input: Input, options: SourceOptions, places: readonly number[]) {
  using source = await openSource(input, options);
  const [{ values }] = (await source.read([{ name: "n", as: "number" }])).columns;
  return { said: places.map((place) => values[place] as number), ...(await source.numbers(places)) };
}

test.each<[string, Input]>([
  ["CSV", path],
  ["JSON Lines", jsonl],
  ["memory", columns],
])("rows that a condition left out are counted too: %s", async (_, input) => {
  for (const options of [{}, { where: "kind = 'odd'" }, { where: "n > 20000 and n % 3 = 0" }]) {
    const { said, numbers, of } = await found(input, options, [0, 5, 1000, 2]);
    expect(numbers).toEqual(said);
    expect(of).toBe("input");
  }
});

test("after a query they are numbers in its result, with a condition too", async () => {
  const sql = "select n - 10000 as n, kind from input where n > 10000";
  for (const where of [undefined, "kind = 'odd'"]) {
    const { said, numbers, of } = await found(path, { sql, where }, [3, 0, 99]);
    expect(numbers).toEqual(said);
    expect(of).toBe("sql");
  }
});

test("a condition that draws cannot be asked again: numbers among the rows read", async () => {
  using source = await openSource(path, { where: "random() < 0.5" });
  expect(await source.numbers([0, 7])).toEqual({ numbers: [1, 8], of: "rows read" });
});
