import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Key, key, normal, uniform } from "../numeric/index.ts";
import { fit } from "./fit.ts";
import type { Model } from "./model.ts";
import { watch } from "./watch.ts";

interface Change {
  readonly shift?: number;
  readonly scale?: number;
  readonly anomalies?: number;
  readonly tcp?: number;
  readonly quic?: number;
  readonly gaps?: number;
}

/** Rows of two correlated numbers, a category, a flag and one column with gaps. */
function rowsOf(k: Key, n: number, change: Change = {}) {
  const { shift = 0, scale = 1, anomalies = 0, tcp = 0.8, quic = 0, gaps = 0.1 } = change;
  const [z, u] = [normal(k.for("z")), uniform(k.for("u"))];
  return Array.from({ length: n }, () => {
    const far = u() < anomalies ? 12 : 0;
    const x = z();
    const which = u();
    return {
      x: 10 + scale * x + shift + far,
      y: x + 0.3 * z() - far,
      protocol: which < quic ? "quic" : which < quic + tcp * (1 - quic) ? "tcp" : "udp",
      open: u() < 0.5,
      delay: u() < gaps ? null : Math.exp(z()),
    };
  });
}

let [model, bytes] = [null as unknown as Model, new Uint8Array() as Uint8Array];
beforeAll(async () => {
  model = await fit(rowsOf(key("train"), 3000), { key: 1, detector: "knn", calibration: "split" });
  bytes = model.bytes;
}, 60_000);
afterAll(() => model[Symbol.dispose]());

