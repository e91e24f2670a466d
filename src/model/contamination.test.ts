import { describe, expect, test } from "vitest";
import { fromRows, key, type Matrix, midranks, normal, rowOf } from "../numeric/index.ts";
import { droppedRows, optionsForTrimmed, trim } from "./contamination.ts";
import { contaminatedShare } from "./contamination-share.ts";
import { distanceToOther, suspicion } from "./contamination-suspicion.ts";
import { fit } from "./fit.ts";

const quiet = { workers: 0 };

/** `count` rows around 0 and, at the end, `hidden` close together far out. */
function rowsWith(count: number, hidden: number, columns = 3): Matrix {
  const z = normal(key("contamination"));
  return fromRows(
    Array.from({ length: count + hidden }, (_, i) =>
      Array.from({ length: columns }, () => (i < count ? z() : 8 + 0.01 * z())),
    ),
  );
}

/** The same as columns for `fit`. */
function columnsOf(m: Matrix): Record<string, Float64Array> {
  return Object.fromEntries(
    Array.from({ length: m.columns }, (_, j) => [
      `c${j}`,
      Float64Array.from({ length: m.rows }, (_, i) => rowOf(m, i)[j]),
    ]),
  );
}

describe("trimming", () => {
  test.each([
    [100, 0, 0],
    [100, 0.29, 29],
    [7, 0.1, 0],
    [30, 0.1, 3],
    [1000, 0.0999, 99],
  ])("of %i rows a share of %f is ⌊c n⌋ = %i, and exactly so many are dropped", async (n, share, count) => {
    expect(droppedRows(n, share)).toBe(count);
    const { kept, dropped } = await trim(rowsWith(n, 0), share, key(1), quiet);
    expect([kept.length, dropped.length]).toEqual([n - count, count]);
    const both = [...kept, ...dropped].sort((a, b) => a - b);
    expect(both).toEqual(Array.from({ length: n }, (_, i) => i));
    for (const rows of [kept, dropped]) expect([...rows]).toEqual([...rows].sort((a, b) => a - b));
  });

  test("anomalous rows that hide behind each other are found: all of a cluster far out is dropped", async () => {
    const { dropped } = await trim(rowsWith(190, 10), 0.05, key(1), quiet);
    expect([...dropped]).toEqual(Array.from({ length: 10 }, (_, i) => 190 + i));
  });

  test("equal rows and key, equal choice; a share of 0 looks at nothing", async () => {
    const rows = rowsWith(150, 5);
    const [a, b] = [await trim(rows, 0.1, key(7), quiet), await trim(rows, 0.1, key(7), quiet)];
    expect(a).toEqual(b);
    const none = await trim(rows, 0, key(7), quiet);
    expect([none.kept.length, none.dropped.length]).toEqual([155, 0]);
  });

  test("too few rows to go on with are refused", async () => {
    await expect(trim(rowsWith(4, 0), 0.49, key(1), quiet)).resolves.toBeDefined();
    await expect(trim(rowsWith(3, 0), 0.4, key(1), quiet)).rejects.toThrow(
      "fit: --contamination: expected at least 3 rows to remain, got 2 of 3 with a share of 0.4; add rows",
    );
  });
});

describe("suspicion", () => {
  test("the distance to the k-th nearest other row is that of a naive search", async () => {
    const rows = rowsWith(40, 3, 2);
    const means = [0, 1].map(
      (j) => Array.from({ length: 43 }, (_, i) => rowOf(rows, i)[j]).reduce((a, b) => a + b) / 43,
    );
    const deviations = [0, 1].map((j) =>
      Math.sqrt(Array.from({ length: 43 }, (_, i) => (rowOf(rows, i)[j] - means[j]) ** 2).reduce((a, b) => a + b) / 43),
    );
    const places = Uint32Array.from({ length: 43 }, (_, i) => i);
    for (const k of [1, 5, 42]) {
      const found = await distanceToOther(rows, places, k, key(1), quiet);
      found.forEach((distance, i) => {
        const others = Array.from(places)
          .filter((other) => other !== i)
          .map((other) =>
            Math.hypot(...[0, 1].map((j) => (rowOf(rows, i)[j] - rowOf(rows, other)[j]) / deviations[j])),
          );
        expect(distance).toBeCloseTo(others.sort((a, b) => a - b)[k - 1], 9);
      });
    }
    const some = Uint32Array.of(0, 10, 20, 41);
    const found = await distanceToOther(rows, some, 2, key(1), quiet);
    expect(found.every((distance) => distance > 0)).toBe(true); // none of the four counts itself
  });

  test("ranks only: any increasing affine map of a column changes nothing but near ties", async () => {
    const rows = rowsWith(120, 6);
    const moved = fromRows(
      Array.from({ length: 126 }, (_, i) => Array.from(rowOf(rows, i), (x, j) => 1000 * (j + 1) * x - 7)),
    );
    const [a, b] = [await suspicion(rows, 0.05, key(1), quiet), await suspicion(moved, 0.05, key(1), quiet)];
    const [r, s] = [midranks(a), midranks(b)];
    expect(Math.max(...r.map((rank, i) => Math.abs(rank - s[i])))).toBeLessThan(20);
  });
});

