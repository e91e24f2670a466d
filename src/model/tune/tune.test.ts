import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Rows } from "../../data/index.ts";
import { key, normal } from "../../numeric/index.ts";
import { fit } from "../fit.ts";
import { load, type Model } from "../model.ts";
import type { Row } from "../scores.ts";
import { tune } from "./tune.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-tune-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Rows of numbers, a category and gaps; odd ones are shifted in one column. */
function rowsOf(count: number, name: string, odd = false): Row[] {
  const z = normal(key(name));
  return Array.from({ length: count }, () => ({
    a: z() + (odd ? 2.5 : 0),
    b: z(),
    c: z() > 1.5 ? null : z(),
    kind: z() > 0 ? "tcp" : "udp",
    when: new Date(1.6e12 + Math.round(z() * 1e9)),
  }));
}
const mark = (rows: Rows, label: string) => rows.map((row) => ({ ...row, label }));
const alone = { workers: 0 };

let knn: Model;
let summaries: Model;
beforeAll(async () => {
  const rows = rowsOf(150, "normal");
  knn = await fit(rows, { key: 1, detector: "knn", options: { k: 1 }, columns: { when: "timestamp" }, ...alone });
  summaries = await fit(rows, { key: 1, detector: "mahalanobis", calibration: "split", ...alone });
}, 120_000);
afterAll(() => {
  knn[Symbol.dispose]();
  summaries[Symbol.dispose]();
});

describe("tune", { timeout: 120_000 }, () => {
  test("a few labels make a better model, which is a file like any other", async () => {
    const labels = [...mark(rowsOf(15, "odd", true), "yes"), ...mark(rowsOf(3, "fine"), "no")];
    const tuned = await tune(knn.bytes, labels, { key: 0, ...alone });
    expect(tuned.verdict).toBe("better");
    expect(tuned.rows).toEqual({ anomalous: 15, normal: 3, unmarked: 0, repeated: 0, reference: 153 });
    expect(tuned.blend).toEqual({ heads: "mean", fuse: "mean", weight: 0.25 });
    const path = join(folder, "tuned.onnx");
    await tuned.model!.save(path);
    using loaded = await load(path);
    const test = [...rowsOf(80, "test"), ...rowsOf(30, "odd test", true)];
    const own = await tuned.model!.score(test, alone);
    const again = await loaded.score(test, alone);
    expect(again.scores).toEqual(own.scores);
    const found = (flagged: Uint8Array) => flagged.slice(80).reduce((sum, flag) => sum + flag, 0);
    const before = await knn.score(test, alone);
    expect(found(own.flagged)).toBeGreaterThan(found(before.flagged));
    const alarms = own.pValues.slice(0, 80).filter((p) => p <= 0.1).length;
    expect(alarms).toBeLessThan(20);
    expect(loaded.manifest.tuned).toMatchObject({
      verdict: "better",
      anomalous: 15,
      normal: 3,
      classes: [{ name: "anomalous", rows: 15 }],
    });
    expect(loaded.manifest.calibration).toMatchObject({ method: "cross", rows: 153, by: null });
    const [reason] = await loaded.explain(test.slice(-1), alone);
    expect(reason.contributions.length).toBeGreaterThan(0);
    expect((await loaded.watch(rowsOf(60, "window"), { key: 0, ...alone })).columns).toHaveLength(5);
    await expect(tune(path, labels, { key: 0 })).rejects.toThrow(
      "expected one that was not tuned before, got one that learned from 18 labelled rows",
    );
    tuned.model![Symbol.dispose]();
  });

  test("equal key and rows, equal bytes", async () => {
    const labels = mark(rowsOf(2, "odd", true), "1");
    const [a, b] = [
      await tune(summaries.bytes, labels, { key: 5, ...alone, reference: rowsOf(40, "more") }),
      await tune(summaries.bytes, labels, { key: 5, ...alone, reference: rowsOf(40, "more") }),
    ];
    expect(Buffer.compare(a.model!.bytes, b.model!.bytes)).toBe(0);
    expect(a.verdict).toBe("not shown");
    expect(a.model!.manifest.detector.holds).toBe("values");
    for (const { model } of [a, b]) model![Symbol.dispose]();
  });

  test("normal rows alone: the order of scores stays, p-values of rows like them rise", async () => {
    using network = await fit(rowsOf(120, "normal"), {
      key: 1,
      detector: "autoencoder",
      options: { steps: 20, hidden: 8, code: 2 },
      calibration: "split",
      ...alone,
    });
    const far = rowsOf(4, "far", true);
    const tuned = await tune(network.bytes, mark(far, "normal"), { key: 0, ...alone });
    expect([tuned.verdict, tuned.blend, tuned.gain]).toEqual(["nothing to estimate", null, null]);
    expect(tuned.falseAlarms.length).toBeGreaterThan(0);
    const test = [...far, ...rowsOf(20, "test")];
    const [before, after] = [await network.score(test, alone), await tuned.model!.score(test, alone)];
    expect(after.scores).toEqual(before.scores);
    far.forEach((_, i) => {
      expect(after.pValues[i]).toBeGreaterThan(before.pValues[i]);
    });
    expect(tuned.model!.manifest.calibration.units).toBe(network.manifest.calibration.units + 4);
    tuned.model![Symbol.dispose]();
  });

  test("rows that score wrote are fused by max: no score is below that of the mean", async () => {
    const labels = mark(rowsOf(1, "odd", true), "yes").map((row) => ({
      ...row,
      score: 1,
      p_value: 0.1,
      flagged: true,
    }));
    const tuned = await tune(knn.bytes, labels, { key: 0, ...alone });
    expect(tuned.blend!.fuse).toBe("max"); // the labels are rows that score wrote
    const test = rowsOf(60, "test");
    const after = await tuned.model!.score(test, alone);
    using weighed = (await tune(knn.bytes, labels, { key: 0, fuse: "mean", ...alone })).model!;
    const mean = await weighed.score(test, alone);
    // max(g_0, m) ≥ w g_0 + (1 − w) m.
    for (const i of test.keys()) expect(after.scores[i]).toBeGreaterThanOrEqual(mean.scores[i] - 1e-9);
    tuned.model![Symbol.dispose]();
  });

  test("from 2,000 normal rows on, half calibrate alone and p-values are exact", async () => {
    const labels = mark(rowsOf(1, "odd", true), "yes");
    const tuned = await tune(summaries.bytes, labels, { key: 0, reference: rowsOf(2000, "reference"), ...alone });
    expect(tuned.model!.manifest.calibration).toMatchObject({ method: "split", rows: 1000, units: 1000 });
    tuned.model![Symbol.dispose]();
  });

  test("rows equal to one before count once, and anomalous ones are no reference", async () => {
    const odd = rowsOf(2, "odd", true);
    const tuned = await tune(
      summaries.bytes,
      [...mark(odd, "yes"), ...mark(odd, "yes"), { ...rowsOf(1, "x")[0], label: "" }],
      { key: 0, reference: [...rowsOf(40, "more"), odd[0]], ...alone },
    );
    expect(tuned.rows).toEqual({ anomalous: 2, normal: 0, unmarked: 1, repeated: 2, reference: 40 });
    expect(tuned.sentences.join(" ")).toContain("2 labelled rows are equal to one before");
    expect(tuned.sentences.join(" ")).toContain(
      "1 normal row that was compared with is labelled anomalous, and left out",
    );
    tuned.model![Symbol.dispose]();
  });
});

