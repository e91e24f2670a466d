import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { key, normal, uniform } from "../numeric/index.ts";
import { fit } from "./fit.ts";
import { load, type Model } from "./model.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Two columns of a CSV file whose anomalous rows lie farther out, with their labels. */
function labelled(seed: number, rows: number): { path: string; labels: number[] } {
  const [z, u] = [normal(key(seed)), uniform(key(seed).for("labels"))];
  const labels = Array.from({ length: rows }, () => (u() < 0.2 ? 1 : 0));
  const lines = labels.map((label) => `${z() + 2 * label},${z()},${label === 1 ? "attack" : "fine"}`);
  const path = join(folder, `labelled-${seed}.csv`);
  writeFileSync(path, `a,b,what\n${lines.join("\n")}\n`);
  return { path, labels };
}

describe("labels", () => {
  const training = labelled(1, 500);
  const { path, labels } = labelled(2, 400);
  let model: Model;
  beforeAll(async () => {
    model = await fit(training.path, { key: 7, detector: "mahalanobis", label: "what", normal: "fine" });
  });
  afterAll(() => model[Symbol.dispose]());

  test.each(Array.from({ length: 19 }, (_, i) => (i + 1) / 20))(
    "the flags written are those returned, false discovery rate %f",
    async (falseDiscoveryRate) => {
      const output = join(folder, "flags.csv");
      const { flagged } = await model.score(path, { falseDiscoveryRate });
      const { flaggedCount } = await model.score(path, { falseDiscoveryRate, output });
      expect(flaggedCount).toBe(flagged.reduce((count, flag) => count + flag, 0));
      const written = readFileSync(output, "utf8").trim().split("\n").slice(1);
      expect(written.map((line) => (line.endsWith("true") ? 1 : 0))).toEqual([...flagged]);
    },
  );

  test("random ties do not depend on how the rows were cut into chunks", async () => {
    const options = { ties: "random", key: 3, falseAlarmRate: 0.5 } as const;
    const whole = (await model.score(path, options)).pValues;
    const rows = readFileSync(path, "utf8").trim().split("\n").slice(1);
    const batches = [rows.slice(0, 100), rows.slice(100, 101), rows.slice(101)];
    async function* items() {
      for (const batch of batches)
        yield batch.map((line) => ({ a: Number(line.split(",")[0]), b: Number(line.split(",")[1]) }));
    }
    const cut: number[] = [];
    for await (const { pValue } of model.score(items(), options)) cut.push(pValue);
    expect(cut).toEqual([...whole]);
  });

  test("the evaluation equals the metrics by their definitions, and normal is that of the fit when left out", async () => {
    const scored = await model.score(path, { label: "what", falseAlarmRate: 0.05 });
    const { scores, flagged, evaluation } = scored;
    const anomalies = labels.filter(Boolean).length;
    const normals = labels.length - anomalies;
    expect(evaluation).toMatchObject({ rows: 400, anomalies });
    let wins = 0;
    labels.forEach((x, i) => {
      labels.forEach((y, j) => {
        if (x === 1 && y === 0) wins += scores[i] > scores[j] ? 1 : scores[i] === scores[j] ? 0.5 : 0;
      });
    });
    expect(evaluation!.auroc).toBeCloseTo(wins / (anomalies * normals), 12);
    const order = [...labels.keys()].sort((i, j) => scores[j] - scores[i]);
    let [found, precision] = [0, 0];
    order.forEach((row, i) => {
      found += labels[row];
      if (labels[row]) precision += found / (i + 1);
    });
    expect(evaluation!.averagePrecision).toBeCloseTo(precision / anomalies, 12);
    const hits = labels.filter((label, i) => label && flagged[i]).length;
    const alarms = labels.filter((label, i) => !label && flagged[i]).length;
    expect(evaluation!.recall).toBeCloseTo(hits / anomalies, 12);
    expect(evaluation!.falseAlarmRate).toBeCloseTo(alarms / normals, 12);
    expect(evaluation!.falseDiscoveryProportion).toBeCloseTo(alarms / (hits + alarms), 12);
    const above = [...scores].filter((_, i) => !labels[i]).sort((a, b) => b - a);
    const recallAt = (rate: number) => {
      const limit = above[Math.floor(rate * normals)];
      return labels.filter((label, i) => label && scores[i] > limit).length / anomalies;
    };
    expect(evaluation!.recallAt5Percent).toBeCloseTo(recallAt(0.05), 12);
    expect(evaluation!.recallAt1Percent).toBeCloseTo(recallAt(0.01), 12);
    const swapped = await model.score(path, { label: "what", normal: "attack" });
    expect(swapped.evaluation!.auroc).toBeCloseTo(1 - evaluation!.auroc, 12);
  });

  test("without a label there is no evaluation, and the label is just another column", async () => {
    const scored = await model.score(path);
    expect(scored.evaluation).toBeNull();
    expect(scored.rows).toBe(400);
  });

  test("one kind of label, or a missing one, is refused", async () => {
    const one = model.score(path, { label: "what", where: "what = 'fine'" });
    await expect(one).rejects.toThrow("expected normal and anomalous rows, got");
    await expect(model.score(path, { label: "nope" })).rejects.toThrow('"nope"');
    const none = model.score(path, { label: "what", sql: "select a, b, nullif(what, 'attack') as what from input" });
    await expect(none).rejects.toThrow('column "what" is missing in row');
  });
});

