export { checkOptions, fitForms } from "./check-options.ts";
export type { DecisionOptions } from "./decide.ts";
export { type Policy, policyOf } from "./decide.ts";
export { discover, discoverFile } from "./discover/discover.ts";
export { DISCOVER_METHODS, type DiscoverOptions, discoverOptionList } from "./discover/discover-options.ts";
export type {
  Control,
  Discovered,
  DiscoveredColumn,
  DiscoveredKernel,
  DiscoveredSparker,
} from "./discover/discovered.ts";
export type { Evaluation } from "./evaluation.ts";
export type { ExplainFileOptions, ExplainRowsOptions, FileExplanations } from "./explain/explain-file.ts";
export type { ExplainProgress } from "./explain/explain-table.ts";
export type { Change, Contribution, Explanation } from "./explanation.ts";
export type { FileScores, FileSummary } from "./file.ts";
export type { FileOptions } from "./file-options.ts";
export { fingerprint } from "./fingerprint.ts";
export { detectorNamed, type FitOptions, fit, inputColumns, schemaOf } from "./fit.ts";
export { type FittedTable, fitTable, scoreFitted, type TableFit } from "./fit-table.ts";
export { requireTable } from "./images.ts";
export { normalTexts } from "./labels.ts";
export { type KnownTable, type LearnContext, prepared, prepareRows } from "./learn.ts";
export { readModelFile } from "./load.ts";
export type { Manifest } from "./manifest.ts";
export { load, type Model } from "./model.ts";
export type { PValueCounts } from "./p-value-counts.ts";
export { replaceFile } from "./replace-file.ts";
export type { ScoreBins } from "./score-bins.ts";
export type { FlaggedRow, LabelCounts, ScoreDetails } from "./score-details.ts";
export type { Row, RowScore, ScoreOptions, Scores } from "./scores.ts";
export type { MadeChange } from "./synthesize/changes.ts";
export { checkMade, writeMade } from "./synthesize/made-file.ts";
export { type Synthesized, synthesize } from "./synthesize/synthesize.ts";
export type { SynthesizeOptions } from "./synthesize/synthesize-options.ts";
export { readTogether, type Together, takeTogether } from "./together.ts";
export type { Gain, Verdict } from "./tune/gain.ts";
export { tune } from "./tune/tune.ts";
export type { TuneOptions } from "./tune/tune-options.ts";
export type { Tuned } from "./tune/tuned.ts";
export { version } from "./version.ts";
export type { WatchOptions } from "./watch/watch-model.ts";
export type { CategoryShares, ScoreDrift, Spread, Watched, WatchedColumn, Wealth } from "./watch/watched.ts";
export { watch } from "./watch.ts";
