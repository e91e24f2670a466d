import {
  concatenate,
  encode,
  expandDims,
  gradient,
  inputName,
  mapRows,
  sum,
  type Tensor,
  topologicalOrder,
} from "../../graph/index.ts";
import { type Matrix, matrix, rowOf } from "../../numeric/index.ts";
import { feedsOf } from "../../prepare/index.ts";
import { type CodedColumn, decodeRows } from "./coded-rows.ts";
import type { Edit } from "./edits.ts";
import type { Asked } from "./occlusion.ts";

/** The gradient of each row's score with respect to its numbers: rows × columns, 0 for columns of other kinds. */
export type ScoreGradient = (rows: Matrix) => Promise<Float64Array>;

interface GradientOptions {
  readonly signal?: AbortSignal;
  readonly workers?: number;
  readonly chunk: number;
}

/**
 * The gradient of a score as a graph beside it; null where the graph has a step that no gradient goes through, and where
 * there is no column of numbers. A gradient may still be 0 everywhere, as of trees: see {@link integratedGradients}.
 */
export function scoreGradient(
  score: Tensor,
  coding: readonly CodedColumn[],
  options: GradientOptions,
): ScoreGradient | null {
  const inputs = new Map(topologicalOrder([score]).map((tensor) => [inputName(tensor), tensor]));
  const numeric = coding.flatMap(({ kind }, j) => (kind === "numeric" ? [j] : []));
  if (numeric.length === 0) return null;
  let bytes: Uint8Array;
  try {
    const slopes = gradient(
      sum(score, [0]),
      numeric.map((j) => inputs.get(coding[j].name)!),
    );
    const columns = slopes.map((slope) => expandDims(slope, 1));
    bytes = encode({ slope: concatenate(columns, 1) });
  } catch {
    return null; // a rule that asks for known sizes: the gradient of a choice among columns by index, as in lof
  }
  const taken = new Set(topologicalOrder([score]).flatMap((tensor) => inputName(tensor) ?? []));
  return async (rows) => {
    const feeds = Object.entries(feedsOf(decodeRows(coding, rows))).filter(([name]) => taken.has(name));
    const { slope } = await mapRows(bytes, rows.rows, Object.fromEntries(feeds), options);
    const out = new Float64Array(rows.rows * coding.length);
    const slopes = slope.data as Float64Array;
    for (let i = 0; i < rows.rows; i++)
      numeric.forEach((j, at) => {
        out[i * coding.length + j] = slopes[i * numeric.length + at];
      });
    return out;
  };
}

/** Points on the way: the midpoint rule's error falls as 1 / points². */
const POINTS = 32;

/** Contributions may miss the difference in score by this share of it; else they are not used. */
export const TOLERANCE = 0.02;

/**
 * Integrated gradients (Sundararajan, Taly and Yan 2017, equation 1) of scores on the straight way from a normal row to
 * each row: (x_j − y_j) ∫₀¹ ∂s/∂x_j (y + t (x − y)) dt for numbers, by the midpoint rule on 32 points.
 *
 * **Differs from the paper:** what cannot be walked (categories, truth values, times, missing and infinite values) is
 * replaced first, column by column, and carries the drop of that step. The parts add up to the difference between both
 * scores; where they miss it by more than 2 %, because the graph has steps or is too steep, the row gets none.
 *
 * `baseline` names a normal row for each row, and its score. O(32) gradients a row.
 */
export async function integratedGradients(
  asked: Asked,
  slopes: ScoreGradient,
  rows: readonly number[],
  baseline: (row: number) => { readonly normalRow: number; readonly score: number },
): Promise<ReadonlyMap<number, Float64Array>> {
  const { columns } = asked.normal;
  const d = columns.length;
  const ways = rows.map((row) => {
    const [x, y] = [rowOf(asked.rows, row), rowOf(asked.normal.rows, baseline(row).normalRow)];
    const jumps = columns.flatMap(({ kind }, j) => {
      const walked = kind === "numeric" && Number.isFinite(x[j]) && Number.isFinite(y[j]);
      return walked || Object.is(x[j], y[j]) ? [] : [j];
    });
    const from = x.slice();
    for (const j of jumps) from[j] = y[j];
    return { row, y, jumps, from };
  });
  const edits = ways.flatMap(({ row, y, jumps }) =>
    jumps.map((_, at): Edit => {
      const set = jumps.slice(0, at + 1);
      return { row, columns: set, values: set.map((j) => y[j]) };
    }),
  );
  const jumped = (await asked.score(edits)).scores;
  const points = matrix(ways.length * POINTS, d);
  ways.forEach(({ y, from }, k) => {
    for (let p = 0; p < POINTS; p++) {
      const point = rowOf(points, k * POINTS + p);
      // Equal ends as they are, for they may be missing or infinite.
      for (let j = 0; j < d; j++)
        point[j] = Object.is(from[j], y[j]) ? y[j] : y[j] + ((p + 0.5) / POINTS) * (from[j] - y[j]);
    }
  });
  const found = await slopes(points);
  const out = new Map<number, Float64Array>();
  let at = 0;
  ways.forEach(({ row, y, jumps, from }, k) => {
    const parts = new Float64Array(d);
    let before = asked.scores[row];
    for (const j of jumps) {
      parts[j] = before - jumped[at];
      before = jumped[at++];
    }
    for (let p = 0; p < POINTS; p++) {
      const slope = found.subarray((k * POINTS + p) * d, (k * POINTS + p + 1) * d);
      for (let j = 0; j < d; j++) if (!Object.is(from[j], y[j])) parts[j] += (slope[j] * (from[j] - y[j])) / POINTS;
    }
    const difference = asked.scores[row] - baseline(row).score;
    const total = parts.reduce((a, b) => a + b, 0);
    if (Math.abs(total - difference) <= TOLERANCE * Math.abs(difference)) out.set(row, parts);
  });
  return out;
}
