export type { Candidate, ClassMeasures, Difference, Evaluated, Interval, Measures, Run } from "./result.ts";
export type { Split } from "./split.ts";
