import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, input, ndArray, overRows } from "../../graph/index.ts";
import {
  columnOf,
  fromColumns,
  fromRows,
  key,
  type Matrix,
  matrix,
  normal,
  normalQuantile,
  quantileSorted,
  rowOf,
  sortedCopy,
} from "../../numeric/index.ts";
import { scoreRows } from "../score-rows.ts";
import { auto } from "./auto.ts";
import { leaveOneOutInColumn, nearestInColumn } from "./single-columns.ts";
import { drawSubsets } from "./subsets.ts";
import { fitTail, tailFunction } from "./tail.ts";

const cloud = (rows: number, columns: number, seed: number): Matrix =>
  matrix(rows, columns, Float64Array.from({ length: rows * columns }, normal(key(seed))));
const everySubset = { views: 200, nearlyFull: 200 };

async function scores(training: Matrix, rows: Matrix, given: object = everySubset): Promise<Float64Array> {
  const fitted = await auto.fit(training, auto.options.parse(given), { key: key(0), workers: 0 });
  return scoreRows(fitted, rows, { workers: 0 });
}

/** Steps 1 to 6 with loops only. `exact` turns scores that differ by rounding alone into one number. */
function naiveAuto(training: Matrix, rows: Matrix, exact = (s: number) => s, k = 1, further = true): number[] {
  const d = training.columns;
  const columns = Array.from({ length: d }, (_, j) => columnOf(training, j));
  const standard = columns.map((column) => {
    const mean = column.reduce((a, b) => a + b) / column.length;
    const sd = Math.sqrt(column.reduce((a, x) => a + (x - mean) ** 2, 0) / column.length);
    return (x: number) => (x - mean) / (sd === 0 ? 1 : sd);
  });
  const gauss = columns.map((column) => {
    const n = column.length; // at most 1,000, so there are as many quantiles as rows
    const levels = Array.from(column, (_, i) => (i === n - 1 ? 1 : i * (1 / (n - 1))));
    const refs = levels.map((level) => quantileSorted(sortedCopy(column), level));
    const level = (x: number) => {
      if (x <= refs[0]) return 0;
      if (x >= refs[n - 1]) return 1;
      const last = refs.findLastIndex((r) => r <= x);
      if (refs[last] === x) return (levels[refs.indexOf(x)] + levels[last]) / 2;
      const share = (x - refs[last]) / (refs[last + 1] - refs[last]);
      return levels[last] + share * (levels[last + 1] - levels[last]);
    };
    return (x: number) => normalQuantile(Math.min(Math.max(level(x), 1e-7), 1 - 1e-7));
  });
  const logarithmic = columns.map((column) => {
    const bent = (x: number) => Math.sign(x) * Math.log1p(Math.abs(x));
    const mean = column.reduce((a, x) => a + bent(x), 0) / column.length;
    const sd = Math.sqrt(column.reduce((a, x) => a + (bent(x) - mean) ** 2, 0) / column.length);
    return (x: number) => (bent(x) - mean) / (sd === 0 ? 1 : sd);
  });
  const scale = (maps: ((x: number) => number)[]) => (m: Matrix) =>
    Array.from({ length: m.rows }, (_, i) => Array.from(rowOf(m, i), (x, j) => maps[j](x)));
  const nearest = (reference: number[][], x: number[], c: readonly number[], self = -1) =>
    reference.map((a, i) => (i === self ? Infinity : Math.hypot(...c.map((j) => a[j] - x[j])))).sort((a, b) => a - b)[
      k - 1
    ];
  const all = Array.from({ length: d }, (_, j) => j);
  const subsets = all
    .reduce<number[][]>((sets, j) => sets.concat(sets.map((s) => [...s, j])), [[]])
    .filter((s) => [1, 2, Math.ceil(d / 2), d > 3 ? d - 1 : d, d].includes(s.length));
  const meanIn = (a: number[][], x: number[][], subsets: number[][]) => {
    const left = subsets.map((c) => a.map((row, i) => nearest(a, row, c, i)));
    const m = left.map((l) => l.reduce((s, v) => s + v) / l.length);
    const mean = (distances: number[]) =>
      exact(distances.reduce((s, v, c) => s + Math.min(v / (m[c] + 1e-9), 1e12), 0) / distances.length);
    const g = naiveTail(a.map((_, i) => mean(left.map((l) => l[i]))));
    return x.map((row) => g(mean(subsets.map((c) => nearest(a, row, c)))));
  };
  const fullIn = (a: number[][], x: number[][]) => {
    const g = naiveTail(a.map((row, i) => exact(nearest(a, row, all, i))));
    return x.map((row) => g(exact(nearest(a, row, all))));
  };
  const low = () => {
    const kept = columns.map((column) => [...column].sort((u, v) => u - v).slice(k - 1));
    const of = (row: Float64Array, self: number) =>
      kept.reduce((sum, column, j) => {
        if (column[0] < 0) return sum;
        const told: number[][] = [];
        for (const v of new Set(column)) {
          const count = column.filter((u) => u <= v).length;
          if (count >= 1.02 * (told.at(-1)?.[1] ?? 0)) told.push([v, count]);
        }
        const count = told.filter(([v]) => v <= row[j]).at(-1)?.[1] ?? 0;
        return sum + Math.log((Math.max(0, count - self) + 0.5) / training.rows) ** 2;
      }, 0);
    const g = naiveTail(Array.from({ length: training.rows }, (_, i) => of(rowOf(training, i), 1)));
    return Array.from({ length: rows.rows }, (_, i) => g(of(rowOf(rows, i), 0)) - 1);
  };
  const both = (maps: ((x: number) => number)[]) => [scale(maps)(training), scale(maps)(rows)] as const;
  const members = [meanIn(...both(standard), subsets), fullIn(...both(gauss))];
  if (further) {
    const few = subsets.filter((c) => c.length <= 2 || c.length === d);
    members.push(meanIn(...both(logarithmic), few), fullIn(...both(logarithmic)));
    if (columns.some((column) => sortedCopy(column)[k - 1] >= 0)) members.push(low());
  }
  return members[0].map((_, i) => Math.max(...members.map((scores) => scores[i])));
}

