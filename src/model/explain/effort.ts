import { operationsOf, type Tensor } from "../../graph/index.ts";
import type { Search } from "./small-change.ts";

/** How much is asked of a model for one row. */
export interface Effort {
  /** Columns that are looked at again once the first is named. */
  readonly followed: number;
  readonly search: Search;
}

/** Floating point operations of a row's score above which a model counts as dear: some 0.2 ms. */
const DEAR = 1e6;

const thorough: Effort = { followed: 64, search: { widths: [32, 12, 9], donors: 2, grid: 9, refined: 2 } };
const brief: Effort = { followed: 8, search: { widths: [4, 4, 4], donors: 1, grid: 3, refined: 0 } };

/**
 * How hard to look: by what a row costs and not by the clock, so that equal models explain equally everywhere. Models
 * that compare with thousands of rows in many views (`auto`) get a shorter search.
 */
export function effortFor(score: Tensor): Effort {
  return operationsOf([score]) > DEAR ? brief : thorough;
}
