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
import { type Calibration, type CalibrationUnit, calibrationOf } from "./calibration.ts";
import { toNineDecimals } from "./group-calibration.ts";
import { tieTolerance } from "./p-values.ts";

/**
 * {@link conformalPValues} as an expression, float64 rows → rows: exact binary search in the calibration scores, which
 * stand in the graph. O(log n) a row.
 */
export function pValueExpression({ sorted, n, atLeast }: Calibration): (scores: Tensor) => Tensor {
  const first = Uint32Array.from(sorted.keys()).filter((i) => i === 0 || sorted[i] > sorted[i - 1]);
  const thresholds = Float64Array.from(first, (i) => sorted[i]);
  const values = new Float64Array(thresholds.length + 1).fill(1 / (n + 1));
  first.forEach((i, place) => {
    values[place] = (1 + atLeast[i]) / (n + 1);
  });
  return (scores) => {
    const lowered = subtract(scores, multiply(absolute(scores), tieTolerance));
    const column = reshape(lowered, [scores.shape[0], 1]);
    return reshape(stepFunctions(column, [{ thresholds, values }], "<"), scores.shape);
  };
}

/** More calibration rows than this no file holds: a guard against damaged ones. */
const MOST = 10_000_000;

/**
 * The calibration behind an expression that {@link pValueExpression} made: scores, weights and their sum. `unit` is what
 * the model's manifest says; the graph tells only whether all rows weigh alike.
 */
export function calibrationBehind(pValue: Tensor, unit: CalibrationUnit = "rows"): Calibration {
  const last = topologicalOrder([pValue]).findLast((tensor) => tensor.primitive.name === "treeEnsemble");
  if (!last) throw new Error("calibrationBehind: the expression holds no calibration scores");
  const trees = last.attributes["trees"] as Trees;
  const thresholds = Float64Array.from(new Set(trees.split)).sort();
  const values = Float64Array.from(new Set(trees.leafWeight)).sort().reverse();
  const n = Math.round(1 / values[values.length - 1]) - 1;
  if (!(values[0] === 1 && n >= 1 && n <= MOST) || values.length !== thresholds.length + 1)
    throw new Error("calibrationBehind: the last tree does not hold p-values");
  // Before the first threshold the p-value is 1; each calibration score lowers it by its weight / (n + 1).
  const atLeast = values.map((p) => toNineDecimals(p * (n + 1) - 1));
  if (unit === "groups") return Object.freeze({ sorted: thresholds, n, atLeast, unit });
  const weights = Array.from(thresholds, (_, i) => atLeast[i] - atLeast[i + 1]);
  const counts = weights.map(Math.round);
  if (weights.some((weight, i) => Math.abs(weight - counts[i]) > 1e-3))
    throw new Error("calibrationBehind: expected rows that weigh alike");
  return calibrationOf(Array.from(thresholds, (score, i) => new Array<number>(counts[i]).fill(score)).flat(), unit);
}
