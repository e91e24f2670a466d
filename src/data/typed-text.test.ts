import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSource, type SourceOptions } from "./index.ts";

const path = join(mkdtempSync(join(tmpdir(), "unseen-typed-")), "fees.csv");
writeFileSync(path, "id,amount,fee,kind\n1,99.7,2,a\n2,100,n/a,b\n3,5,1,a\n4,0150.50,3,7\n");

async function texts(options: SourceOptions): Promise<Record<string, (string | null)[]>> {
  using source = await openSource(path, options);
  const { columns } = await source.read(source.columns.map(({ name }) => ({ name, as: "text" })));
  return Object.fromEntries(columns.map(({ name, values }) => [name, values as (string | null)[]]));
}

test.each([
  ["amount > 99.5", ["1", "2", "4"]],
  ["amount between 1 and 9", ["3"]],
  ["fee is null", ["2"]],
  ["amount / fee > 10 and kind = 'a'", ["1"]],
  ["kind = '7'", ["4"]],
])("in a CSV file, numbers are numbers to --where %s, and the cells stay as they came", async (where, ids) => {
  const { id, amount } = await texts({ where });
  expect(id).toEqual(ids);
  if (ids.includes("4")) expect(amount.at(-1)).toBe("0150.50");
});

test("and to --sql, where a missing word is null", async () => {
  const { ratio } = await texts({ sql: "select amount / fee as ratio from input" });
  expect(ratio.map((text) => (text === null ? null : Number(text).toFixed(2)))).toEqual([
    "49.85",
    null,
    "5.00",
    "50.17",
  ]);
});

test("a column with any other text among its numbers is text, and the error says how to compare it", async () => {
  await expect(texts({ where: "kind > 3" })).rejects.toThrow("write TRY_CAST(x AS DOUBLE) for x");
  expect((await texts({ where: "try_cast(kind as double) > 3" }))["id"]).toEqual(["4"]);
});
