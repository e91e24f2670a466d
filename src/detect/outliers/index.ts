export { ADBENCH_FAMILIES } from "./adbench.ts";
export { columnsToSnap } from "./columns.ts";
export { FAMILIES, type Family, generatorOf } from "./generators.ts";
export { type Nearness, nearnessTo } from "./nearness.ts";
export { type Acceptance, type OutlierSource, type Outliers, outlierSource, quotas } from "./outlier-source.ts";
