import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, it, test } from "vitest";
import { openSource, readScores, type SourceOptions, streamScored, type WriteOptions, writeScored } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
const input = join(folder, "in.csv");
writeFileSync(input, 'a,b\n007,"x,y"\n1.50,\n 3 ,z\n');

async function scored(options: SourceOptions = {}, from: Parameters<typeof openSource>[0] = input) {
  const source = await openSource(from, options);
  const scores = await source.openScores();
  const rows = await source.countRows();
  for (let i = 0; i < rows; i++) await scores.append(Float64Array.of(i + 0.5), Float64Array.of((i + 1) / 4));
  return { source, scores };
}

const outputs: [string, Partial<WriteOptions>, string, string][] = [
  [
    "all columns",
    {},
    "o.csv",
    'a,b,score,p_value,flagged\n007,"x,y",0.5,0.25,true\n1.50,,1.5,0.5,true\n 3 ,z,2.5,0.75,false\n',
  ],
  ["only flagged", { only: "flagged", flagged: 0.25 }, "o.csv", 'a,b,score,p_value,flagged\n007,"x,y",0.5,0.25,true\n'],
  [
    "no columns",
    { keep: "none" },
    "o.tsv",
    "row\tscore\tp_value\tflagged\n1\t0.5\t0.25\ttrue\n2\t1.5\t0.5\ttrue\n3\t2.5\t0.75\tfalse\n",
  ],
  [
    "some columns, with a prefix",
    { keep: ["b"], prefix: "u_", addRowNumber: true, only: "flagged", flagged: 0.25 },
    "o.csv",
    'b,u_row,u_score,u_p_value,u_flagged\n"x,y",1,0.5,0.25,true\n',
  ],
  [
    "JSON Lines",
    { keep: ["a"], only: "flagged", flagged: 0.25 },
    "o.jsonl",
    '{"a":"007","score":0.5,"p_value":0.25,"flagged":true}\n',
  ],
];

test.each(outputs)("writes %s", async (_, options, name, expected) => {
  for (const query of [{}, { where: "a is not null" }]) {
    const { source, scores } = await scored(query);
    const path = join(folder, name);
    await writeScored(source, scores, { path, flagged: 0.5, ...options });
    expect(readFileSync(path, "utf8")).toBe(expected);
    source[Symbol.dispose]();
  }
  expect(readdirSync(folder).filter((file) => file.endsWith(".part"))).toEqual([]);
});

it("packs text, and streams the same bytes", async () => {
  const { source, scores } = await scored();
  const path = join(folder, "o.csv.gz");
  await writeScored(source, scores, { path, flagged: 0.5 });
  const parts: Uint8Array[] = [];
  for await (const part of streamScored(source, scores, { flagged: 0.5 })) parts.push(part);
  expect(Buffer.concat(parts).toString()).toBe(gunzipSync(readFileSync(path)).toString());
  expect(Array.from(await readScores(scores, "pValues"))).toEqual([0.25, 0.5, 0.75]);
  source[Symbol.dispose]();
});

it("writes JSON that can be read, infinities as null", async () => {
  const { source, scores } = await scored({}, { a: [1, Infinity, Number.NaN] });
  const path = join(folder, "o.jsonl");
  await writeScored(source, scores, { path, flagged: 0 });
  const lines = readFileSync(path, "utf8").trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).a)).toEqual([1, null, null]);
  source[Symbol.dispose]();
});

it("keeps scores beside their rows over many chunks, with where", async () => {
  const n = 20_000;
  const { source, scores } = await (async () => {
    const source = await openSource({ i: Float64Array.from({ length: n }, (_, i) => i) }, { where: "i % 3 <> 1" });
    const scores = await source.openScores();
    for await (const { columns } of source.chunks([{ name: "i", as: "number" }], { rows: 777 }))
      await scores.append(columns[0].values as Float64Array, columns[0].values as Float64Array);
    return { source, scores };
  })();
  const path = join(folder, "o.parquet");
  await writeScored(source, scores, { path, flagged: 0.5 });
  using back = await openSource(path);
  const [i, score] = (
    await back.read([
      { name: "i", as: "number" },
      { name: "score", as: "number" },
    ])
  ).columns;
  expect(i.values.length).toBe(n - Math.floor((n + 1) / 3));
  expect(score.values).toEqual(i.values);
  source[Symbol.dispose]();
});

const refusals: [string, Partial<WriteOptions> & { path?: string }, RegExp][] = [
  ["the input's path", { path: input }, /expected another path than the input's/],
  ["a missing folder", { path: join(folder, "none/o.csv") }, /expected an existing folder/],
  ["an ending", { path: join(folder, "o.xlsx") }, /expected a path that ends in \.csv/],
  ["a column to keep", { keep: ["c"] }, /write: --keep: expected the name of a column, got "c"/],
];

test.each(refusals)("refuses %s", async (_, options, message) => {
  const { source, scores } = await scored();
  await expect(writeScored(source, scores, { path: join(folder, "r.csv"), flagged: 0.5, ...options })).rejects.toThrow(
    message,
  );
  source[Symbol.dispose]();
  expect(readdirSync(folder).filter((file) => file.startsWith(".") || file === "r.csv")).toEqual([]);
});

it("refuses names that the input has, with --prefix as remedy", async () => {
  const { source, scores } = await scored({}, { Score: [1, 2, 3] });
  const path = join(folder, "o.csv");
  await expect(writeScored(source, scores, { path, flagged: 0.5 })).rejects.toThrow(
    'write: column "score": expected a free name, got one that the input has; pass --prefix',
  );
  await writeScored(source, scores, { path, flagged: 0.5, prefix: "u_" });
  source[Symbol.dispose]();
});

it("leaves nothing when interrupted", async () => {
  const { source, scores } = await scored();
  const signal = AbortSignal.abort();
  await source.countRows();
  await expect(
    writeScored(source, scores, { path: join(folder, "i.csv"), flagged: 0.5, signal }),
  ).rejects.toMatchObject({ name: "Interrupted" });
  expect(readdirSync(folder)).not.toContain("i.csv");
  source[Symbol.dispose]();
});