describe("sql", () => {
  test("it is stored, and applied again when a file is scored; another one takes its place", async () => {
    const { path } = labelled(3, 300);
    const sql = "select a::double + b::double as total, a::double - b::double as difference, what from input";
    using fitted = await fit(path, { key: 7, detector: "mahalanobis", sql, ignore: ["what"] });
    using model = await load(fitted.bytes);
    expect(model.manifest.source.sql).toBe(sql);
    expect(model.manifest.columns.map((column) => column.name)).toEqual(["total", "difference"]);
    const { scores } = await model.score(path);
    const lines = readFileSync(path, "utf8").trim().split("\n").slice(1);
    const rows = lines.map((line) => line.split(",").map(Number));
    const direct = await model.score(rows.map(([a, b]) => ({ total: a + b, difference: a - b })));
    scores.forEach((score, i) => {
      expect(score).toBeCloseTo(direct.scores[i], 9);
    });
    const doubled = await model.score(path, { sql: "select 2 * a::double as total, 0 as difference from input" });
    expect(doubled.scores).not.toEqual(scores);
  });
});

describe("output", () => {
  test.each([
    ["no/such/folder/out.csv", "out.csv"],
    ["labelled-3.csv", "labelled-3.csv"],
    ["out.xlsx", "expected a path that ends in"],
  ])("to %s is refused, and the input stays as it was", async (output, message) => {
    const { path } = labelled(3, 300);
    const before = readFileSync(path, "utf8");
    using model = await fit(path, { key: 7, detector: "mahalanobis", ignore: ["what"] });
    const error = await model.score(path, { output: join(folder, output) }).catch((e) => e);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(message);
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  test("columns whose names are digits, in any order, from a file", async () => {
    const path = join(folder, "digits.csv");
    const z = normal(key(5));
    writeFileSync(
      path,
      `b,10,9\n${Array.from({ length: 80 }, () => `${z()},${z()},${z() > 0 ? "x" : "y"}`).join("\n")}\n`,
    );
    using fitted = await fit(path, { key: 7, detector: "mahalanobis", header: "yes" });
    using model = await load(fitted.bytes);
    expect(model.manifest.columns.map((column) => column.name)).toEqual(["b", "10", "9"]);
    const { scores } = await model.score(path, { header: "yes" });
    const row = await model.score({ b: 0, "10": 0, "9": "x" });
    expect(row.score).toBeLessThan(Math.max(...scores));
  });
});
