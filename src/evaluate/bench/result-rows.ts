import type { Entry } from "./journal.ts";
import type { Unit } from "./plan.ts";
import type { ResultRow } from "./results.ts";
import type { Caps, Measured, Suite } from "./suite.ts";

/** The rows of one unit: one a split, or one that says why there is no measurement. */
export function resultRows(
  suite: Suite,
  caps: Caps,
  { task, contestant, variant, key }: Unit,
  versions: { readonly version: string; readonly onnxruntime: string },
  { measured, error, ...made }: Entry<readonly Measured[]>,
): readonly ResultRow[] {
  return (measured ?? [NOTHING]).map((one) => ({
    suite: suite.name,
    part: task.part,
    set: task.set,
    data_sha256: task.entries.map(({ sha256 }) => sha256).join(" "),
    protocol: suite.sentence(caps, task.part),
    max_train: caps.maxTrain,
    max_test: caps.maxTest,
    name: contestant.name,
    control: contestant.control ?? "",
    twin_of: contestant.twinOf ?? "",
    detector: contestant.detector.name,
    options: JSON.stringify(contestant.options),
    variant,
    key,
    ...numbered(one),
    error: error ?? "",
    ...versions,
    ...made,
  }));
}

/** The journal's JSON has no NaN: what there is not comes back as null. */
function numbered(measured: Measured): Measured {
  return Object.fromEntries(Object.entries(measured).map(([name, value]) => [name, value ?? Number.NaN])) as {
    [K in keyof Measured]: Measured[K];
  };
}

const NOTHING: Measured = {
  split: "",
  n_train: Number.NaN,
  n_learned: Number.NaN,
  n_test: Number.NaN,
  anomalies: Number.NaN,
  d: Number.NaN,
  auroc: Number.NaN,
  ap: Number.NaN,
  recall_1_percent: Number.NaN,
  recall_5_percent: Number.NaN,
  recall_flagged: Number.NaN,
  false_alarms_flagged: Number.NaN,
  fit_seconds: Number.NaN,
  score_seconds: Number.NaN,
  fit_cpu_seconds: Number.NaN,
  score_cpu_seconds: Number.NaN,
  bytes: Number.NaN,
};