describe("what tune refuses", { timeout: 120_000 }, () => {
  const one = mark(rowsOf(1, "odd", true), "yes");
  const refused = (labels: Rows, options: object, message: string) =>
    expect(tune(summaries.bytes, labels, { key: 0, ...alone, ...options })).rejects.toThrow(message);

  test("equal rows with both marks", () =>
    refused(
      [...one, { ...one[0], label: "no" }],
      {},
      "tune: rows 1 and 2 are equal in all columns of the model, and marked once anomalous and once normal; mark both alike, or leave both empty",
    ));

  test("a label column that is not there, or that the model looks at", async () => {
    await refused(
      one,
      { label: "lable" },
      'expected a column "lable", got none; is it "label"? name the column of marks',
    );
    await refused(one, { label: "kind" }, 'expected a column that the model does not look at, got "kind"');
    await refused(
      rowsOf(2, "x").map((row) => ({ ...row, score: 1, p_value: 0.1, flagged: false })),
      {},
      "write the file with unseen score --review, which adds one, or name yours with --label",
    );
  });

  test("a column of the model that is not there", () =>
    refused(
      [{ a: 1, label: "yes" }],
      {},
      "tune: --labels: rows in memory: expected the columns that the model learned from",
    ));

  test("a model without rows, and too few rows to compare with", async () => {
    using rowless = await fit(rowsOf(60, "normal"), { key: 0, detector: "mahalanobis", rows: false, ...alone });
    await expect(tune(rowless.bytes, one, { key: 0 })).rejects.toThrow(
      "tune: --reference: expected normal rows, for the model stores none (--no-rows at fit); pass --reference normal.csv",
    );
    await refused(one, { reference: rowsOf(5, "few") }, "tune: --reference: expected at least 20 normal rows, got 5");
  });

  test("a reference that the model learned from", async () => {
    const { bytes } = knn;
    await expect(tune(bytes, one, { key: 0, reference: rowsOf(150, "normal"), ...alone })).rejects.toThrow(
      /tune: --reference: expected normal rows that the model did not learn from, got rows that score lower/,
    );
  });

  test("no key, an unknown option, labels that are nothing", async () => {
    await expect(tune(summaries.bytes, one, {} as never)).rejects.toThrow("tune: key: expected a number or a text");
    await refused(one, { labels: "x" }, "tune: labels: unknown option");
    await expect(tune(summaries.bytes, null as never, { key: 0 })).rejects.toThrow("expected a path, rows or columns");
  });

  test("an interrupted run", async () => {
    const signal = AbortSignal.abort();
    await expect(tune(summaries.bytes, one, { key: 0, signal })).rejects.toThrow("interrupted");
  });
});