describe("watch", () => {
  test("rows as those learned from: no alarm, nothing moved, a path of wealth that ends at the last row", async () => {
    const found = await watch(bytes, rowsOf(key("same"), 2000));
    expect([found.alarm, found.moved, found.rows, found.comparedRows]).toEqual([false, 0, 2000, 2000]);
    expect(found.reference).toEqual({ source: "normal rows that the model holds", rows: 512 });
    expect(found.advice).toEqual(["Nothing moved beyond chance, neither a column nor the scores. Go on."]);
    const { exact, limits, calibrationRows, path, since, pValues, aboveMedian } = found.scores!;
    expect([exact, limits, since]).toEqual([true, [], null]);
    expect(calibrationRows).toBe(model.manifest.calibration.rows);
    expect(path.length).toBeLessThanOrEqual(200);
    expect([path[0].row, path.at(-1)!.row, path.at(-1)!.log10]).toEqual([1, 2000, found.scores!.wealth.finalLog10]);
    expect(pValues[1].share).toBeGreaterThan(0.02);
    expect(pValues[1].share).toBeLessThan(0.08);
    expect(Math.abs(aboveMedian - 0.5)).toBeLessThan(0.05);
    expect(found.columns.every(({ pValue }) => pValue > 0.01)).toBe(true);
  });

  test("the model's own method gives the same, and equal keys give equal results", async () => {
    const rows = rowsOf(key("same"), 300);
    const found = await watch(bytes, rows, { key: 3, alpha: 0.05 });
    expect(await model.watch(rows, { key: 3, alpha: 0.05 })).toEqual(found);
    expect((await model.watch(rows, { key: 4, alpha: 0.05 })).scores!.path).not.toEqual(found.scores!.path);
  });

  test("a shifted column: named first with its medians, and the bulk of scores drifts", async () => {
    const rows = [...rowsOf(key("quiet"), 800), ...rowsOf(key("moved"), 1200, { shift: 1.5 })];
    const found = await watch(bytes, rows);
    const [first, ...others] = found.columns;
    expect([first.name, first.moved, found.moved]).toEqual(["x", true, 1]);
    expect(others.every(({ moved }) => !moved)).toBe(true);
    expect(first.sentence).toMatch(
      /^median (9\.9\d?|10(\.[01]\d?)?) → (10\.[7-9]\d?|11(\.[0-2]\d?)?), middle half 9\.\d+ to 10\.\d+ → /,
    );
    const { wealth, bulk, since } = found.scores!;
    expect(bulk.alarmRow).not.toBeNull();
    expect(wealth.alarmRow).toBeGreaterThan(780);
    expect(since).toBeGreaterThan(700);
    expect(since).toBeLessThan(900);
    expect(found.advice[0]).toMatch(/^Scores drift from about row \d+ on: not only the highest tenth/);
    expect(found.advice[1]).toContain('The columns that moved furthest are "x".');
  });

  test("6 % anomalous rows: the tail wins and the bulk does not, and the advice is to look at them", async () => {
    const found = await watch(bytes, rowsOf(key("anomalies"), 1500, { anomalies: 0.06 }), {
      reference: rowsOf(key("r"), 60),
    });
    const { wealth, bulk, tail, pValues } = found.scores!;
    expect([wealth.alarmRow !== null, tail.alarmRow !== null, bulk.alarmRow]).toEqual([true, true, null]);
    expect(pValues[0].share).toBeGreaterThan(0.04);
    expect(found.moved).toBe(0); // 60 reference rows do not show 6 %
    expect(found.advice[0]).toContain("that is anomalous rows rather than drift");
  });

  test("rows that score lower than before are told as such", async () => {
    const { x, y } = { x: 10, y: 0 };
    const rows = rowsOf(key("stuck"), 600).map((row) => ({ ...row, x: x + (row.x - x) / 4, y: y + row.y / 4 }));
    const found = await watch(bytes, rows);
    expect(found.advice[0]).toContain("look more normal than the calibration rows do");
  });

  test("rows that were learned from, with anomalous ones among them, are told as such", async () => {
    const rows = rowsOf(key("stuck too"), 600, { anomalies: 0.05 }).map((row) =>
      Math.abs(row.x - 10) > 10 ? row : { ...row, x: 10 + (row.x - 10) / 4, y: row.y / 4 },
    );
    const { advice, scores } = await watch(bytes, rows);
    expect(scores!.pValues[0].share).toBeGreaterThan(0.01);
    expect(advice[0]).toMatch(/yet only \d+(\.\d)? % score above the middle .*or rows that the model learned from\.$/);
  });

  test("categories, new ones among them, and missing values move by shares", async () => {
    const found = await watch(bytes, rowsOf(key("c"), 1000, { tcp: 0.5, quic: 0.05, gaps: 0.3 }));
    const [protocol, delay] = ["protocol", "delay"].map((name) => found.columns.find((c) => c.name === name)!);
    expect([protocol.moved, delay.moved, found.moved]).toEqual([true, true, 2]);
    expect(protocol.absentFromReference).toEqual(["quic"]);
    expect(protocol.absentShare).toBeCloseTo(0.05, 1);
    expect(protocol.sentence).toMatch(
      /"tcp" [78]\d(\.\d)? % → 4\d(\.\d)? %, "udp" .*; in no reference row: "quic" \(\d/,
    );
    expect(delay.sentence).toMatch(/; missing \d+(\.\d)? % → (2|3)\d(\.\d)? %$/);
    expect(found.advice.some((text) => text.startsWith('"delay" is missing more often than before'))).toBe(true);
    expect(found.advice.some((text) => text.startsWith('"protocol" has values that no reference row has'))).toBe(true);
  });

  test("effects lie in [0, 1], moved columns first, the furthest of each first", async () => {
    const { columns } = await watch(bytes, rowsOf(key("far"), 400, { shift: 100, tcp: 0 }));
    expect(columns.slice(0, 2).map(({ name }) => name)).toEqual(["x", "protocol"]);
    expect(columns[0].effect).toBe(1);
    for (const { effect } of columns) expect(effect >= 0 && effect <= 1).toBe(true);
  });

  test("one row, and a column that is missing throughout, are taken", async () => {
    const one = await watch(bytes, rowsOf(key("one"), 1));
    expect([one.rows, one.scores!.path.length]).toEqual([1, 1]);
    const bare = await watch(
      bytes,
      rowsOf(key("bare"), 200).map((row) => ({ ...row, delay: null })),
    );
    const delay = bare.columns.find(({ name }) => name === "delay")!;
    expect([delay.spread, delay.moved, delay.missing.window]).toEqual([null, true, 1]);
  });

  test("20 windows of the same source: P(alarm) ≤ α for scores and for columns", async () => {
    let [scores, columns] = [0, 0];
    for (let i = 0; i < 20; i++) {
      const found = await watch(bytes, rowsOf(key(`null ${i}`), 300), { alpha: 0.1, key: i });
      if (found.scores!.wealth.alarmRow !== null) scores++;
      if (found.moved > 0) columns++;
    }
    expect(scores).toBeLessThanOrEqual(6); // P(more than 6 of 20) = 0.2 % at 10 %
    expect(columns).toBeLessThanOrEqual(6);
  }, 20_000);
});

describe("a model's calibration", () => {
  test("by folds: watched, and said to be approximate", async () => {
    using folds = await fit(rowsOf(key("few"), 200), { key: 1, detector: "mahalanobis" });
    const { scores, guarantee } = await folds.watch(rowsOf(key("w"), 200));
    expect(scores!.exact).toBe(false);
    expect(guarantee.join(" ")).toContain("Approximate: the model is calibrated by folds");
  });

  test("by groups: columns alone, with the reason", async () => {
    const rows = rowsOf(key("groups"), 400).map((row, i) => ({ ...row, host: `h${i % 40}` }));
    using grouped = await fit(rows, { key: 1, detector: "mahalanobis", group: "host" });
    const found = await grouped.watch(rowsOf(key("w"), 300));
    expect(found.scores).toBeNull();
    expect(found.withoutScores).toContain("the model is calibrated by groups (--group host at fit)");
    expect(found.advice).toEqual(["No column moved beyond chance."]);
  });

  test("without stored rows a reference is asked for, and taken from a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "unseen-watch-test-"));
    try {
      using bare = await fit(rowsOf(key("bare"), 300), { key: 1, detector: "mahalanobis", rows: false });
      const window = rowsOf(key("w"), 200);
      await expect(bare.watch(window)).rejects.toThrow(
        "watch: --reference: expected normal rows to compare columns with, for the model holds none",
      );
      const path = join(folder, "normal.jsonl");
      writeFileSync(path, rowsOf(key("n"), 150).map((row, i) => JSON.stringify({ ...row, i })).join("\n")); // biome-ignore format: one line
      const found = await bare.watch(window, { reference: path, referenceWhere: "i < 100" });
      expect(found.reference.rows).toBe(100);
      expect(found.moved).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test("wrong input is refused, an aborted signal ends it", async () => {
  const rows = rowsOf(key("w"), 20);
  await expect(watch(bytes, rows, { alpha: 5 })).rejects.toThrow(
    "watch: --alpha: expected a number between 0 and 1, got 5",
  );
  await expect(watch(bytes, rows, { referenceWhere: "x > 1" })).rejects.toThrow(
    "watch: --reference-where: expected --reference",
  );
  await expect(watch(bytes, [{ x: 1 }])).rejects.toThrow(/^watch: .*expected the columns that the model learned from/);
  await expect(watch(bytes, rows, { alhpa: 0.1 } as object)).rejects.toThrow("watch: alhpa: unknown option");
  await expect(watch(bytes, 7 as unknown as string)).rejects.toThrow(
    "watch: expected a path, rows or columns, got number",
  );
  await expect(watch(bytes, rows, { signal: AbortSignal.abort() })).rejects.toThrow("interrupted");
});