function naiveTail(scores: number[]): (s: number) => number {
  const t = [...scores].sort((a, b) => a - b);
  const n = t.length;
  const levels = new Map(t.map((v) => [v, (t.indexOf(v) + t.lastIndexOf(v) + 1) / 2 / n]));
  const knots = [...levels].map(([v, level]) => [v, Math.min(Math.max(level, 0.5 / n), 1 - 0.5 / n)]);
  const position = 0.9 * (n - 1);
  const q = t[Math.floor(position)] + (t[Math.ceil(position)] - t[Math.floor(position)]) * (position % 1);
  const excess = t.filter((v) => v > q).map((v) => v - q);
  const meanExcess = excess.reduce((s, v) => s + v, 0) / excess.length;
  const center = t.reduce((s, v) => s + v) / n;
  const sd = Math.sqrt(t.reduce((s, v) => s + (v - center) ** 2, 0) / n);
  const b = Math.max(excess.length >= 3 && meanExcess > 0 ? meanExcess : sd / 2, 1e-9);
  return (s) => {
    const [top, level] = knots[knots.length - 1];
    if (s > top) return -Math.log(1 - level) + Math.log1p((s - top) / b);
    const i = knots.findLastIndex(([v]) => v <= s);
    if (i < 0) return -Math.log(1 - knots[0][1]);
    const [from, low] = knots[i];
    const [to, high] = knots[i + 1] ?? knots[i];
    return -Math.log(1 - (i === knots.length - 1 ? low : low + ((s - from) / (to - from)) * (high - low)));
  };
}

