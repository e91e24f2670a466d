import { smallestPValue } from "../calibrate/index.ts";
import { isMissingWord, looksLikeLabel } from "../data/index.ts";
import type { Manifest } from "../model/index.ts";
import {
  aside,
  calibrationText,
  columnsText,
  contaminationText,
  contentsText,
  detectorText,
  type Fact,
  knownText,
  leastFitText,
  preparedFacts,
} from "../report/index.ts";
import { formatFacts } from "./facts.ts";
import { bytes, count, counted, duration } from "./number-text.ts";
import { scoreCommand } from "./score-command.ts";
import { shellWord } from "./shell-word.ts";
import type { Terminal } from "./terminal.ts";
import { wrapText } from "./wrap-text.ts";

/** What came of a fit. */
export interface FitFacts {
  readonly manifest: Manifest;
  /** Rows of the input, those that are not normal included. */
  readonly rowsRead: number;
  readonly output: string;
  readonly bytes: number;
  readonly seconds: number;
}

/** The summary of a fit for people. */
export function fitSummary(facts: FitFacts, { err, width }: Pick<Terminal, "err" | "width">): string {
  const { manifest, output } = facts;
  const notes = [...hints(manifest), ...manifest.calibration.warnings];
  const list: Fact[] = [
    ["rows", rowsText(facts)],
    ["known", ...knownText(manifest, 6)],
    ["contamination", ...contaminationText(manifest)],
    ["columns", columnsText(manifest), ...preparedFacts(manifest, 6)],
    ["left aside", ...aside(manifest, 6)],
    ["detector", ...detectorText(manifest)],
    ["calibration", ...calibrationText(manifest)],
    ["fit least", ...leastFitText(manifest)],
    ["key", `${manifest.key}: the same rows and key give the same model`],
    ["file", `${output}, ${bytes(facts.bytes)}`, ...contentsText(manifest)],
  ];
  return [
    `${err.bold("learned")} from ${manifest.source.description} in ${duration(facts.seconds)}`,
    formatFacts(list, width, err.dim),
    ...notes.map((note) => `${err.yellow("note")}: ${wrapText(note, width - 6, "      ")}`),
    "",
    `next: ${err.bold(scoreCommand(manifest, output))}`,
  ].join("\n");
}

/** The same as one JSON object. */
export function fitJson({ manifest, rowsRead, output, bytes, seconds }: FitFacts): object {
  const { detector, calibration, contamination, leastFit, known, key, source, columns, ignored, referenceRows } =
    manifest;
  return {
    model: output,
    bytes,
    seconds: Number(seconds.toFixed(3)),
    rowsRead,
    normalRows: source.rows,
    rowsLearnedFrom: manifest.calibration.learned,
    columns,
    ignored,
    detector,
    calibration: { ...calibration, smallestPValue: smallestPValue(calibration.units) },
    contamination,
    known,
    leastFit,
    contents: contentsText(manifest),
    referenceRows,
    key,
    fingerprint: source.fingerprint,
    notes: [...hints(manifest), ...manifest.calibration.warnings],
  };
}

function rowsText({ manifest, rowsRead }: FitFacts): string {
  const { source, calibration } = manifest;
  const normal =
    source.label === null
      ? `${counted(source.rows, "row")}, all taken as normal`
      : `${count(source.rows)} of ${counted(rowsRead, "row")} are normal (${source.label} = ${source.normal.join(" or ")})`;
  const use =
    calibration.method === "split"
      ? `learned from ${count(calibration.learned)}, calibrated on ${count(calibration.rows)}`
      : `learned from all ${manifest.contamination?.rows ? "that were not dropped" : "of them"}`;
  return `${normal}; ${use}`;
}

/** Columns that are learned from and look like something else, and classes that look like no label. */
function hints({ columns, source, known }: Manifest): string[] {
  if (source.label !== null)
    return (known?.classes ?? [])
      .filter(({ name }) => isMissingWord(name))
      .map(
        ({ name, rows }) =>
          `${counted(rows, "row")} labelled ${JSON.stringify(name)} ${rows === 1 ? "is" : "are"} learned from as anomalous; if it means that nobody knows, pass --missing ${shellWord(name)}`,
      );
  return columns.flatMap(({ name }) => {
    const like = looksLikeLabel(name, 0);
    if (like === null) return [];
    const remedy =
      like === "label"
        ? `if it says what a row is, pass --label ${shellWord(name)} --normal VALUE, or --ignore ${shellWord(name)}`
        : `if it says what a row is for, pass --where "${name} = 'train'" --ignore ${shellWord(name)}`;
    return [`column "${name}" is learned from like any other; ${remedy}`];
  });
}
