import { describe, expect, test } from "vitest";
import { rowOf } from "../../numeric/index.ts";
import { askedOfFunction } from "./asked-of-function.ts";
import { collectChanges } from "./found-change.ts";
import { searchLargeChanges } from "./large-change.ts";
import type { Asked } from "./occlusion.ts";
import { shrink } from "./shrink.ts";
import { searchSmallChanges } from "./small-change.ts";

/** Normal is a score of at most 3. */
const LEVEL = 0.5;
const search = { widths: [32, 12, 9], donors: [2, 2, 2], grid: 9, refined: 2 } as const;
const order = (asked: Asked) => [asked.normal.columns.map((_, j) => j)];

async function smallOf(row: readonly number[], score: (x: Float64Array) => number) {
  const asked = await askedOfFunction([row], score);
  const found = collectChanges(asked.rows, asked.normal.columns, LEVEL);
  await searchSmallChanges(asked, order(asked), [0], found, search);
  return { asked, found };
}

describe("searchSmallChanges", () => {
  test.each([
    [1, [0, 9, 0, 0, 0], (x: Float64Array) => Math.max(...x)],
    [2, [0, 9, 9, 0, 0], (x: Float64Array) => Math.max(...x)],
    [3, [9, 9, 9, 0, 0], (x: Float64Array) => Math.max(...x)],
  ])("finds a change of %i columns where there is none of fewer", async (size, row, score) => {
    const { found } = await smallOf(row, score);
    expect(found.of(0)!.edit.columns.toSorted()).toEqual(row.flatMap((x, j) => (x === 9 ? [j] : [])));
    expect(found.size(0)).toBe(size);
  });

  test("finds none where four columns are off", async () => {
    const { found } = await smallOf([9, 9, 9, 9, 0], (x) => Math.max(...x));
    expect(found.of(0)).toBeUndefined();
  });

  test("finds values beside the others: a broken correlation needs a value near that of the other column", async () => {
    const { found } = await smallOf([1.5, -9, 0], (x) => 10 * Math.abs(x[1] - 2 * x[0]));
    expect(found.size(0)).toBeLessThanOrEqual(2);
  });
});

describe("searchLargeChanges", () => {
  test("gives back what need not change", async () => {
    const row = [9, 0.5, 9, 9, -0.5, 9, 0.1];
    const asked = await askedOfFunction([row], (x) => Math.max(...x));
    const found = collectChanges(asked.rows, asked.normal.columns, LEVEL);
    const isNormal = (a: number) => Math.max(...rowOf(asked.normal.rows, a)) <= 3;
    await searchLargeChanges(asked, order(asked), [0], found, isNormal);
    expect(found.of(0)!.edit.columns.toSorted()).toEqual([0, 2, 3, 5]);
  });

  test("finds nothing where no normal row is scored normal", async () => {
    const asked = await askedOfFunction([[9, 9]], () => 9);
    const found = collectChanges(asked.rows, asked.normal.columns, LEVEL);
    await searchLargeChanges(asked, order(asked), [0], found, () => false);
    expect(found.of(0)).toBeUndefined();
  });
});

describe("shrink", () => {
  const isNormal = (p: number) => p > LEVEL;
  const changeOf = (columns: number[], values: number[]) => ({
    edit: { row: 0, columns, values },
    score: 0,
    pValue: 1,
  });

  test("numbers move back toward the row's own as far as they may, and get few digits", async () => {
    const asked = await askedOfFunction([[50, 0]], (x) => x[0]);
    const [{ edit, score, pValue }] = await shrink(asked, [changeOf([0], [0.1])], isNormal);
    expect(edit.values[0]).toBeGreaterThan(2.5);
    expect(edit.values[0]).toBeLessThanOrEqual(3);
    expect(String(edit.values[0]).length).toBeLessThanOrEqual(4);
    expect([score, pValue]).toEqual([edit.values[0], 1]);
  });

  test("columns that need not change are given back", async () => {
    const asked = await askedOfFunction([[50, 40, 2]], (x) => Math.min(x[0], x[1]) + 0 * x[2]);
    const [{ edit }] = await shrink(asked, [changeOf([0, 1, 2], [0, 0, 0])], isNormal);
    expect(edit.columns.length).toBe(1);
  });

  test("whole numbers stay whole where all normal ones are", async () => {
    const normals = Array.from({ length: 60 }, (_, i) => [i % 4]);
    const asked = await askedOfFunction([[900]], (x) => x[0], normals);
    const [{ edit }] = await shrink(asked, [changeOf([0], [1])], isNormal);
    expect(Number.isInteger(edit.values[0])).toBe(true);
    expect(edit.values[0]).toBeLessThanOrEqual(3);
  });

  test("a column whose normal values are all one is moved all the same", async () => {
    const asked = await askedOfFunction([[5000]], (x) => x[0], Array(40).fill([1]));
    const [{ edit }] = await shrink(asked, [changeOf([0], [1])], isNormal);
    expect(edit.values[0]).toBeLessThanOrEqual(3);
  });

  test("infinite and missing values are left as they are found", async () => {
    const asked = await askedOfFunction([[Number.POSITIVE_INFINITY], [Number.NaN]], (x) => (x[0] < 3 ? 1 : 9));
    for (const row of [0, 1]) {
      const change = { edit: { row, columns: [0], values: [0.5] }, score: 1, pValue: 1 };
      expect((await shrink(asked, [change], isNormal))[0].edit.values).toEqual([0.5]);
    }
  });
});