it.each([1, 2, 3, 4, 5])("the naive twin agrees to 1e-9, d = %i", async (d) => {
  const [training, rows] = [cloud(60, d, d), cloud(40, d, 10 + d)];
  rows.values.set(rowOf(training, 7), 0); // a twin
  rows.values[d] = 50; // far out
  const expected = naiveAuto(training, rows);
  (await scores(training, rows)).forEach((score, i) => {
    expect(Math.abs(score - expected[i])).toBeLessThanOrEqual(1e-9 * Math.max(1, expected[i]));
  });
});

it.each([
  [0.02, 2, 2],
  [0.07, 5, 2],
  [0.1, 7, 3],
  [0.49, 30, 4],
])("with a share of %f hidden, distances to the %i-th nearest too: the twin agrees, d = %i", async (hidden, k, d) => {
  const [training, rows] = [cloud(60, d, d), cloud(40, d, 10 + d)];
  const [first, other] = [naiveAuto(training, rows), naiveAuto(training, rows, undefined, k)];
  const w = Math.min(1, Math.max(0.5, 10 * hidden));
  const expected = first.map((score, i) => (1 - w) * score + w * other[i]);
  (await scores(training, rows, { ...everySubset, hidden })).forEach((score, i) => {
    expect(Math.abs(score - expected[i])).toBeLessThanOrEqual(1e-9 * Math.max(1, expected[i]));
  });
});

it("anomalous rows that hide among the training rows do not make their like look normal, if they are fewer than said", async () => {
  const normals = Array.from({ length: 600 }, (_, i) => [...rowOf(cloud(600, 2, 1), i)]);
  const training = fromRows([...normals, ...Array.from({ length: 12 }, (_, i) => [9 + i / 1000, 9])]);
  const rows = fromRows([
    [9.005, 9],
    [0, 0],
  ]);
  const [alike, usual] = await scores(training, rows, { hidden: 0 });
  const [found, same] = await scores(training, rows, { hidden: 0.06 });
  expect(alike).toBeLessThan(usual + 1);
  expect(found).toBeGreaterThan(same + 1);
});

it("with ties the twin agrees too: small integers", async () => {
  const integers = (rows: number, seed: number) =>
    matrix(
      rows,
      3,
      cloud(rows, 3, seed).values.map((x) => Math.round(x * 2)),
    );
  const [training, rows] = [integers(80, 1), integers(40, 2)];
  const expected = naiveAuto(training, rows, (s) => Math.round(s * 1e8) / 1e8);
  (await scores(training, rows)).forEach((score, i) => {
    expect(Math.abs(score - expected[i])).toBeLessThanOrEqual(1e-6 * Math.max(1, expected[i]));
  });
});

describe("columns that are never below 0", () => {
  const amounts = (rows: number, seed: number) => {
    const { values } = cloud(rows, 3, seed);
    return matrix(
      rows,
      3,
      values.map((x, i) => (i % 3 === 2 ? x : Math.exp(2 * x))),
    );
  };

  it.each([0, 0.1])("the twin agrees, %f hidden", async (hidden) => {
    const [training, rows] = [amounts(60, 1), amounts(40, 2)];
    rows.values.set([0, 0, 0], 0);
    const [first, other] = [naiveAuto(training, rows), naiveAuto(training, rows, undefined, 7)];
    const expected = hidden > 0 ? other : first; // a tenth hidden: w = 1
    (await scores(training, rows, { ...everySubset, hidden })).forEach((score, i) => {
      expect(Math.abs(score - expected[i])).toBeLessThanOrEqual(1e-9 * Math.max(1, expected[i]));
    });
  });

  it("without the further members the twin agrees too, and they only ever object more", async () => {
    const [training, rows] = [amounts(60, 1), amounts(40, 2)];
    const expected = naiveAuto(training, rows, undefined, 1, false);
    const fewer = await scores(training, rows, { ...everySubset, logViews: 0, lowEnd: false });
    const more = await scores(training, rows);
    fewer.forEach((score, i) => {
      expect(Math.abs(score - expected[i])).toBeLessThanOrEqual(1e-9 * Math.max(1, expected[i]));
      expect(more[i]).toBeGreaterThanOrEqual(score - 1e-9);
    });
  });

  it("a dense low end hides what is below it from distances, not from `lowEnd`", async () => {
    const draw = normal(key(3));
    const training = fromColumns(400, [Float64Array.from({ length: 400 }, () => 5 + Math.exp(2 * draw()))]);
    const row = fromRows([[5]]);
    const [seen] = await scores(training, row);
    const [unseen] = await scores(training, row, { lowEnd: false });
    expect(seen).toBeGreaterThan(Math.log(400) - 1);
    expect(unseen).toBeLessThan(2);
  });
});

