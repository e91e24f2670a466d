import type { Explanation, FlaggedRow } from "../../model/index.ts";
import { count, counted, short } from "../../numeric/index.ts";
import { contributionsFigure } from "../figures/contributions.ts";
import { type Html, html } from "../html.ts";
import type { Section } from "../page.ts";
import { clipped, details, scoreText, table } from "../parts.ts";
import { heatPicture, picture } from "../picture.ts";
import type { DetailedFacts } from "../score-facts.ts";

/** So many columns are named beside a flagged row, and so many of its values are listed. */
const REASONS = 3;
const MOST_VALUES = 20;
/** So many rows stand in the table from the start, and so many are shown one by one. */
const FIRST = 12;

/** The flagged rows of the highest scores, and why. */
export function flaggedSection({
  details: { flagged, flaggedTable, explanations, numbered },
  scores,
  manifest,
}: DetailedFacts): Section {
  const where = { input: "", sql: " of what --sql gave", "rows read": " of the rows read" }[numbered];
  const others = (flagged[0]?.others ?? []).map(({ name }) => name);
  const caption =
    scores.flaggedCount > flagged.length
      ? `The ${flagged.length} highest scores of ${counted(scores.flaggedCount, "flagged row")}`
      : `${counted(flagged.length, "flagged row")}, highest score first`;
  const headings = [
    { title: "Row", align: "right" as const },
    ...(flaggedTable.images ? [{ title: "Image" }] : []),
    { title: "Score", align: "right" as const },
    // Beside the score, so that telephones show it without scrolling.
    ...(explanations.length > 0 ? [{ title: "What is odd about it", sentences: true }] : []),
    { title: "p-value", align: "right" as const },
    ...others.map((title) => ({ title: clipped(title, 40) })),
  ];
  const rows = flagged.map((row, i) => [
    count(row.row),
    ...(flaggedTable.images ? [picture(flaggedTable.images, i, `the image of row ${row.row}`)] : []),
    scoreText(row.score),
    ...(explanations.length > 0 ? [reasons(explanations[i])] : []),
    short(row.pValue),
    ...row.others.map(({ value }) => (value === null ? html`<span class="quiet">missing</span>` : clipped(value, 60))),
  ]);
  return {
    id: "flagged",
    short: "Flagged rows",
    title: "Flagged rows, and why",
    body:
      flagged.length === 0
        ? html`<p>No row was flagged: ${scores.threshold < 0 ? "no p-value is small enough for the rule" : `no p-value is ${short(scores.threshold)} or less`}.</p>`
        : html`<p>Row numbers count from 1${where}. ${manifest.images ? IMAGE_REASONS : reasonsText(explanations, manifest.referenceRows.rows)}</p>
${table(caption, headings, rows.slice(0, FIRST))}
${rows.length > FIRST ? details(`${counted(rows.length - FIRST, "more flagged row")}`, table("Lower scores", headings, rows.slice(FIRST))) : null}
${explanations.length > 0 ? html`<h3>Row by row</h3>${explanations.slice(0, FIRST).map((explanation, i) => rowDetails(explanation, flagged[i], flaggedTable.images && picture(flaggedTable.images, i, "the image")))}` : null}`,
  };
}

const IMAGE_REASONS =
  "The cells named carry most of the score: each is wiped in turn to the color around it, and the image scored again. Red in the second picture is what the score loses.";

function reasonsText(explanations: readonly Explanation[], referenceRows: number): string {
  if (explanations.length > 0) {
    const exact = explanations.every(({ method }) => method === "exact");
    return `The columns named carry most of the score, ${exact ? "exactly, by the parts that the detector adds up" : `found by putting values of ${count(referenceRows)} normal rows in their place`}.`;
  }
  return "The model keeps no normal rows to compare with, so no reasons are given; fit without --no-rows for them.";
}

/** The columns that carry the score, with value and direction. */
function reasons({ contributions }: Explanation): Html {
  const top = contributions.filter(({ contribution }) => contribution > 0).slice(0, REASONS);
  if (top.length === 0) return html`<span class="quiet">no column by itself</span>`;
  return html`${top.map(
    ({ column, value, direction }, i) =>
      html`${i > 0 ? html`<br>` : null}<strong>${clipped(column, 60)}</strong> = ${clipped(value, 60)}: ${direction}`,
  )}`;
}

/** Contributions, the smallest change, the nearest normal rows and all values of a row. */
function rowDetails(explanation: Explanation, { score, pValue }: FlaggedRow, image: Html | undefined): Html {
  const { row, file, contributions, nearest, change, map } = explanation;
  return details(
    html`Row ${count(row)}${file === undefined ? null : html`, ${clipped(file, 80)}`} <span>score ${scoreText(score)}, p ${short(pValue)}</span>`,
    html`${image && map ? html`<p>${image}${heatPicture(map, "what each cell carries of the score")}</p>` : null}<div class="pair">${contributions.length > 0 ? contributionsFigure(row, contributions, score) : null}
${map ? null : changeText(change)}</div>
${table(
  map ? `Row ${count(row)}, cell by cell` : `Row ${count(row)} beside the nearest normal rows`,
  [
    { title: map ? "Cell" : "Column" },
    { title: "This row" },
    ...nearest.map((_, k) => ({ title: `Normal row ${k + 1}` })),
    { title: "Part of the score", align: "right" },
  ],
  contributions
    .slice(0, MOST_VALUES)
    .map(({ column, value, contribution }) => [
      clipped(column, 80),
      clipped(value),
      ...nearest.map(({ values }) => clipped(values[column] ?? "")),
      scoreText(contribution),
    ]),
)}
${contributions.length > MOST_VALUES ? html`<p class="quiet">${counted(contributions.length - MOST_VALUES, map ? "more cell" : "more column")} with smaller parts.</p>` : null}`,
  );
}

function changeText(change: Explanation["change"]): Html {
  if (change === null) return html`<p>No small change was found that would make this row normal.</p>`;
  const { changes, score, pValue, small } = change;
  const list = changes
    .slice(0, 8)
    .map(
      ({ column, from, to }, i) =>
        html`${i > 0 ? "; " : null}<strong>${clipped(column, 60)}</strong> from ${clipped(from, 60)} to ${clipped(to, 60)}`,
    );
  const more = changes.length > 8 ? `, and ${counted(changes.length - 8, "column")} more` : "";
  return html`<p>It would be normal (score ${scoreText(score)}, p ${short(pValue)}) with ${small ? "" : `${changes.length} columns changed: `}${list}${more}.</p>`;
}
