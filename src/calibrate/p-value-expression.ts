import {
  absolute,
  multiply,
  reshape,
  stepFunctions,
  subtract,
  type Tensor,
  type Trees,
  topologicalOrder,
} from "../graph/index.ts";
import { type Calibration, calibrationOf } from "./calibration.ts";
import { tieTolerance } from "./p-values.ts";

/**
 * {@link conformalPValues} as an expression, float64 rows → rows: exact binary search in the calibration scores, which
 * stand in the graph. O(log n) a row.
 */
export function pValueExpression({ sorted, n }: Calibration): (scores: Tensor) => Tensor {
  const thresholds = sorted.filter((score, i) => i === 0 || score > sorted[i - 1]);
  const values = new Float64Array(thresholds.length + 1);
  for (let i = 0, below = 0; i <= thresholds.length; i++) {
    values[i] = (1 + n - below) / (n + 1);
    while (below < n && sorted[below] === thresholds[i]) below++;
  }
  return (scores) => {
    const lowered = subtract(scores, multiply(absolute(scores), tieTolerance));
    const column = reshape(lowered, [scores.shape[0], 1]);
    return reshape(stepFunctions(column, [{ thresholds, values }], "<"), scores.shape);
  };
}

/** More calibration rows than this no file holds: a guard against damaged ones. */
const MOST = 10_000_000;

/** The calibration scores behind an expression that {@link pValueExpression} made, with their number. */
export function calibrationBehind(pValue: Tensor): Calibration {
  const last = topologicalOrder([pValue]).findLast((tensor) => tensor.primitive.name === "treeEnsemble");
  if (!last) throw new Error("calibrationBehind: the expression holds no calibration scores");
  const trees = last.attributes["trees"] as Trees;
  const thresholds = Float64Array.from(new Set(trees.split)).sort();
  const values = Float64Array.from(new Set(trees.leafWeight)).sort().reverse();
  const n = Math.round(1 / values[values.length - 1]) - 1;
  if (!(values[0] === 1 && n >= 1 && n <= MOST) || values.length !== thresholds.length + 1)
    throw new Error("calibrationBehind: the last tree does not hold p-values");
  // Before the first threshold the p-value is 1; each calibration score lowers it by 1 / (n + 1).
  const scores = Array.from(thresholds, (score, i) =>
    new Array<number>(Math.round((values[i] - values[i + 1]) * (n + 1))).fill(score),
  );
  return calibrationOf(scores.flat());
}
