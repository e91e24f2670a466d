export * from "./bench/index.ts";
export type { Candidate, ClassMeasures, Difference, Evaluated, Interval, Measures, Run } from "./result.ts";
export { evaluateSplit, type Labels, type SplitTask } from "./run.ts";
export type { Split } from "./split.ts";
