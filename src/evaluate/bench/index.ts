export { type Bench, type BenchOptions, type BenchProgress, runBench } from "./bench.ts";
export { type DataFolder, type ManifestEntry, openDataFolder } from "./manifest.ts";
export { type NumericSet, readNumericSet } from "./numeric-set.ts";
export { type BenchRanks, ranksOf } from "./ranks.ts";
export { type ResultRow, readResults, writeResults } from "./results.ts";
export type { Caps, Suite } from "./suite.ts";
export { suiteNamed, suites } from "./suites.ts";
export {
  bySet,
  CONTROL,
  type Difference as BenchDifference,
  mainVariant,
  measuredOn,
  type SetDifference,
  type SummaryLine,
  setDifferences,
  summaryLines,
  testOf,
  throughout,
  trainingAdds,
} from "./summary.ts";