it.each([2, 3, 4])("%i rows are enough, far values stay finite and outrank near ones", async (n) => {
  const training = fromRows(Array.from({ length: n }, (_, i) => [i, 1, -i * i]));
  const found = await scores(
    training,
    fromRows([
      [0, 1, 0],
      [1e300, 1, 0],
      [-1e300, 1e300, -1e300],
      [0, 0, 0],
    ]),
  );
  expect(found.every(Number.isFinite)).toBe(true);
  expect(Math.min(found[1], found[2], found[3])).toBeGreaterThan(found[0]);
});

it("the order of rows and columns does not matter when every subset is there", async () => {
  const [training, rows] = [cloud(50, 3, 1), cloud(20, 3, 2)];
  const flip = (m: Matrix) =>
    fromRows(Array.from({ length: m.rows }, (_, i) => [...rowOf(m, m.rows - 1 - i)].reverse()));
  const [a, b] = [await scores(training, rows), await scores(flip(training), flip(rows))];
  a.forEach((score, i) => {
    expect(b[19 - i]).toBeCloseTo(score, 9);
  });
});

it("every training row twice: every m_c is 0, and what is novel in any subset outranks all that was seen", async () => {
  const half = cloud(40, 3, 5);
  const twice = matrix(80, 3, Float64Array.of(...half.values, ...half.values));
  const seen = rowOf(half, 0);
  const novel = [seen[0], seen[1], rowOf(half, 1)[2]]; // each value was seen, the combination was not
  const [a, b, c] = await scores(twice, fromRows([[...seen], novel, [...rowOf(half, 2)]]));
  expect(b).toBeGreaterThan(a + 5);
  expect(a).toBeCloseTo(c, 9);
});

it("a constant column is harmless, until it changes", async () => {
  const training = fromColumns(40, [columnOf(cloud(40, 1, 1), 0), new Float64Array(40).fill(0.1)]);
  const [usual, changed] = await scores(
    training,
    fromRows([
      [0, 0.1],
      [0, 0.2],
    ]),
  );
  expect(usual).toBeLessThan(5);
  expect(changed).toBeGreaterThan(10);
});

describe("column subsets", () => {
  it.each([
    [1, 1],
    [2, 3],
    [3, 7],
    [6, 48],
  ])("d = %i has %i", (d, count) => {
    expect(drawSubsets(d, { views: 20, halves: 20, nearlyFull: 12 }, key(0))).toHaveLength(count);
  });

  it("none twice, each increasing, at most 73 by default, the full set among them; equal keys draw alike", () => {
    for (const d of [4, 7, 20, 300]) {
      const subsets = drawSubsets(d, { views: 20, halves: 20, nearlyFull: 12 }, key(d));
      expect(new Set(subsets.map(String)).size).toBe(subsets.length);
      expect(subsets.length).toBeLessThanOrEqual(73);
      expect(subsets.every((s) => s.every((j, i) => j < d && (i === 0 || j > s[i - 1])))).toBe(true);
      expect(subsets.at(-1)).toHaveLength(d);
      expect(drawSubsets(d, { views: 20, halves: 20, nearlyFull: 12 }, key(d))).toEqual(subsets);
    }
  });
});