describe("the estimated share", () => {
  test("is small for a normal cloud, and the share of a cluster that lies far out", async () => {
    expect(await contaminatedShare(rowsWith(400, 0), key(1), quiet)).toBeLessThan(0.02);
    const found = await contaminatedShare(rowsWith(380, 20), key(1), quiet);
    expect(found).toBeGreaterThanOrEqual(0.05);
    expect(found).toBeLessThan(0.07);
  });

  test("is 0 for rows that are all one, and at most 0.2", async () => {
    expect(await contaminatedShare(fromRows(Array.from({ length: 30 }, () => [1, 2])), key(1), quiet)).toBe(0);
    expect(await contaminatedShare(rowsWith(60, 25), key(1), quiet)).toBeLessThanOrEqual(0.2);
  });
});

describe("fit", () => {
  const rows = columnsOf(rowsWith(190, 10));
  const own = { key: 7, detector: "mahalanobis", workers: 0 } as const;

  test("a share of 0 changes nothing, to the bit", async () => {
    using without = await fit(rows, own);
    using none = await fit(rows, { ...own, contamination: 0 });
    expect(Buffer.compare(without.bytes, none.bytes)).toBe(0);
    expect(none.manifest.contamination).toBeNull();
  });

  test("drops rows before anything is learned: the model is that of the kept rows", async () => {
    using trimmed = await fit(rows, { ...own, contamination: 0.05 });
    expect(trimmed.manifest.contamination).toEqual({ asked: 0.05, share: 0.05, rows: 10, of: 200 });
    expect(trimmed.manifest.source.rows).toBe(200);
    expect(trimmed.manifest.calibration).toMatchObject({ rows: 190, learned: 190 });
    expect(trimmed.manifest.leastFit!.dropped.every(({ row, pValue }) => row > 190 && pValue === 1 / 191)).toBe(true);
    const clean = Object.fromEntries(Object.entries(rows).map(([name, values]) => [name, values.slice(0, 190)]));
    using alone = await fit(clean, own);
    expect([...trimmed.calibration.sorted]).toEqual([...alone.calibration.sorted]);
    const { guarantee } = await trimmed.score(clean);
    expect(guarantee.join(" ")).toContain("10 of 200 rows given as normal were dropped");
  });

  test("groups and times go with their rows", async () => {
    const group = Array.from({ length: 200 }, (_, i) => `g${Math.floor(i / 10)}`); // the last one is the cluster
    using byGroup = await fit({ ...rows, group }, { ...own, group: "group", contamination: 0.05 });
    expect(byGroup.manifest.calibration).toMatchObject({ rows: 190, units: 19 });
    const time = Float64Array.from({ length: 200 }, (_, i) => i);
    const withTime = { ...own, time: "time", contamination: 0.05 };
    using byTime = await fit({ ...rows, time }, withTime);
    const clean = Object.fromEntries(Object.entries(rows).map(([name, values]) => [name, values.slice(0, 190)]));
    using alone = await fit({ ...clean, time: time.slice(0, 190) }, { ...own, time: "time" });
    expect([...byTime.calibration.sorted]).toEqual([...alone.calibration.sorted]);
  });

  test("auto says what it estimated", async () => {
    using model = await fit(rows, { ...own, contamination: "auto" });
    const { asked, share, rows: dropped, of } = model.manifest.contamination!;
    expect([asked, of]).toEqual(["auto", 200]);
    expect(dropped).toBe(Math.floor(share * 200 + 1e-9));
    expect(dropped).toBeGreaterThanOrEqual(10);
  });

  test.each([0.5, -0.1, 1, Number.NaN])("a share of %f is refused", async (contamination) => {
    await expect(fit(rows, { ...own, contamination })).rejects.toThrow(/fit: (--)?contamination: expected a share/);
  });

  test("the default detector then reaches past as many hidden ones, unless it was told otherwise", () => {
    const trimmed = { asked: 0.1, share: 0.1, kept: new Uint32Array(900), dropped: new Uint32Array(100) } as const;
    const asIs = { maxRows: 10_000, views: 20, hidden: 0 };
    expect(optionsForTrimmed("auto", asIs, undefined, trimmed).hidden).toBe(0.1);
    expect(optionsForTrimmed("auto", asIs, { hidden: 0 }, trimmed)).toBe(asIs);
    expect(optionsForTrimmed("knn", asIs, {}, trimmed)).toBe(asIs);
    expect(optionsForTrimmed("auto", asIs, {}, { ...trimmed, dropped: new Uint32Array(0) })).toBe(asIs);
  });
});
