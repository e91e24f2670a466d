import { fromRows, key, matrix, normal, rowOf } from "../../numeric/index.ts";
import { codeRows, codingOf, decodeRows } from "./coded-rows.ts";
import { scoreEdits } from "./edits.ts";
import { deviationsFrom, normalRows } from "./normal-rows.ts";
import type { Asked } from "./occlusion.ts";

/** For tests: rows to explain of a score that is a plain function, with normal rows around 0. p is 0 where the score is above 3. */
export async function askedOfFunction(
  rows: readonly (readonly number[])[],
  score: (x: Float64Array) => number,
  normals = gaussianRows(200, rows[0].length),
): Promise<Asked> {
  const columns = rows[0].map((_, j) => ({ name: `x${j}`, kind: "numeric" as const }));
  const table = decodeRows(
    columns.map((column) => ({ ...column, texts: null })),
    fromRows(normals),
  );
  const coding = codingOf(columns, [table]);
  const normal = normalRows(codeRows(coding, table), coding);
  const asked = fromRows(rows);
  const scoreTable = async (edited: typeof table) => {
    const cells = codeRows(coding, edited);
    const scores = Float64Array.from({ length: cells.rows }, (_, i) => score(rowOf(cells, i)));
    return { scores, pValues: scores.map((s) => (s > 3 ? 0 : 1)) };
  };
  const typical = matrix(
    1,
    columns.length,
    Float64Array.from(normal.columns, (column) => column.typical),
  );
  return {
    rows: asked,
    scores: Float64Array.from(rows, (row) => score(Float64Array.from(row))),
    normal,
    deviations: deviationsFrom(normal, asked),
    typicalScore: score(rowOf(typical, 0)),
    score: (edits) => scoreEdits(scoreTable, coding, asked, edits),
    followed: 64,
  };
}

/** Independent standard normal rows, rounded to three places. */
export function gaussianRows(rows: number, columns: number): number[][] {
  const draw = normal(key(1));
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => Math.round(1000 * draw()) / 1000));
}
