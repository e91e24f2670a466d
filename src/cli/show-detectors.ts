import { type Detector, detectors } from "../detect/index.ts";
import { InputError } from "../errors/index.ts";
import { describeOptions, expectation } from "../options/index.ts";
import { formatFacts } from "./facts.ts";
import { outputWidth, type Terminal } from "./terminal.ts";
import { formatTable } from "./text-table.ts";
import { wrapText } from "./wrap-text.ts";
import { writeOut } from "./write-out.ts";

/** Shows the detector of a name in full, or all of them in a line each. */
export async function showDetectors(name: string | undefined, json: boolean, terminal: Terminal): Promise<void> {
  const shown = detectors.filter((detector) => name === undefined || detector.name === name);
  if (shown.length === 0) {
    const names = detectors.map((detector) => detector.name).join(", ");
    throw new InputError(`detectors: name: expected ${names}, got "${name}"`);
  }
  const text = json
    ? JSON.stringify({ detectors: shown.map(described) })
    : name === undefined
      ? list(terminal)
      : `${entry(shown[0], terminal)}\n\nuse it: unseen fit ${inputOf(shown[0])} --detector ${name} -o model.onnx`;
  await writeOut(terminal.stdout, `${text}\n`);
}

const inputOf = ({ labels }: Detector) =>
  labels === undefined ? "normal.csv" : "labelled.csv --label Label --normal BENIGN";

function list({ out }: Terminal): string {
  const columns = [{ title: "name" }, { title: "model holds" }, { title: "what a row's score is" }];
  const rows = detectors.map(({ name, summary, holds, labels }) => [
    name,
    HELD[holds],
    labels === undefined ? summary : `${summary} (${LABELS[labels].short})`,
  ]);
  return `${formatTable(columns, rows, out.dim)}\n\n${detectors[0].name} is the default. Options, cost and paper of one: unseen detectors knn`;
}

function described({ name, summary, cost, citation, holds, labels, options }: Detector): object {
  const byDefault = name === detectors[0].name;
  return {
    name,
    default: byDefault,
    summary,
    cost,
    holds,
    labels: labels ?? "none",
    citation,
    options: describeOptions(options),
  };
}

function entry(detector: Detector, { out, stdout }: Terminal): string {
  const { name, summary, cost, citation, holds, labels, options } = detector;
  const width = outputWidth(stdout);
  const flags = describeOptions(options).map(
    (option) => `${out.bold(option.flag)}: ${expectation(option)}; default ${option.default}\n  ${option.sentence}`,
  );
  const title = `${out.bold(name)}${name === detectors[0].name ? " (the default)" : ""}`;
  const facts = formatFacts(
    [
      ["options", ...flags],
      ["cost", cost],
      ["model holds", HOLDS[holds]],
      ["labels", ...(labels === undefined ? [] : [LABELS[labels].long])],
      ["paper", ...(citation === null ? ["none: our own method"] : [citation.text, citation.url])],
    ],
    width,
    out.dim,
  );
  return `${title}\n  ${wrapText(summary, width - 2, "  ")}\n${facts}`;
}

/** The same in a word or two. */
const HELD = { rows: "rows", values: "values of columns", summaries: "summaries" } as const;

/** What of the training data a model holds, by what its detector says. */
const HOLDS = {
  rows: "training rows",
  values: "values of single columns, no row",
  summaries: "summaries of the training rows, no row",
} as const;

/** Whether a detector learns from anomalous rows too. */
const LABELS = {
  required: {
    short: "needs --label",
    long: "needs some known anomalous rows: rows of a --label that is not --normal, all or those of --known-classes",
  },
  optional: {
    short: "can use --label",
    long: "can use known anomalous rows: rows of a --label that is not --normal, all or those of --known-classes",
  },
} as const;
