/**
 * Unseen learns what normal rows look like and finds what no one has seen before.
 *
 * `fit` learns a model from a table, `load` opens a model file, `model.score` scores files, rows, columns and streams,
 * `evaluate` measures detectors on labelled rows, `scoreReport` and `evaluationReport` put what came of it on a page.
 */

export type { ColumnKind, Columns, ImageStack, Input, Rows } from "./data/index.ts";
export { type Detector, detectors, type FitProgress } from "./detect/index.ts";
export { Diverged, InputError, Interrupted } from "./errors/index.ts";
export {
  type Asked,
  type Candidate,
  type ClassMeasures,
  type Difference,
  type Evaluated,
  type EvaluateOptions,
  type EvaluateProgress,
  evaluate,
  type Interval,
  type Measures,
  type Protocol,
  protocols,
  type Run,
} from "./evaluate/index.ts";
export {
  type Change,
  type Contribution,
  type DecisionOptions,
  type Discovered,
  type DiscoverOptions,
  discover,
  type Evaluation,
  type ExplainFileOptions,
  type ExplainRowsOptions,
  type Explanation,
  type FileExplanations,
  type FileOptions,
  type FileScores,
  type FileSummary,
  type FitOptions,
  fit,
  load,
  type MadeChange,
  type Manifest,
  type Model,
  type Row,
  type RowScore,
  type ScoreDetails,
  type ScoreDrift,
  type ScoreOptions,
  type Scores,
  type Synthesized,
  type SynthesizeOptions,
  synthesize,
  type Tuned,
  type TuneOptions,
  tune,
  version,
  type Watched,
  type WatchedColumn,
  type WatchOptions,
  type Wealth,
  watch,
} from "./model/index.ts";
export type { Matrix } from "./numeric/index.ts";
export {
  type ComparedRanks,
  criticalDifferenceSvg,
  evaluationReport,
  type ScoreReportFacts,
  scoreReport,
} from "./report/index.ts";
