import type { Manifest } from "../../model/index.ts";
import { count, counted, short } from "../../numeric/index.ts";
import { type Html, html } from "../html.ts";
import { contaminationText } from "../manifest-rows-text.ts";
import { aside, calibrationText, columnsText, contentsText } from "../manifest-text.ts";
import type { Section } from "../page.ts";
import { clipped, details, facts, note, points, scoreText, table } from "../parts.ts";

/** What the model learned from: rows, columns, what was left aside, doubts. */
export function learnedSection(manifest: Manifest): Section {
  const { source, calibration, columns, facts: told, ignored, leastFit } = manifest;
  const prepared = new Map(told.map((column) => [column.name, column.facts.join("; ")]));
  const body = html`${calibration.warnings.map((text) => note(text))}
${facts([
  ["Source", source.description],
  ["Rows", `${counted(source.rows, "normal row")}; learned from ${count(calibration.learned)}`],
  [
    "Normal",
    ...(source.label === null
      ? ["all rows were taken as normal"]
      : [`${source.label} = ${source.normal.join(" or ")}`]),
  ],
  ["Condition", ...(source.where === null ? [] : [source.where])],
  ["Query", ...(source.sql === null ? [] : [`${source.sql} (applied when rows are scored, too)`])],
  ["Left out", ...contaminationText(manifest)],
  ["Calibration", ...calibrationText(manifest)],
  ["Columns", columnsText(manifest)],
  ["Left aside", ...aside(manifest, 8)],
  ["Fingerprint", `${source.fingerprint.slice(0, 16)}… (SHA-256 of the values learned from)`],
])}
${manifest.images ? [...prepared].map(([name, text]) => html`<p>${name}: ${text}</p>`) : null}
${details(
  html`Columns <span>${count(columns.length)} used, ${count(ignored.length)} left aside</span>`,
  html`${table(
    "Columns that the model takes",
    [{ title: "Column" }, { title: "Kind" }, { title: "Prepared", sentences: true }],
    columns.map(({ name, kind }) => [clipped(name), kind, prepared.get(name) || "as it is"]),
  )}${
    ignored.length === 0
      ? null
      : table(
          "Columns left aside",
          [{ title: "Column" }, { title: "Kind" }, { title: "Why", sentences: true }],
          ignored.map(({ name, kind, reason }) => [clipped(name), kind, reason]),
        )
  }`,
)}
${leastFit === null ? null : leastFitDetails(leastFit, calibration.method)}
${details(html`What the model file holds`, points(contentsText(manifest)))}`;
  return { id: "learned", short: "Learned from", title: "What the model learned from", body };
}

function leastFitDetails(
  { numbered, calibration, dropped }: NonNullable<Manifest["leastFit"]>,
  method: Manifest["calibration"]["method"],
): Html {
  const where = { input: "", sql: " of what --sql gave", "rows read": " of the rows read" }[numbered];
  const seen = method === "split" ? "held out" : "scored by a detector that had not seen them";
  const rows = [...dropped.map((row) => [row, "dropped"] as const), ...calibration.map((row) => [row, seen] as const)];
  const ofFolder = rows.some(([{ file }]) => file !== undefined);
  return details(
    html`Rows given as normal that fit least <span>see whether they belong there</span>`,
    table(
      `Row numbers count from 1${where}`,
      [
        { title: "Row", align: "right" },
        ...(ofFolder ? [{ title: "File" }] : []),
        { title: "Score", align: "right" },
        { title: "p-value", align: "right" },
        { title: "Used" },
      ],
      rows.map(([{ row, file, score, pValue }, use]) => [
        count(row),
        ...(ofFolder ? [clipped(file ?? "", 80)] : []),
        scoreText(score),
        pValue === null ? "–" : short(pValue),
        use,
      ]),
    ),
  );
}
