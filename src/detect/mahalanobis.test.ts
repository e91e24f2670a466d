import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { chiSquareTail, fromRows, key, type Matrix, matrix, normal } from "../numeric/index.ts";
import { type OptionsGiven, parseOptions } from "../options/index.ts";
import { mahalanobis } from "./mahalanobis.ts";
import { scoreRows } from "./score-rows.ts";

interface Case {
  readonly name: string;
  readonly shrinkage: "ledoit-wolf" | "none";
  readonly train: number[][];
  readonly rows: number[][];
  readonly scores: number[];
}
const cases: Case[] = JSON.parse(readFileSync(new URL("mahalanobis.golden.json", import.meta.url), "utf8"));

async function scores(train: Matrix, rows: Matrix, given: OptionsGiven<typeof mahalanobis.options> = {}) {
  const options = parseOptions("mahalanobis", mahalanobis.options, given);
  return scoreRows(await mahalanobis.fit(train, options, { key: key(1), workers: 0 }), rows, { workers: 0 });
}

const gaussian = (n: number, d: number) => matrix(n, d, new Float64Array(n * d).map(normal(key(2))));

test.each(cases)(
  "scikit-learn's distances, $name, shrinkage $shrinkage",
  async ({ train, rows, shrinkage, ...golden }) => {
    const actual = await scores(fromRows(train), fromRows(rows), { shrinkage });
    // 1e-10 · tr S / d on the diagonal of the one column, else rounding.
    golden.scores.forEach((score, i) => {
      expect(Math.abs(actual[i] / score - 1)).toBeLessThan(1e-9);
    });
  },
);

test("of normal rows the squared distance is χ² with d degrees of freedom", async () => {
  const all = gaussian(6000, 3);
  const distances = await scores(all, all);
  for (const quantile of [1, 2.366, 6.251]) {
    const share = distances.filter((distance) => distance ** 2 > quantile).length / 6000;
    expect(Math.abs(share - chiSquareTail(quantile, 3))).toBeLessThan(0.02); // 3 standard errors
  }
});

test("affine maps of columns change nothing under standard scaling", async () => {
  const rows = gaussian(50, 2);
  const mapped = fromRows(
    Array.from({ length: 50 }, (_, i) => [rows.values[2 * i] * -1e6, rows.values[2 * i + 1] + 77]),
  );
  const [plain, after] = [await scores(rows, rows), await scores(mapped, mapped)];
  plain.forEach((score, i) => {
    expect(after[i]).toBeCloseTo(score, 10);
  });
});

test("a broken correlation outweighs a far point that keeps it", async () => {
  const draw = normal(key(3));
  const train = fromRows(
    Array.from({ length: 300 }, () => {
      const x = draw();
      return [x, 2 * x + 0.05 * draw()];
    }),
  );
  const [keeps, breaks] = await scores(
    train,
    fromRows([
      [3, 6],
      [1, -2],
    ]),
  );
  expect(breaks).toBeGreaterThan(2 * keeps);
});

test("a new value in a constant column raises the score, the more the more rows showed one value", async () => {
  const withConstant = (n: number) => {
    const rows = gaussian(n, 2);
    return fromRows(Array.from({ length: n }, (_, i) => [rows.values[2 * i], 7, rows.values[2 * i + 1]]));
  };
  const novel = fromRows([
    [0, 7, 0],
    [0, 7.1, 0],
    [0, 8, 0],
  ]);
  const [few, many] = [await scores(withConstant(20), novel), await scores(withConstant(2000), novel)];
  expect(few[1]).toBeGreaterThan(few[0]);
  expect(few[2]).toBeGreaterThan(few[1]);
  expect(many[2]).toBeGreaterThan(3 * few[2]);
});

test("when every column is constant the distance is that to the one row", async () => {
  const train = fromRows(Array.from({ length: 5 }, () => [1, 2]));
  expect([
    ...(await scores(
      train,
      fromRows([
        [1, 2],
        [4, 6],
      ]),
    )),
  ]).toEqual([0, 5]);
});

test("without shrinkage a singular covariance is refused with a remedy", async () => {
  const wide = gaussian(4, 6);
  await expect(scores(wide, wide, { shrinkage: "none" })).rejects.toThrow(
    'mahalanobis: shrinkage: expected a covariance that can be inverted, got a singular one of 4 rows and 6 columns; use shrinkage "ledoit-wolf", or ignore constant and repeated columns',
  );
});

test("a column whose squares overflow is refused by its place", async () => {
  const train = fromRows([
    [0, 1e300],
    [1, -1e300],
    [2, 0],
  ]);
  expect((await scores(train, train)).every(Number.isFinite)).toBe(true); // standard scaling squares shares, not values
  const close = fromRows([
    [0, 1e17],
    [1, 1e17 + 16],
    [2, 1e17 + 32],
  ]);
  await expect(scores(close, close, { scaling: "signed-log" })).rejects.toThrow(
    'mahalanobis: column 1: expected values that scaling "signed-log" keeps apart and finite, got 100000000000000000 to 100000000000000030; choose another scaling or ignore the column',
  );
  await expect(scores(train, train, { scaling: "none" })).rejects.toThrow(
    "mahalanobis: rows: expected values whose squares a double holds, got larger ones; choose another scaling",
  );
  expect((await scores(train, train, { scaling: "min-max" })).every(Number.isFinite)).toBe(true);
});
