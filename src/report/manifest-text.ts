import { smallestPValue } from "../calibrate/index.ts";
import { detectors } from "../detect/index.ts";
import type { Manifest } from "../model/index.ts";
import { counted, short } from "../numeric/index.ts";
import { flagOf } from "../options/index.ts";

/** "38 used: 35 numeric, 3 category". */
export function columnsText({ columns, images, prepared }: Manifest): string {
  if (images) return "pixels of images, and nothing else";
  const kinds = tally(columns.map(({ kind }) => kind)).map(([kind, n]) => `${n} ${kind}`);
  const widened = prepared.length === columns.length ? "" : `; ${counted(prepared.length, "number")} once prepared`;
  return `${columns.length} used: ${kinds.join(", ")}${widened}`;
}

/** What the columns that are not plain numbers became, at most `most` of them. */
export function preparedFacts({ facts }: Manifest, most: number): string[] {
  const told = facts.filter((column) => column.facts.length > 0);
  const lines = told.slice(0, most).map((column) => `${column.name}: ${column.facts.join("; ")}`);
  return told.length > most ? [...lines, `… and ${told.length - most} more: unseen inspect shows them`] : lines;
}

/** The columns left aside by their kind: "constant: urgent, land". At most `most` names of a kind. */
export function aside({ ignored, source, calibration }: Manifest, most: number): string[] {
  const groups = new Map<string, string[]>();
  const together = calibration.by?.kind === "groups" ? "the groups" : "the time";
  for (const { name, kind, reason } of ignored) {
    const own = name === source.label ? "the label" : name === calibration.by?.column ? together : null;
    const why = own ?? (reason.startsWith("ignored") ? "by --ignore" : kind);
    groups.set(why, [...(groups.get(why) ?? []), name]);
  }
  return [...groups].map(([why, names]) => {
    const more = names.length > most ? `, … (${names.length})` : "";
    const unseen = why === "constant" ? ` (a change goes unseen: --column ${names[0]}=category would watch it)` : "";
    return `${why}: ${names.slice(0, most).join(", ")}${more}${unseen}`;
  });
}

/** Name, options and notes of the detector. */
export function detectorText({ detector }: Manifest): string[] {
  const options = Object.entries(detector.options).map(([name, value]) => `${flagOf(name)} ${value}`);
  return [`${detector.name}: ${detector.summary}`, options.join(" "), ...detector.notes].filter((text) => text !== "");
}

/** "2,000 rows held out; smallest p-value 1/2001 = 0.0005", what they mean where rows hang together, and why some were held out. */
export function calibrationText(manifest: Manifest): string[] {
  const { images, detector, calibration } = manifest;
  const trains = detectors.some(({ name, trains }) => trains && name === detector.name);
  return [
    ...meaningText(calibration),
    ...(images && trains && calibration.method === "split"
      ? ["held out, so that one network is trained: --calibration cross learns from all images and trains several"]
      : []),
  ];
}

function meaningText(calibration: Manifest["calibration"]): string[] {
  const { method, rows, by, units } = calibration;
  const smallest = `the smallest p-value is 1/${units + 1} = ${short(smallestPValue(units))}`;
  if (by?.kind === "groups") {
    const seen = method === "split" ? "held out" : "each scored by a detector that had not seen it (approximate)";
    return [
      `${counted(units, "group")} of equal ${by.column}, ${seen}; ${smallest}`,
      `p-values are for rows of a new group (${by.column}), whatever hangs together within one`,
    ];
  }
  if (by?.kind === "time") {
    const seen = method === "split" ? "held out" : "each scored by a detector of earlier rows";
    return [
      `${counted(rows, "later row")} by ${by.column}, ${seen}; ${smallest}`,
      "p-values are for rows to come, if they are to these rows as the last were to those before: nothing is exact",
    ];
  }
  const seen = method === "split" ? " held out" : ", each scored by a detector that had not seen it (approximate)";
  return [`${counted(rows, "row")}${seen}; ${smallest}`];
}

/** What of the training data a model file holds, thing by thing. */
export function contentsText(manifest: Manifest): string[] {
  const { columns, calibration, referenceRows, source, leastFit } = manifest;
  const namesFiles = leastFit?.calibration.some(({ file }) => file !== undefined);
  const { rows } = referenceRows;
  const kinds = new Set(columns.map(({ kind }) => kind));
  const told = [
    "path",
    ...(source.label === null ? [] : ["label"]),
    ...(manifest.known === null ? [] : ["classes of known anomalous rows"]),
    ...(source.where === null ? [] : ["--where"]),
    ...(source.sql === null ? [] : ["--sql"]),
  ];
  return [
    ownText(manifest),
    ...(kinds.has("numeric") || kinds.has("boolean")
      ? ["the smallest, largest and median value of each column of numbers"]
      : []),
    ...(kinds.has("category") ? ["every text of its category columns"] : []),
    `${counted(calibration.rows, "calibration score")}, and the ${namesFiles ? "files (--no-rows leaves them out)" : "numbers"} of the ${namesFiles ? "images" : "rows"} that fit least`,
    ...(manifest.tuned?.blend
      ? ["what labelled rows taught: weights of columns, and values of single columns at which trees split"]
      : []),
    rows === 0
      ? "no reference rows"
      : `${counted(rows, "normal row")} as they came, for explanation (--no-rows leaves them out)`,
    `what it was fitted on, in words: ${told.join(", ")}, names of columns`,
  ];
}

/** What the detector holds, and its scaling. */
function ownText({ detector }: Manifest): string {
  if (detector.holds === "rows")
    return `holds ${counted(detector.rowsUsed, "training row")} (the detector compares with them)`;
  if (detector.holds === "values")
    return "holds values of single columns, apart from their rows (quantiles or bin edges of the detector)";
  if (detector.options["scaling"] === "quantile-normal")
    return "holds quantiles of each column (quantile-normal scaling) and summaries of the training rows, no row";
  return "holds summaries of the training rows (the detector keeps no row)";
}

function tally(words: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