describe("the tail scale", () => {
  const run = (t: number[], queries: number[]) => {
    const s = input("s", "float64", ["rows"]);
    const fed = { s: ndArray("float64", [queries.length], Float64Array.from(queries)) };
    return evaluate({ out: fitTail(t)(s) }, fed).out.data as Float64Array;
  };

  it("never decreases and stays finite, up to 1e12", () => {
    const numbers = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(numbers, numbers, (t, more) => {
        const g = run(
          t,
          [0, ...t, ...more, 1e12].sort((a, b) => a - b),
        );
        g.forEach((value, i) => {
          expect(Number.isFinite(value)).toBe(true);
          if (i > 0) expect(value).toBeGreaterThanOrEqual(g[i - 1] - 1e-12);
        });
      }),
    );
  });

  it("is the same as a plain function", () => {
    const numbers = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(numbers, numbers, (t, more) => {
        const queries = [-1e6, ...t, ...more, 1e6];
        const g = run(t, queries);
        const plain = tailFunction(t);
        queries.forEach((s, i) => {
          expect(plain(s)).toBeCloseTo(g[i], 10);
        });
      }),
    );
  });

  // n = 5 with one value twice: mid-ranks .1, .4, .7, .9, and b = .678233.
  it("mid-ranks and the excess beyond, by hand", () => {
    const plain = tailFunction([1, 2, 2, 3, 5]);
    [0.510826, 0.798508, 2.302585, 3.993282].forEach((g, i) => {
      expect(plain([2, 2.5, 5, 8][i])).toBeCloseTo(g, 6);
    });
  });

  it("−log of the share above, linear between, logarithmic beyond", () => {
    const t = [1, 2, 3, 4];
    const g = run(t, [0, 1, 1.5, 4]);
    expect(g[0]).toBeCloseTo(-Math.log(1 - 0.125), 12);
    expect(g[1]).toBeCloseTo(-Math.log(1 - 0.125), 12);
    expect(g[2]).toBeCloseTo(-Math.log(1 - 0.25), 12);
    expect(g[3]).toBeCloseTo(-Math.log(0.125), 12);
    const b = 0.5 * Math.sqrt(1.25); // only one of four exceeds the 90 % quantile
    expect(run(t, [5])[0]).toBeCloseTo(-Math.log(0.125) + Math.log1p(1 / b), 12);
  });

  it("values that differ by rounding alone are one value", () => {
    const noisy = [0.3, 0.1 + 0.2, 0.3, 0.1 + 0.2, 1];
    const [a, b] = run(noisy, [0.3, 0.1 + 0.2]);
    expect(a).toBeCloseTo(b, 6);
  });
});

describe("single columns", () => {
  it("the k-th nearest value in a column, and of the others, are those of a naive search", async () => {
    const value = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: -10, max: 10, noNaN: true }));
    const columns = fc.array(value, { minLength: 2, maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(
        columns,
        columns,
        columns,
        fc.integer({ min: 1, max: 8 }),
        async (first, second, queries, asked) => {
          const k = Math.min(asked, first.length - 1, second.length - 1);
          const a = [first, second].map((column) => Float64Array.from(column));
          const rows = fromColumns(queries.length, [Float64Array.from(queries), Float64Array.from(queries)]);
          const out = await overRows(nearestInColumn(a, k), rows);
          const distance = (x: number, column: Float64Array, self = -1) =>
            Array.from(column, (v, i) => (i === self ? Infinity : Math.abs(x - v))).sort((u, v) => u - v)[k - 1];
          queries.forEach((q, i) => {
            a.forEach((column, j) => {
              if (k === 1) expect(out[2 * i + j]).toBe(distance(q, column));
              else expect(out[2 * i + j]).toBeCloseTo(distance(q, column), 12);
            });
          });
          a[0].forEach((x, i) => {
            expect(leaveOneOutInColumn(a[0], k)[i]).toBe(distance(x, a[0], i));
          });
        },
      ),
      { numRuns: 30 },
    );
  });
});
