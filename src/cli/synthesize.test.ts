import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { fit } from "../model/index.ts";
import { key, normal, uniform } from "../numeric/index.ts";
import { capturedRun } from "./captured-run.ts";

const folder = await mkdtemp(join(tmpdir(), "unseen-synthesize-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const path = (name: string) => join(folder, name);

const [u, z] = [uniform(key(1)), normal(key(2))];
const columns = {
  amount: Array.from({ length: 150 }, () => Number(Math.exp(3 + z()).toFixed(2))),
  kind: Array.from({ length: 150 }, () => ["a", "b"][Math.floor(2 * u())]),
};
{
  using model = await fit(columns, { key: 1, detector: "mahalanobis" });
  await model.save(path("model.onnx"));
}

test("writes rows, and says what they are", async () => {
  const argv = ["synthesize", path("model.onnx"), "--rows", "12", "-o", path("made.csv"), "--key", "5"];
  const { code, stdout, stderr } = await capturedRun(argv);
  expect([code, stdout]).toEqual([0, ""]);
  expect(stderr).toContain("12 rows made of 150 normal rows (rows that the model stores)");
  expect(stderr).toMatch(/\n {2}box +2 +\d +[\d.]+ {2}any value of every column's range: nothing goes together\n/);
  expect(stderr).toContain("1 is the edge, 19 of 20 normal rows lie within it");
  const lines = (await readFile(path("made.csv"), "utf8")).trim().split("\n");
  expect(lines[0]).toBe("amount,kind,family,generator_row,changed,radius,score,flagged");
  expect(lines.length).toBe(13);
  for (const line of lines.slice(1))
    expect(line).toMatch(
      /^\d+(\.\d\d?)?,[ab],(box,,|[a-z-]+,\d+,(amount|kind) \S+ → [^,]+),[\d.]+,-?[\d.e-]+,(true|false)$/,
    );
  // The names are those that score would take.
  const scored = await capturedRun(["score", path("made.csv"), "-m", path("model.onnx"), "-o", path("scored.csv")]);
  expect(scored.code).toBe(2);
  expect(scored.stderr).toContain("--prefix");
});

test("--json gives the facts, --prefix other names", async () => {
  const argv = ["synthesize", path("model.onnx"), "--rows", "6", "--families", "box", "--prefix", "made_", "--json"];
  const { code, stdout } = await capturedRun([...argv, "-o", path("made.jsonl")]);
  expect(code).toBe(0);
  const facts = JSON.parse(stdout);
  expect([facts.rows, facts.reference.rows, facts.families.length]).toEqual([6, 150, 1]);
  expect(facts.families[0]).toMatchObject({ family: "box", rows: 6 });
  const [first] = (await readFile(path("made.jsonl"), "utf8")).split("\n");
  expect(Object.keys(JSON.parse(first))).toEqual(
    "amount,kind,made_family,made_generator_row,made_changed,made_radius,made_score,made_flagged".split(","),
  );
  expect(JSON.parse(first).made_generator_row).toBeNull();
});

test("times and booleans are written as the file has them", async () => {
  const draw = uniform(key(4));
  const [day, hour] = [(k: number) => 1 + Math.floor(k * draw()), () => 10 + Math.floor(10 * draw())];
  const lines = Array.from(
    { length: 120 },
    () => `2001/${day(12)}/${day(28)} ${hour()}:05,${draw() < 0.3 ? "Yes" : "No"},${draw() < 0.2 ? "" : day(99)}`,
  );
  await writeFile(path("flights.csv"), `at,late,delay\n${lines.join("\n")}\n`);
  const fitted = ["fit", path("flights.csv"), "--column", "at=timestamp", "--detector", "mahalanobis"];
  expect((await capturedRun([...fitted, "-o", path("flights.onnx")])).code).toBe(0);
  const made = await capturedRun(["synthesize", path("flights.onnx"), "--rows", "60", "-o", path("flights-made.csv")]);
  expect(made.code).toBe(0);
  const [, ...rows] = (await readFile(path("flights-made.csv"), "utf8")).trim().split("\n");
  for (const row of rows) expect(row).toMatch(/^200[0-2]\/\d\d?\/\d\d? \d\d?:\d\d,(Yes|No),\d*,/);
  expect(rows.join("\n")).toMatch(/at 2001\/\d+\/\d+ 1\d:05 → 200[0-2]\/\d+\/\d+ \d+:\d\d/);
  expect(rows.join("\n")).toMatch(/late (Yes → No|No → Yes)/);
});

test("refusals leave no file", async () => {
  await writeFile(path("normal.csv"), "amount,kind\n1,a\n");
  const model = path("model.onnx");
  const run = async (...argv: string[]) => {
    const { code, stderr } = await capturedRun(["synthesize", ...argv]);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await run(model)).toContain("synthesize: --output: expected a path for the rows, got none; pass -o made.csv");
  expect(await run(model, "-o", path("x.parquet"))).toContain("expected a path that ends in .csv or .jsonl");
  expect(await run(model, "-o", path("x.csv"), "--reference", "-")).toContain("expected a file, got a pipe (-)");
  expect(await run(model, "-o", path("x.csv"), "--rows", "0")).toContain("synthesize: rows: expected a whole number");
  expect(await run(model, "-o", path("x.csv"), "--families", "cubes")).toContain(
    "synthesize: families: expected a list",
  );
  expect(await run(model, "-o", path("x.csv"), "--reference", path("normal.csv"))).toContain("at least 20 normal rows");
  expect(await run(model, "-o", path("normal.csv"), "--reference", path("normal.csv"))).toContain("would be lost");
  await expect(readFile(path("x.csv"))).rejects.toThrow("ENOENT");
});
