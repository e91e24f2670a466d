import { operationsOf, type Tensor } from "../../graph/index.ts";
import type { Search } from "./small-change.ts";

/** How much is asked of a model for one row. */
export interface Effort {
  /** Columns that are looked at again once the first is named. */
  readonly followed: number;
  readonly search: Search;
  /** For rows of which only a large change was found, its columns first. */
  readonly last: Search | null;
}

/** Floating point operations of a row's score above which a model counts as dear (some 0.2 ms), and as moderate. */
const DEAR = 1e6;
const MODERATE = 1e5;

const thorough: Effort = {
  followed: 64,
  search: { widths: [32, 12, 9], donors: [8, 4, 2], grid: 9, refined: 2 },
  last: { widths: [0, 0, 12], donors: [0, 0, 6], grid: 9, refined: 2 },
};
const moderate: Effort = {
  followed: 64,
  search: { widths: [12, 9, 8], donors: [6, 3, 2], grid: 9, refined: 1 },
  last: { widths: [0, 0, 10], donors: [0, 0, 5], grid: 9, refined: 2 },
};
const brief: Effort = {
  followed: 8,
  search: { widths: [4, 4, 4], donors: [1, 1, 1], grid: 3, refined: 0 },
  last: null,
};

/**
 * How hard to look: by what a row costs and not by the clock, so that equal models explain equally everywhere. Models
 * that compare with thousands of rows get a shorter search, and in many views (`auto`) a short one.
 */
export function effortFor(score: Tensor): Effort {
  const operations = operationsOf([score]);
  return operations > DEAR ? brief : operations > MODERATE ? moderate : thorough;
}
