import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { columnOf, fromRows, key, type Matrix, matrix, normal, rowOf, uniform } from "../numeric/index.ts";
import { type OptionsGiven, parseOptions } from "../options/index.ts";
import { hbos } from "./hbos.ts";
import { scoreRows } from "./score-rows.ts";

interface Golden {
  readonly train: number[][];
  readonly rows: number[][];
  readonly cases: { readonly widths: "static" | "dynamic"; readonly bins: number; readonly scores: number[] }[];
}
const golden: Golden = JSON.parse(readFileSync(new URL("hbos.golden.json", import.meta.url), "utf8"));

async function scores(train: Matrix, rows: Matrix, given: OptionsGiven<typeof hbos.options> = {}) {
  const options = parseOptions("hbos", hbos.options, given);
  return scoreRows(await hbos.fit(train, options, { key: key(1), workers: 0 }), rows, { workers: 0 });
}

const gaussian = (n: number, d: number, seed = 2) => matrix(n, d, new Float64Array(n * d).map(normal(key(seed))));
const column = (values: readonly number[]) => fromRows(values.map((value) => [value]));

test.each(golden.cases)(
  "scores of an independent NumPy script, $widths, $bins bins",
  async ({ widths, bins, ...c }) => {
    const actual = await scores(fromRows(golden.train), fromRows(golden.rows), { widths, bins });
    c.scores.forEach((score, i) => {
      expect(actual[i]).toBeCloseTo(score, 11);
    });
  },
);

/** Static bins by loops: which of k equal parts of the range holds a value, and how many training values are with it. */
function naive(train: Matrix, row: ArrayLike<number>, k: number): number {
  let total = 0;
  for (let j = 0; j < train.columns; j++) {
    const values = columnOf(train, j);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const binOf = (x: number) => Math.min(k - 1, Math.floor(((x - low) / (high - low)) * k));
    const counts = new Array<number>(k).fill(0);
    for (const value of values) counts[binOf(value)]++;
    const inside = row[j] >= low && row[j] <= high;
    const count = (inside && counts[binOf(row[j])]) || 0.5;
    total += Math.log(Math.max(...counts) / count);
  }
  return total;
}

test.each([3, 14, 100])("with %i static bins scores = those of a naive count", async (bins) => {
  const [train, rows] = [gaussian(200, 3), gaussian(60, 3, 3)];
  const actual = await scores(train, rows, { widths: "static", bins });
  actual.forEach((score, i) => {
    expect(score).toBeCloseTo(naive(train, rowOf(rows, i), bins), 12);
  });
});

test("dynamic bins: counts over widths, by hand", async () => {
  // Bins 0 1 2 | 4 | 8 8 8 20: edges 3 and 6, widths 3, 3 and 14; the cut at 5 of 8 values moves to the first 8.
  const train = column([0, 1, 2, 4, 8, 8, 8, 20]);
  const at = column([0, 2.9, 3, 5.9, 6, 20, -0.1, 20.1]);
  const heights = [1, 1, 1 / 3, 1 / 3, 4 / 14, 4 / 14, 0.5 / 14, 0.5 / 14];
  const actual = await scores(train, at, { widths: "dynamic", bins: 3 });
  heights.forEach((height, i) => {
    expect(actual[i]).toBeCloseTo(Math.log(1 / height), 12);
  });
});

test.each(["static", "dynamic"] as const)("whole numbers 0, 1, 2 score by their counts, %s", async (widths) => {
  const train = column([0, 0, 0, 1, 2, 2, 2, 2, 2, 2]);
  const actual = await scores(train, column([0, 1, 2, 3, -1]), { widths, bins: 3 });
  [3, 1, 6, 0.5, 0.5].forEach((count, i) => {
    expect(actual[i]).toBeCloseTo(Math.log(6 / count), 12);
  });
});

test.each(["static", "dynamic"] as const)(
  "score(a x + b) = score(x), values of 1e-300 and 1e300 too, %s",
  async (widths) => {
    const u = uniform(key(4));
    const values = Array.from({ length: 150 }, () => Math.round(2 ** 20 * u() ** 3));
    const at = Array.from({ length: 60 }, () => Math.round(2 ** 20 * (1.2 * u() - 0.1)));
    const plain = await scores(column(values), column(at), { widths });
    // Powers of two, so that no edge moves by rounding.
    for (const [a, b] of [
      [2 ** 1003, 0],
      [2 ** -1000, 0],
      [1, 2 ** 30],
    ]) {
      const moved = (xs: number[]) => column(xs.map((x) => a * x + b));
      (await scores(moved(values), moved(at), { widths })).forEach((score, i) => {
        expect(score).toBeCloseTo(plain[i], 9);
      });
    }
  },
);

test.each(["static", "dynamic"] as const)(
  "an unseen value of a constant column counts as half a row, %s",
  async (widths) => {
    const actual = await scores(column([7, 7, 7, 7]), column([7, 7.1, -1e300]), { widths });
    expect([...actual]).toEqual([0, Math.log(8), Math.log(8)]);
  },
);

test.each(["static", "dynamic"] as const)("neighboring doubles get what bins there are, %s", async (widths) => {
  const next = 1 + Number.EPSILON;
  const actual = await scores(column([1, 1, 1, next]), column([1, next, 0, 2]), { widths, bins: 10 });
  [3, 1, 0.5, 0.5].forEach((count, i) => {
    expect(actual[i]).toBeCloseTo(Math.log(3 / count), 12);
  });
  // Half of 5e-324 is 0: no static edge lies between.
  const smallest = await scores(column([0, 0, 5e-324]), column([0, 5e-324, 1]), { widths, bins: 2 });
  (widths === "static" ? [3, 3, 0.5] : [2, 1, 0.5]).forEach((count, i, counts) => {
    expect(smallest[i]).toBeCloseTo(Math.log(counts[0] / count), 12);
  });
});

test("bins by default: the square root of the number of rows", async () => {
  const [train, rows] = [gaussian(400, 2), gaussian(50, 2, 3)];
  expect(await scores(train, rows)).toEqual(await scores(train, rows, { bins: 20 }));
});
