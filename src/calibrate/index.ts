export { type Calibration, calibrationOf } from "./calibration.ts";
export { conditionalBounds, conditionalPValues } from "./conditional.ts";
export { type FalseAlarmThreshold, falseAlarmThreshold, realizedRate } from "./false-alarm.ts";
export { benjaminiHochberg, type Discoveries, storey } from "./false-discovery.ts";
export { type DecisionRule, describeGuarantee, type GuaranteeFacts } from "./guarantee.ts";
export { calibrationBehind, pValueExpression } from "./p-value-expression.ts";
export { conformalPValues, randomizedPValues, tieTolerance } from "./p-values.ts";
export { requireResolution, rowsFor, smallestPValue } from "./resolution.ts";
export { type CalibrationMode, type CalibrationPlan, type CalibrationPlanOptions, calibrationPlan } from "./split.ts";
