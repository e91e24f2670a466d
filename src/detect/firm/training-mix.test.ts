import { describe, expect, it } from "vitest";
import { key, matrix, normal, rowOf } from "../../numeric/index.ts";
import { outlierSource } from "../outliers/index.ts";
import { fixingRows, type Mix, mixedBatches } from "./training-mix.ts";

const normalRows = matrix(50, 3, Float64Array.from({ length: 150 }, normal(key(1))));
const source = outlierSource(normalRows, { weights: { box: 1, subspace: 1 }, key: key(2) });
const known = {
  rows: matrix(3, 3, Float64Array.of(90, 90, 90, 91, 91, 91, 99, 99, 99)),
  classes: ["a", "a", "b"],
  share: 0.5,
};
const mix: Mix = { normal: normalRows, source, known: null, normals: 8, outliers: 24 };
const options = { families: ["box", "subspace"], distinct: false, steps: 250, donors: 0 };

describe("batches of normal rows and outliers", () => {
  it("normal rows first, then the outliers of the step, each drawn once", async () => {
    const { data, batches, renew } = mixedBatches(mix, options, key(3));
    await renew.fill(0);
    const rows = batches(0, 0, key(4));
    const seen = new Set<number>();
    for (let step = 1; step <= 100; step++) {
      const places = [...rows(step)].map(Number);
      expect(places.length).toBe(32);
      expect(places.slice(0, 8).every((place) => place < 50)).toBe(true);
      for (const place of places.slice(8)) seen.add(place);
    }
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 2400 }, (_, i) => 50 + i));
    const family = data.family.data as Float32Array;
    expect(family.subarray(0, 50).every((name) => name === 0)).toBe(true);
    expect(family.subarray(50).filter((name) => name === 1).length).toBe(1200);
  });

  it("every hundred steps others; equal keys, equal rows; the last block no larger than it must be", async () => {
    const [one, two] = [mixedBatches(mix, options, key(3)), mixedBatches(mix, options, key(3))];
    await one.renew.fill(0);
    const first = (one.data.x.data as Float32Array).slice();
    await one.renew.fill(2);
    const third = one.data.x.data as Float32Array;
    expect(third.subarray(0, 150)).toEqual(first.subarray(0, 150));
    expect(third.subarray(150, 160)).not.toEqual(first.subarray(150, 160));
    // 50 steps are left: the rest of the array is as it was.
    expect(third.subarray(150 + 3600)).toEqual(first.subarray(150 + 3600));
    await two.renew.fill(0);
    await two.renew.fill(2);
    expect(two.data.x.data).toEqual(third);
  });

  it("distinct: no normal row twice in a batch", () => {
    const rows = mixedBatches(mix, { ...options, distinct: true }, key(3)).batches(0, 0, key(4));
    for (let step = 1; step <= 20; step++) expect(new Set(rows(step).subarray(0, 8)).size).toBe(8);
  });

  it("donors are normal rows at the end", () => {
    const rows = mixedBatches(mix, { ...options, donors: 64 }, key(3)).batches(0, 0, key(4));
    const places = [...rows(1)].map(Number);
    expect(places.length).toBe(96);
    expect(places.slice(32).every((place) => place < 50)).toBe(true);
  });

  it("known rows stand in half of the outliers' places, classes equally often", () => {
    const { data, batches } = mixedBatches({ ...mix, known }, options, key(3));
    const rows = batches(0, 0, key(4));
    const counts = new Map<number, number>();
    for (let step = 1; step <= 100; step++)
      for (const place of rows(step).subarray(8)) {
        const value = (data.x.data as Float32Array)[3 * Number(place)];
        counts.set(value, (counts.get(value) ?? 0) + 1);
      }
    // 2,400 places: 1,200 ± 4 · 24.5 known, half of them of class b; class a halves.
    const [a, b] = [(counts.get(90) ?? 0) + (counts.get(91) ?? 0), counts.get(99) ?? 0];
    expect(Math.abs(a + b - 1200)).toBeLessThan(100);
    expect(Math.abs(b - 600)).toBeLessThan(90);
    expect(Math.abs((counts.get(90) ?? 0) - 300)).toBeLessThan(70);
    expect(data.family.data[data.family.data.length - 1]).toBe(3);
  });
});

it("statistics are fixed by 4,096 rows, as many normal ones as in a batch", async () => {
  const fixing = await fixingRows(mix, key(5));
  expect(fixing.shape).toEqual([4096, 3]);
  const all = new Set(Array.from({ length: 50 }, (_, i) => Float32Array.from(rowOf(normalRows, i)).join()));
  const x = fixing.data as Float32Array;
  const normals = Array.from({ length: 4096 }, (_, i) => x.subarray(3 * i, 3 * i + 3).join()).filter((row) =>
    all.has(row),
  );
  expect(normals.length).toBe(1024);
});
