import type { ResultRow } from "../../src/evaluate/index.ts";

const NAN = Number.NaN;

/** A row of results of which only what is told matters. */
export function resultRow(name: string, set: string, auroc: number, more: Partial<ResultRow> = {}): ResultRow {
  const texts = { suite: "oddbench", part: "", split: "", data_sha256: "", protocol: "", control: "", twin_of: "" };
  const made = {
    detector: name,
    options: "{}",
    error: "",
    version: "",
    onnxruntime: "",
    code: "",
    node: "",
    machine: "",
  };
  const counts = {
    max_train: 1,
    max_test: 1,
    key: 0,
    n_train: 1,
    n_learned: 1,
    n_test: 1,
    anomalies: 1,
    d: 1,
    at_once: 2,
  };
  const measures = { auroc, ap: auroc / 2, recall_1_percent: 0.25, recall_5_percent: 0.5 };
  const flagged = { recall_flagged: NAN, false_alarms_flagged: NAN };
  const seconds = { fit_seconds: 9, score_seconds: 9, fit_cpu_seconds: 1, score_cpu_seconds: 2, bytes: 1000 };
  return { ...texts, ...made, ...counts, ...measures, ...flagged, ...seconds, variant: "all rows", name, set, ...more };
}
