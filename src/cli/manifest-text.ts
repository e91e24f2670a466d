import { smallestPValue } from "../calibrate/index.ts";
import type { Manifest } from "../model/index.ts";
import { flagOf } from "../options/index.ts";
import { counted, short } from "./number-text.ts";

/** "38 used: 35 numeric, 3 category". */
export function columnsText({ columns, prepared }: Manifest): string {
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
export function aside({ ignored, source }: Manifest, most: number): string[] {
  const groups = new Map<string, string[]>();
  for (const { name, kind, reason } of ignored) {
    const why = name === source.label ? "the label" : reason.startsWith("ignored") ? "by --ignore" : kind;
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

/** "2,000 rows held out; smallest p-value 1/2001 = 0.0005". */
export function calibrationText({ calibration: { method, rows } }: Manifest): string {
  const how =
    method === "split"
      ? `${counted(rows, "row")} held out`
      : `${counted(rows, "row")}, each scored by a detector that had not seen it (approximate)`;
  return `${how}; the smallest p-value is 1/${rows + 1} = ${short(smallestPValue(rows))}`;
}

/** What of the training data a model file holds. */
export function contentsText({ columns, detector, referenceRows }: Manifest): string[] {
  const own =
    detector.holds === "rows"
      ? `holds ${counted(detector.rowsUsed, "training row")} (the detector compares with them)`
      : "holds summaries of the training rows (the detector keeps no row)";
  const { rows } = referenceRows;
  const reference =
    rows === 0
      ? "no reference rows"
      : `${counted(rows, "normal row")} as they came, for explanation (--no-rows leaves them out)`;
  const texts = columns.some(({ kind }) => kind === "category") ? ["every text of its category columns"] : [];
  return [`${[own, ...texts].join(", ")} and ${reference}`];
}

function tally(words: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
