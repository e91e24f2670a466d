import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { detectors, scoreRows } from "../../src/detect/index.ts";
import { type BenchOptions, openDataFolder, readResults, runBench, suiteNamed } from "../../src/evaluate/index.ts";
import { auroc, averagePrecision, fromRows, key } from "../../src/numeric/index.ts";
import { parseOptions } from "../../src/options/index.ts";
import { writeTinyData, writeTinyTraffic } from "./tiny-data.ts";

const folder = mkdtempSync(join(tmpdir(), "bench-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const data = join(folder, "data");
beforeAll(() => writeTinyData(data));

const options = (results: string, more: Partial<BenchOptions> = {}): BenchOptions => ({
  suite: suiteNamed("oddbench"),
  folder: openDataFolder(data),
  results: join(folder, results),
  detectors: ["mahalanobis"],
  keys: [0],
  caps: { maxTrain: 4000, maxTest: 8000 },
  workers: 1,
  seconds: 60,
  ...more,
});

test("a row of the results is what the detector gives on the set's split", async () => {
  const { rows, measured, parquet } = await runBench(options("plain"));
  expect(rows.map(({ set, name, variant }) => `${set}, ${name}, ${variant}`)).toEqual(
    ["alpha", "beta", "gamma"].flatMap((set) =>
      ["1-NN (knn)", "mahalanobis"].flatMap((name) => [
        `${set}, ${name}, all rows`,
        `${set}, ${name}, as fit ships it`,
      ]),
    ),
  );
  expect(measured).toBe(2 * (1 + 1 + 2)); // the variants of alpha and beta are one: no row would be held out
  const { openSource } = await import("../../src/data/index.ts");
  using source = await openSource(join(data, "alpha.parquet"));
  const { columns } = await source.read(["x0", "x1", "x2", "label"].map((name) => ({ name, as: "number" as const })));
  const table = columns.map(({ values }) => values as Float64Array);
  const take = (from: number, to: number) =>
    fromRows(Array.from({ length: to - from }, (_, i) => [0, 1, 2].map((j) => table[j][from + i])));
  const detector = detectors.find(({ name }) => name === "mahalanobis")!;
  const own = parseOptions("mahalanobis", detector.options, {});
  const fitted = await detector.fit(take(0, 60), own, { key: key(0).for("detector"), workers: 0 });
  const scores = await scoreRows(fitted, take(60, 125), { workers: 0 });
  const labels = table[3].slice(60);
  expect(rows[2]).toMatchObject({ n_train: 60, n_learned: 60, n_test: 65, anomalies: 15, d: 3, error: "" });
  expect([rows[2].auroc, rows[2].ap]).toEqual([auroc(labels, scores), averagePrecision(labels, scores)]);
  expect(rows.at(-1)).toMatchObject({ set: "gamma", n_train: 1100, n_learned: 880 });
  expect(await readResults(parquet)).toEqual(rows);
});

test("what was measured is found again, until code or caps change", async () => {
  const second = await runBench(options("plain"));
  expect([second.measured, second.found]).toEqual([0, 8]);
  const bytes = readFileSync(second.parquet);
  await runBench(options("plain"));
  expect(readFileSync(second.parquet)).toEqual(bytes);
  const journal = join(folder, "plain/oddbench.jsonl");
  writeFileSync(journal, readFileSync(journal, "utf8").replaceAll(second.rows[0].code, "0".repeat(16)));
  const trusting = await runBench(options("plain", { anyCode: true }));
  expect([trusting.measured, trusting.outdated, trusting.rows[0].code]).toEqual([0, 0, "0".repeat(16)]);
  const careful = await runBench(options("plain", { sets: ["beta"] }));
  expect([careful.measured, careful.outdated]).toEqual([2, 2]);
  const capped = await runBench(options("plain", { caps: { maxTrain: 50, maxTest: 40 }, sets: ["beta"] }));
  expect(capped.rows[0]).toMatchObject({ n_train: 50, n_test: 40, max_train: 50 });
  expect(capped.measured).toBe(2);
});

test("a file that is not the manifest's is refused; a set of other content is measured anew", async () => {
  const own = join(folder, "changed");
  await writeTinyData(own);
  const file = join(own, "beta.parquet");
  writeFileSync(file, readFileSync(join(own, "alpha.parquet")));
  const run = () => runBench(options("plain", { folder: openDataFolder(own), sets: ["beta"] }));
  await expect(run()).rejects.toThrow(/^bench: beta: expected .*beta\.parquet to have the sha256 of its manifest/);
  const manifest = join(own, "manifest.json");
  const [alpha, beta, ...rest] = JSON.parse(readFileSync(manifest, "utf8"));
  writeFileSync(manifest, JSON.stringify([alpha, { ...beta, sha256: alpha.sha256 }, ...rest]));
  const { measured, rows, failed } = await run();
  expect([measured, failed]).toEqual([2, []]);
  expect(rows.map(({ error }) => error)).toEqual(
    rows.map(() => "bench: beta: expected 80 training rows, as the manifest says, got 60; mend the manifest"),
  );
  expect(rows[0].auroc).toBeNaN();
});

test("a detector that is slow on the first five sets is left out, and said so; the control stays", async () => {
  const own = join(folder, "six");
  await writeTinyData(own, { a: 20, b: 20, c: 20, d: 20, e: 20, f: 20 });
  const six = options("slow", { folder: openDataFolder(own), seconds: 1e-9, detectors: ["lof", "hbos"] });
  const { rows, leftOut } = await runBench(six);
  expect(leftOut.map(({ name }) => name)).toEqual(["lof", "hbos"]);
  expect(leftOut[0].seconds).toBeGreaterThan(1e-9);
  expect(rows.filter(({ control }) => control !== "").length).toBe(12);
  expect(rows.filter(({ name, set }) => name === "lof" && set === "f")).toEqual([]);
});

test("half of the normal rows train in ADBench's protocol; the rest and all anomalous rows test", async () => {
  const capped = await runBench(
    options("adbench", { suite: suiteNamed("adbench"), caps: { maxTrain: 20, maxTest: 30 } }),
  );
  expect(capped.rows[0]).toMatchObject({ part: "classical", set: "delta", n_train: 20, n_test: 30, anomalies: 9 });
  expect(capped.rows[0].protocol).toMatch(/^half of the normal rows.* at most 20 training and 30 test rows/);
});

test("the intrusion suite holds classes out, keeps files apart, and looks at no column that leaks", async () => {
  const own = join(folder, "traffic");
  await writeTinyTraffic(own);
  const suite = suiteNamed("intrusion");
  const { rows, failed } = await runBench(options("traffic", { suite, folder: openDataFolder(own), keys: [3] }));
  expect(failed).toEqual([]);
  const shown = rows.filter(({ name }) => name === "mahalanobis");
  expect(
    shown.map(({ part, split, n_train, n_test, anomalies, d, variant, error }) =>
      [part, split, n_train, n_test, anomalies, d, variant, error].join(),
    ),
  ).toEqual([
    "cicids2017-improved,DDoS,60,90,30,3,as fit ships it,",
    "cicids2017-improved,Botnet,60,72,12,3,as fit ships it,",
    "kddcup99-10-percent,,40,65,25,3,as fit ships it,",
    "nsl-kdd,,90,55,15,3,as fit ships it,",
  ]);
  for (const { auroc, recall_flagged } of shown) expect([auroc > 0.6, recall_flagged >= 0]).toEqual([true, true]);
});

test("names that are none are errors with a remedy", async () => {
  await expect(runBench(options("none", { sets: ["nowhere"] }))).rejects.toThrow(
    'bench: --sets: expected names of oddbench in manifest.json, got "nowhere"; there are 3, such as alpha',
  );
  await expect(runBench(options("none", { detectors: ["mahalanobi"] }))).rejects.toThrow(
    'bench: --detectors: expected names of detectors, got "mahalanobi"; did you mean mahalanobis?',
  );
  await expect(runBench(options("none", { options: { nu: 2 } }))).rejects.toThrow("mahalanobis: nu: unknown option");
});
