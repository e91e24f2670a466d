export { ADBENCH_FAMILIES } from "./adbench.ts";
export { columnsToSnap, type Unit } from "./columns.ts";
export type { Generator, Made } from "./generator.ts";
export { FAMILIES, type Family, generatorOf } from "./generators.ts";
export { type Nearness, type NearnessOptions, nearnessTo } from "./nearness.ts";
export {
  type Acceptance,
  type OutlierOptions,
  type OutlierSource,
  type Outliers,
  outlierSource,
  quotas,
} from "./outlier-source.ts";
