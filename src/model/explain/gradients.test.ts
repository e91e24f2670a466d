import { describe, expect, test } from "vitest";
import {
  add,
  float64 as constants,
  exponential,
  gather,
  greater,
  input,
  isMissing,
  labelEncoder,
  multiply,
  openGraph,
  square,
  type Tensor,
  where,
} from "../../graph/index.ts";
import { key, type Matrix, matrix, normal, rowOf, type Table } from "../../numeric/index.ts";
import { feedsOf, type InputColumn } from "../../prepare/index.ts";
import { codeRows, codingOf } from "./coded-rows.ts";
import { scoreEdits } from "./edits.ts";
import { integratedGradients, scoreGradient } from "./gradients.ts";
import { deviationsFrom, normalRows } from "./normal-rows.ts";
import type { Asked } from "./occlusion.ts";

const columns: readonly InputColumn[] = [
  { name: "a", kind: "numeric" },
  { name: "b", kind: "numeric" },
  { name: "color", kind: "category" },
];
const [a, b, color] = columns.map(({ name, kind }) =>
  input(name, kind === "category" ? "string" : "float64", ["rows"]),
);

function table(rows: readonly (readonly [number, number, string | null])[]): Table {
  const at = (j: 0 | 1) => Float64Array.from(rows, (row) => row[j]);
  return {
    rows: rows.length,
    columns: [
      { name: "a", type: "number", values: at(0) },
      { name: "b", type: "number", values: at(1) },
      { name: "color", type: "text", values: rows.map((row) => row[2]) },
    ],
  };
}

const draw = normal(key(3));
const normals = table(Array.from({ length: 40 }, () => [draw(), draw(), "red"]));

/** What integrated gradients say of rows of an expression, all from the first normal row. */
async function partsOf(
  score: Tensor,
  rows: Table,
): Promise<{ asked: Asked; start: number; parts: ReadonlyMap<number, Float64Array> }> {
  const coding = codingOf(columns, [normals, rows]);
  using session = await openGraph({ score });
  const scoreTable = async (one: Table) => {
    const feeds = Object.fromEntries(Object.entries(feedsOf(one)).filter(([name]) => session.inputs.includes(name)));
    const scores = (await session.run(feeds))["score"].data as Float64Array;
    return { scores, pValues: scores.map(() => 1) };
  };
  const normal = normalRows(codeRows(coding, normals), coding);
  const cells: Matrix = codeRows(coding, rows);
  const start = (await scoreTable(normals)).scores[0];
  const asked: Asked = {
    rows: cells,
    scores: (await scoreTable(rows)).scores,
    normal,
    deviations: deviationsFrom(normal, cells),
    typicalScore: 0,
    score: (edits) => scoreEdits(scoreTable, coding, cells, edits),
    followed: 64,
  };
  const slopes = scoreGradient(score, coding, { chunk: 64, workers: 0 })!;
  const all = Array.from({ length: rows.rows }, (_, i) => i);
  return { asked, start, parts: await integratedGradients(asked, slopes, all, () => ({ normalRow: 0, score: start })) };
}

const colorCode = gather(constants([0, 2, 7]), labelEncoder(color, ["red", "blue"]));

describe("integratedGradients", () => {
  test("of a linear score are w_j (x_j − y_j)", async () => {
    const { parts, asked } = await partsOf(add(multiply(a, 3), multiply(b, -2)), table([[4, 5, "red"]]));
    const y = rowOf(asked.normal.rows, 0);
    expect(parts.get(0)![0]).toBeCloseTo(3 * (4 - y[0]), 10);
    expect(parts.get(0)![1]).toBeCloseTo(-2 * (5 - y[1]), 10);
    expect(parts.get(0)![2]).toBe(0);
  });

  test("add up to the difference in score, a category carrying the drop of its step", async () => {
    const score = add(add(square(a), exponential(multiply(b, 0.5))), multiply(colorCode, square(b)));
    const rows = table([
      [4, 3, "blue"],
      [-3, 2, "never seen"],
      [0.5, -4, "red"],
    ]);
    const { parts, asked, start } = await partsOf(score, rows);
    expect(parts.size).toBe(3);
    for (const [i, part] of parts) {
      const difference = asked.scores[i] - start;
      expect(Math.abs(part.reduce((s, v) => s + v, 0) - difference)).toBeLessThan(0.005 * Math.abs(difference));
    }
    expect(parts.get(0)![2]).toBeCloseTo(2 * 9, 10);
    expect(parts.get(2)![2]).toBe(0);
  });

  test("missing and infinite values are stepped over, not walked", async () => {
    const filled = where(isMissing(a), 5, a);
    const bounded = where(greater(filled, 1e6), 10, filled);
    const { parts, asked, start } = await partsOf(
      add(square(bounded), square(b)),
      table([
        [Number.NaN, 2, "red"],
        [Number.POSITIVE_INFINITY, 1, null],
      ]),
    );
    for (const i of [0, 1]) {
      const total = parts.get(i)!.reduce((s, v) => s + v, 0);
      expect(total).toBeCloseTo(asked.scores[i] - start, 2);
      expect(parts.get(i)!.every(Number.isFinite)).toBe(true);
    }
  });

  test("of a score with steps do not add up, and are not given", async () => {
    const { parts } = await partsOf(add(where(greater(a, 1.7), 10, 0), multiply(b, 0.1)), table([[4, 1, "red"]]));
    expect(parts.size).toBe(0);
  });
});

test("a score of categories alone has no gradient to look at", () => {
  const coding = codingOf([columns[2]], [{ rows: 0, columns: [{ name: "color", type: "text", values: [] }] }]);
  expect(scoreGradient(colorCode, coding, { chunk: 8 })).toBeNull();
});

test("gradients are those of the expression, row by row", async () => {
  const coding = codingOf(columns, [normals]);
  const slopes = scoreGradient(add(square(a), multiply(a, b)), coding, { chunk: 2, workers: 0 })!;
  const rows = matrix(3, 3, Float64Array.of(1, 2, 0, -3, 4, 0, 0.5, 0, 0));
  const found = await slopes(rows);
  for (let i = 0; i < 3; i++) {
    const [x, y] = rowOf(rows, i);
    expect(Array.from(found.subarray(3 * i, 3 * i + 3))).toEqual([2 * x + y, x, 0]);
  }
});
