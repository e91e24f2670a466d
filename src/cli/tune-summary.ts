import type { Tuned } from "../model/index.ts";
import type { Fact } from "../report/index.ts";
import { formatFacts } from "./facts.ts";
import { bytes as bytesText, count, counted, duration, percent, short } from "./number-text.ts";
import { shellWord } from "./shell-word.ts";
import type { Terminal } from "./terminal.ts";
import { wrapText } from "./wrap-text.ts";

/** What came of tuning. */
export interface TuneFacts {
  readonly tuned: Tuned;
  readonly model: string;
  readonly labels: string;
  readonly output: string;
  /** The size of the file written; null where none was. */
  readonly bytes: number | null;
  readonly key: number | string;
  readonly seconds: number;
}

/** So many former false alarms are named. */
const NAMED = 10;

/** The summary of tuning for people. */
export function tuneSummary(facts: TuneFacts, { err, width }: Pick<Terminal, "err" | "width">): string {
  const { tuned, model, output, bytes, key, seconds } = facts;
  const { verdict, rows, blend, falseAlarms, reading, sentences } = tuned;
  const list: Fact[] = [
    ["labels", labelsText(tuned), reading],
    ["former false alarms", ...falseAlarmsText(falseAlarms)],
    ["compared with", `${counted(rows.reference, "normal row")}`],
    ["score", ...(blend === null ? ["as it was; p-values count the rows labelled normal too"] : [blendText(blend)])],
    ["key", `${key}: the same rows and key give the same model`],
    ["file", bytes === null ? `none written; keep ${model}` : `${output}, ${bytesText(bytes)}`],
  ];
  const items = sentences.map((sentence) => `  - ${wrapText(sentence, width - 4, "    ")}`);
  return [
    `${err.bold(verdict)}: ${model} with ${counted(rows.anomalous + rows.normal, "labelled row")}, in ${duration(seconds)}`,
    formatFacts(list, width, err.dim),
    "",
    err.bold("what that means"),
    ...items,
    "",
    bytes === null
      ? `next: ${err.bold(`unseen score new.csv -m ${shellWord(model)} --only flagged --review -o review.csv`)}, and label more rows`
      : `next: ${err.bold(`unseen score new.csv -m ${shellWord(output)} -o scored.csv`)}`,
  ].join("\n");
}

function labelsText({ rows }: Tuned): string {
  const aside = [
    ...(rows.unmarked > 0 ? [`${count(rows.unmarked)} without a label`] : []),
    ...(rows.repeated > 0 ? [`${count(rows.repeated)} equal to one before`] : []),
  ];
  const of = `${counted(rows.anomalous, "anomalous row")}, ${count(rows.normal)} normal`;
  return aside.length > 0 ? `${of}; left out: ${aside.join(", ")}` : of;
}

function falseAlarmsText(falseAlarms: Tuned["falseAlarms"]): string[] {
  if (falseAlarms.length === 0) return [];
  const sorted = [...falseAlarms].sort((a, b) => a.pValue - b.pValue);
  const named = sorted.slice(0, NAMED).map(({ row, pValue }) => `${count(row)} (p ${short(pValue)})`);
  return [
    `rows ${named.join(", ")}${sorted.length > NAMED ? `, … (${sorted.length})` : ""}: labelled normal, p ≤ 0.05 before`,
  ];
}

function blendText({ heads, fuse, weight }: NonNullable<Tuned["blend"]>): string {
  const others = heads === "mean" ? "the mean of three heads (offset, logistic, boosted trees)" : `the ${heads} head`;
  if (fuse === "max")
    return `the score as it was, or ${percent(weight)} of it and ${percent(1 - weight)} ${others} where that is more`;
  return `${percent(weight)} the score as it was, ${percent(1 - weight)} ${others}`;
}

/** The same as one JSON object. */
export function tuneJson({ tuned, model, labels, output, bytes, key, seconds }: TuneFacts): object {
  const { model: _, ...rest } = tuned;
  return {
    model,
    labels,
    output: bytes === null ? null : output,
    bytes,
    key,
    ...rest,
    seconds: Number(seconds.toFixed(3)),
  };
}
