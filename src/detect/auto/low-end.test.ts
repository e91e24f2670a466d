import { expect, it } from "vitest";
import { overRows } from "../../graph/index.ts";
import { fromColumns, key, type Matrix, uniform } from "../../numeric/index.ts";
import { fitLowEnd, type LowEnd } from "./low-end.ts";

const column = (...values: number[]): Matrix => fromColumns(values.length, [Float64Array.from(values)]);
const scored = async (low: LowEnd | null, rows: Matrix) => Array.from(await overRows(low!.score, rows));
const penalty = (count: number, n: number) => Math.log((count + 0.5) / n) ** 2;

it("by hand: the share of training values up to x, of the others for a training row", async () => {
  const low = fitLowEnd(column(2, 0, 2, 7));
  expect(Array.from(low!.left)).toEqual([2, 0, 2, 3].map((others) => penalty(others, 4)));
  expect(await scored(low, column(-1, 0, 1, 2, 6, 7, 1e308))).toEqual(
    [0, 1, 1, 3, 3, 4, 4].map((count) => penalty(count, 4)),
  );
});

it("only columns that are never below 0 count, and all of them do", async () => {
  const sides = fromColumns(3, [Float64Array.of(1, 2, 3), Float64Array.of(-1, 2, 3), Float64Array.of(0, 0, 5)]);
  const rows = fromColumns(1, [Float64Array.of(2), Float64Array.of(-9), Float64Array.of(0)]);
  expect(await scored(fitLowEnd(sides), rows)).toEqual([penalty(2, 3) + penalty(2, 3)]);
  expect(fitLowEnd(column(-1, 2, 3))).toBeNull();
});

it("the k − 1 smallest values may be anomalous: they neither say that the column goes below 0 nor that small is usual", async () => {
  const low = fitLowEnd(column(-5, 0.1, 3, 4, 5, 6), 3);
  expect(await scored(low, column(0.1, 3))).toEqual([penalty(0, 6), penalty(1, 6)]);
});

it("a constant column says nothing until a value is below it", async () => {
  const low = fitLowEnd(column(...new Array<number>(50).fill(3)));
  const [below, same] = await scored(low, column(2.9, 3));
  expect(same).toBeLessThan(0.001);
  expect(below).toBeCloseTo(penalty(0, 50), 12);
});

it("of many rows shares are kept to 2 %, exactly at the very end", async () => {
  const draw = uniform(key(1));
  const values = Array.from({ length: 5000 }, () => draw());
  const rows = column(...Array.from({ length: 500 }, () => draw() ** 4));
  const found = await scored(fitLowEnd(column(...values)), rows);
  found.forEach((score, i) => {
    const count = values.filter((v) => v <= rows.values[i]).length;
    const share = Math.exp(-Math.sqrt(score)) * 5000 - 0.5;
    expect(share).toBeLessThanOrEqual(count + 1e-6);
    expect(share).toBeGreaterThanOrEqual(count / 1.02 - 1 - 1e-6);
    if (count <= 50) expect(share).toBeCloseTo(count, 6);
  });
});
