export * from "./bench/index.ts";
export type { Asked } from "./contenders.ts";
export { evaluate } from "./evaluate.ts";
export type { EvaluateOptions, EvaluateProgress } from "./options.ts";
export { type Protocol, protocolNamed, protocols } from "./protocols/index.ts";
export type { Candidate, ClassMeasures, Difference, Evaluated, Interval, Measures, Run } from "./result.ts";
export { evaluateSplit, type Labels, type SplitTask } from "./run.ts";
export type { Split } from "./split.ts";
