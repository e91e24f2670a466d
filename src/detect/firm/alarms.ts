import { columnOf, covariance, type Matrix, symmetricEigen } from "../../numeric/index.ts";
import { unitRows } from "./scores.ts";

/** What is known of an encoder without any anomaly. */
export interface Health {
  /** How well its score tells held-out normal rows from outliers, and the same of 1-NN and of the untrained twin; null where unknown. */
  readonly watch: number | null;
  readonly nearest: number | null;
  readonly untrained: number | null;
  /** Of the features of normal rows. */
  readonly rank: number;
  readonly dead: number;
  /** How far the loss is above its bound, as a share of what it is above it when all rows are alike; null where unknown. */
  readonly excess: number | null;
}

/** By how much the untrained twin must be ahead. */
const AHEAD = 0.05;
const [LEAST_RANK, MOST_DEAD, MOST_EXCESS] = [1.5, 0.5, 0.9];

/**
 * Why an encoder is not to be trusted, one sentence each; none if there is no reason. Neither the loss nor the watch rows
 * alone tell, so each has a say.
 */
export function alarms({ watch, nearest, untrained, rank, dead, excess }: Health): readonly string[] {
  const said: string[] = [];
  if (watch !== null && untrained !== null && untrained > watch + AHEAD)
    said.push(`the untrained network tells outliers better (${short(untrained)} against ${short(watch)})`);
  if (watch !== null && nearest !== null && watch < nearest)
    said.push(`the nearest normal row tells outliers better (${short(nearest)} against ${short(watch)})`);
  if (rank < LEAST_RANK) said.push(`features of normal rows lie along one direction (effective rank ${short(rank)})`);
  if (dead > MOST_DEAD) said.push(`${Math.round(100 * dead)} % of the features are 0 for every normal row`);
  if (excess !== null && excess > MOST_EXCESS) said.push("the loss has hardly fallen");
  return said;
}

/**
 * exp of the entropy of the shares that directions have in the variance of features at unit length: 1 where all lie along
 * one direction, at most f; 0 where all are equal. R × f, R ≥ 1. O(R f² + f³).
 */
export function effectiveRank(features: Matrix): number {
  const { values } = symmetricEigen(covariance(unitRows(features)).covariance);
  const total = values.reduce((sum, value) => sum + Math.max(value, 0), 0);
  if (total <= 1e-15) return 0;
  const entropy = values.reduce((sum, value) => {
    const share = Math.max(value, 0) / total;
    return share > 0 ? sum - share * Math.log(share) : sum;
  }, 0);
  return Math.exp(entropy);
}

/** The share of features that are 0 for every row. */
export function deadShare(features: Matrix): number {
  const columns = Array.from({ length: features.columns }, (_, j) => columnOf(features, j));
  return columns.filter((column) => column.every((value) => value === 0)).length / features.columns;
}

/** A share as AUROC is written. */
export function short(value: number): string {
  return value.toFixed(3);
}
