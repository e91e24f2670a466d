export { evaluationFacts, evaluationNotes } from "./evaluation-text.ts";
export type { Fact } from "./fact.ts";
export { knownText } from "./known-text.ts";
export { contaminationText, leastFitText } from "./manifest-rows-text.ts";
export {
  aside,
  calibrationText,
  columnsText,
  contentsText,
  detectorText,
  preparedFacts,
} from "./manifest-text.ts";
export { ruleText } from "./rule-text.ts";
