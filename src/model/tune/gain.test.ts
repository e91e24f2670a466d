import fc from "fast-check";
import { expect, test } from "vitest";
import { key, normal, studentQuantile } from "../../numeric/index.ts";
import { estimate } from "./estimate.ts";
import { gainOf, verdictOf } from "./gain.ts";
import { type LeftOut, sharesBelow } from "./left-out.ts";
import type { TuneRows } from "./tune-rows.ts";

test("a gain is the mean of differences with its t interval", () => {
  const gain = gainOf([0.1, 0.2, 0.3, 0.4], 1000)!;
  const half = studentQuantile(0.975, 3) * Math.sqrt(0.05 / 3 / 4);
  expect(gain.mean).toBeCloseTo(0.25, 12);
  expect(gain.low).toBeCloseTo(0.25 - half, 12);
  expect(gain.high).toBeCloseTo(0.25 + half, 12);
});

test("an interval is no narrower than half a normal row is worth", () => {
  const { low, high } = gainOf([0.1, 0.1, 0.1, 0.1, 0.1], 50)!;
  expect(high - low).toBeCloseTo(2 * studentQuantile(0.975, 4) * (0.5 / 50), 12);
  expect(gainOf([0.1], 50)).toBeNull();
});

test("verdicts: shown from five anomalies on, by which side of 0 the interval lies", () => {
  const above = { mean: 0.2, low: 0.1, high: 0.3 };
  const below = { mean: -0.2, low: -0.3, high: -0.1 };
  const across = { mean: 0.1, low: -0.1, high: 0.3 };
  expect([verdictOf(above, 5), verdictOf(below, 5), verdictOf(across, 5)]).toEqual(["better", "worse", "not shown"]);
  expect([verdictOf(above, 4), verdictOf(below, 4), verdictOf(null, 1)]).toEqual([
    "not shown",
    "not shown",
    "not shown",
  ]);
});

test("the share of normal rows below an anomaly, ties half, averaged over the times it was left out: as a naive count", () => {
  const values = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(values, values, values, (a, b, anomalous) => {
      const part = (normals: number[]): LeftOut => ({
        anomalies: anomalous.map((_, i) => i),
        ofAnomalies: [Float64Array.from(anomalous)],
        ofNormals: [Float64Array.from(normals)],
        taught: 1,
      });
      const shares = sharesBelow([part(a), part(b)], null, anomalous.length);
      const naive = (normals: number[], x: number) =>
        normals.reduce((sum, y) => sum + (y < x ? 1 : y === x ? 0.5 : 0), 0) / normals.length;
      anomalous.forEach((x, i) => {
        expect(shares[i]).toBeCloseTo((naive(a, x) + naive(b, x)) / 2, 12);
      });
    }),
  );
});

/** s_0 that says nothing, and a column that says all. */
function telling(anomalies: number, sign = 1): TuneRows {
  const n = 60 + anomalies;
  return {
    free: Float64Array.from({ length: n }, (_, i) => (i * 37) % n),
    columns: { rows: n, columns: 1, values: Float64Array.from({ length: n }, (_, i) => (i < 60 ? i % 7 : sign * 40)) },
    normals: 60,
    anomalies,
  };
}

test("labels that tell what the score does not are better, and one anomaly estimates nothing", {
  timeout: 120_000,
}, async () => {
  const classes = (n: number) => Array.from({ length: n }, () => "odd");
  const own = await estimate(telling(6), classes(6), { key: key(0), fuse: "mean" });
  expect(verdictOf(own.gain, 6)).toBe("better");
  expect(own.auroc!.after - own.auroc!.before).toBeCloseTo(own.gain!.mean, 12);
  expect(own.auroc!.after).toBeGreaterThan(0.95);
  expect((await estimate(telling(1), classes(1), { key: key(0), fuse: "mean" })).gain).toBeNull();
});

test("where labels teach against a class that is left out, the score as it was keeps half of the weight", {
  timeout: 120_000,
}, async () => {
  // Two classes at opposite ends of the column; s_0 knows both, and what one teaches speaks against the other.
  const n = 72;
  const rows: TuneRows = {
    free: Float64Array.from({ length: n }, (_, i) => (i < 60 ? (i * 17) % 60 : 58.5)),
    columns: {
      rows: n,
      columns: 1,
      values: Float64Array.from({ length: n }, (_, i) => (i < 60 ? (i % 9) - 4 : i < 66 ? 9 : -9)),
    },
    normals: 60,
    anomalies: 12,
  };
  const classes = Array.from({ length: 12 }, (_, i) => (i < 6 ? "high" : "low"));
  const own = await estimate(rows, classes, { key: key(0), fuse: "mean" });
  expect(own.classes.map(({ name, rows }) => [name, rows])).toEqual([
    ["high", 6],
    ["low", 6],
  ]);
  expect(own.classes.some(({ unseen }) => unseen!.high < 0)).toBe(true);
  expect(own.blend.floor).toBe(0.5);
});

test("where the score is right and the columns say nothing, labels are never better, whatever the columns are", {
  timeout: 120_000,
}, async () => {
  // What columns of noise happen to say moves the gain by a normal row either way; the interval must hold that.
  for (const draw of ["a", "b", "c", "d"]) {
    const z = normal(key("noise").for(draw));
    const rows: TuneRows = {
      free: Float64Array.from({ length: 68 }, (_, i) => (i < 60 ? i / 60 : 0.97 + i / 1e4)),
      columns: { rows: 68, columns: 3, values: Float64Array.from({ length: 204 }, () => z()) },
      normals: 60,
      anomalies: 8,
    };
    const classes = Array.from({ length: 8 }, () => "odd");
    const { gain } = await estimate(rows, classes, { key: key(0), fuse: "mean" });
    expect(verdictOf(gain, 8)).not.toBe("better");
    expect(Math.abs(gain!.mean)).toBeLessThan(0.05);
  }
});
