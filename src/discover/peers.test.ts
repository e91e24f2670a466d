import { describe, expect, it } from "vitest";
import { fromRows, key, type Matrix, matrix, midranks, normal, uniformDistance } from "../numeric/index.ts";
import { aurocOf, c2st } from "./c2st.ts";
import { blocksOf, ownDeal } from "./deal.ts";
import { bandwidths, fuse, mmdFuse } from "./mmd-fuse.ts";

/** All ways to choose k of n, the first k first. */
function deals(n: number, k: number): Uint8Array[] {
  const out: Uint8Array[] = [];
  for (let bits = 0; bits < 2 ** n; bits++) {
    const deal = Uint8Array.from({ length: n }, (_, i) => (bits >> i) & 1);
    if (deal.reduce((a, b) => a + b, 0) === k) out.push(deal);
  }
  return out.sort((a, b) => Buffer.from(b).compare(Buffer.from(a)));
}

// Check 12 of the specification.
const rows = fromRows([
  [0, 0],
  [1, 0],
  [0, 2],
  [2, 1],
  [3, 3],
  [1, 4],
  [4, 0],
]);

/** m_b by loops. */
function naive(deal: Uint8Array, kernel: (a: Float64Array, b: Float64Array) => number): number {
  const [D, R] = [1, 0].map((side) => Array.from(deal.keys()).filter((i) => deal[i] === side));
  const K = (i: number, j: number) =>
    i === j ? 0 : kernel(rows.values.subarray(2 * i, 2 * i + 2), rows.values.subarray(2 * j, 2 * j + 2));
  const total = (a: number[], b: number[]) => a.reduce((sum, i) => sum + b.reduce((s, j) => s + K(i, j), 0), 0);
  const all = Array.from(deal.keys());
  const squares = all.reduce((sum, i) => sum + all.reduce((s, j) => s + K(i, j) ** 2, 0), 0);
  const q = Math.min(D.length, R.length);
  const mmd =
    total(D, D) / (D.length * (D.length - 1)) +
    total(R, R) / (R.length * (R.length - 1)) -
    (2 * total(D, R)) / (D.length * R.length);
  return (mmd * Math.sqrt(q * (q - 1))) / Math.sqrt(squares);
}
const l1 = (a: Float64Array, b: Float64Array) => Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]);
const l2 = (a: Float64Array, b: Float64Array) => Math.hypot(a[0] - b[0], a[1] - b[1]);
const laplace = (h: number) => (a: Float64Array, b: Float64Array) => Math.exp((-Math.SQRT2 * l1(a, b)) / h);
const gauss = (h: number) => (a: Float64Array, b: Float64Array) => Math.exp(-(l2(a, b) ** 2) / (2 * h * h));

describe("mmd-fuse", () => {
  const all = deals(7, 3);
  const distances = (metric: typeof l1) =>
    Float32Array.from({ length: 49 }, (_, at) =>
      metric(
        rows.values.subarray(2 * Math.floor(at / 7), 2 * Math.floor(at / 7) + 2),
        rows.values.subarray(2 * (at % 7), 2 * (at % 7) + 2),
      ),
    );

  it("widths from 1 to 12 and .707107 to 8.944272, and m of the first and last", () => {
    const [first, second] = [bandwidths(distances(l1), 7), bandwidths(distances(l2), 7)];
    expect([first[0], first[9]]).toEqual([1, 12]);
    expect(second[0]).toBeCloseTo(0.707107, 6);
    expect(second[9]).toBeCloseTo(8.944272, 5);
    expect(naive(all[0], laplace(1))).toBeCloseTo(0.61433, 6);
    expect(naive(all[0], laplace(12))).toBeCloseTo(0.093943, 6);
    expect(naive(all[0], gauss(second[0]))).toBeCloseTo(0.478007, 6);
    expect(naive(all[0], gauss(second[9]))).toBeCloseTo(0.022172, 6);
  });

  it("statistic .217811, the largest of all 35 splits; each equals loops", async () => {
    const statistics = await fuse(rows, all);
    expect(statistics[0]).toBeCloseTo(0.217811, 5);
    expect(statistics.filter((value) => value >= statistics[0] - 1e-6)).toHaveLength(1);
    const [first, second] = [bandwidths(distances(l1), 7), bandwidths(distances(l2), 7)];
    for (const at of [3, 20]) {
      const m = [...first.map((h) => naive(all[at], laplace(h))), ...second.map((h) => naive(all[at], gauss(h)))];
      expect(statistics[at]).toBeCloseTo(Math.log(m.reduce((sum, x) => sum + Math.exp(x), 0) / 20), 5);
    }
  });

  it("finds a dense core, and p-values of equal samples are uniform", async () => {
    const draw = (n: number, spread: number, seed: number): Matrix => {
      const next = normal(key(seed));
      return matrix(
        n,
        2,
        Float64Array.from({ length: 2 * n }, () => spread * next()),
      );
    };
    const test = (window: Matrix, reference: Matrix, seed: number) =>
      mmdFuse({ window, reference, blocks: null }, { key: key(seed), permutations: 99 });
    expect((await test(draw(60, 0.4, 1), draw(60, 1, 2), 3)).pValue).toBe(0.01);
    const nulls: number[] = [];
    for (let i = 0; i < 25; i++) nulls.push((await test(draw(12, 1, 100 + i), draw(20, 1, 200 + i), i)).pValue);
    expect(uniformDistance(nulls).pValue).toBeGreaterThan(0.01);
  });
});

describe("c2st", () => {
  it("AUROC .958333 of seven held-out scores; 2 of 35 splits are as high", () => {
    const ranks = midranks([0.9, 0.4, 0.7, 0.1, 0.3, 0.4, 0.2]);
    const values = deals(7, 3).map((deal) => aurocOf(ranks, deal));
    expect(values[0]).toBeCloseTo(0.958333, 6);
    expect(values.filter((value) => value >= values[0] - 1e-12)).toHaveLength(2);
  });

  const next = normal(key(9));
  const draw = (n: number, shift: number) =>
    matrix(
      n,
      2,
      Float64Array.from({ length: 2 * n }, () => next() + shift),
    );

  it.each(["mlp", "logistic"] as const)("%s: tells a shift, and not equal samples", async (classifier) => {
    const blocks = null;
    const found = await c2st(
      { window: draw(80, 1.2), reference: draw(160, 0), blocks },
      { classifier, key: key(1), permutations: 199 },
    );
    // the best AUROC is Phi(1.2) = .885; 40 and 80 rows estimate it to ± .04
    expect(found.statistic).toBeGreaterThan(0.885 - 3 * 0.04);
    expect(found.pValue).toBe(0.005);
    const none = await c2st(
      { window: draw(80, 0), reference: draw(160, 0), blocks },
      { classifier, key: key(2), permutations: 199 },
    );
    expect(none.pValue).toBeGreaterThan(0.01);
  });

  it("keeps groups whole", async () => {
    const names = Array.from({ length: 120 }, (_, i) => `g${Math.floor(i / 6)}`);
    const blocks = blocksOf(names, 48);
    const { pValue } = await c2st(
      { window: draw(48, 0), reference: draw(72, 0), blocks },
      { classifier: "logistic", key: key(3), permutations: 99 },
    );
    expect(pValue).toBeGreaterThanOrEqual(0.01);
  });

  it("refuses samples too small to halve", async () => {
    await expect(c2st({ window: draw(3, 0), reference: draw(9, 0), blocks: null }, { key: key(4) })).rejects.toThrow(
      "discover: c2st: expected at least 4 rows of each sample, got 3 and 9; it learns from half of them",
    );
  });
});

it("sums over sixteen million pairs lose nothing: rows at two places, by hand", async () => {
  const n = 2050;
  const inWindow = [1100, n - 1100];
  const inReference = [1000, n - 1000];
  const rows = matrix(
    2 * n,
    1,
    Float64Array.from({ length: 2 * n }, (_, i) => Number(i < n ? i >= inWindow[0] : i - n >= inReference[0])),
  );
  const [statistic] = await fuse(rows, [ownDeal(2 * n, n)], { sharpness: n });
  const widths = Array.from({ length: 10 }, (_, i) => 0.5 + (1.5 * i) / 9);
  const kernels = widths.flatMap((h) => [Math.exp(-Math.SQRT2 / h), Math.exp(-1 / (2 * h * h))]);
  const [[a, b], [c, d]] = [inWindow, inReference];
  const own = (x: number, y: number, k: number) => x * (x - 1) + y * (y - 1) + 2 * x * y * k;
  const each = kernels.map((k) => {
    const mmd = (own(a, b, k) + own(c, d, k)) / (n * (n - 1)) - (2 * (a * c + b * d + (a * d + b * c) * k)) / (n * n);
    return (mmd * Math.sqrt(n * (n - 1))) / Math.sqrt(own(a + c, b + d, k * k));
  });
  const expected = Math.log(each.reduce((sum, m) => sum + Math.exp(n * m), 0) / each.length) / n;
  // Products are in float32; sums of all pairs in it were wrong by a factor of 11.
  expect(Math.abs(statistic / expected - 1)).toBeLessThan(5e-3);
}, 60_000);
