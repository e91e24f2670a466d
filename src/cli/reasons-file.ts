import type { Explanation } from "../model/index.ts";

/** Explanations as JSON lines, one a row; with `columns` only so many contributions of each. */
export function reasonsJson(explanations: readonly Explanation[], columns = Number.POSITIVE_INFINITY): string {
  return explanations
    .map((one) => `${JSON.stringify({ ...one, contributions: one.contributions.slice(0, columns) })}\n`)
    .join("");
}

const HEAD = [
  "row",
  "score",
  "p_value",
  "flagged",
  "rank",
  "column",
  "value",
  "contribution",
  "direction",
  "change_to",
];

/**
 * Explanations as CSV, a line a row and column, the columns in their order; `change_to` is the value that the change gives.
 * Images of a folder have their `file` at the end.
 */
export function reasonsCsv(explanations: readonly Explanation[], columns = Number.POSITIVE_INFINITY): string {
  const ofFolder = explanations.some(({ file }) => file !== undefined);
  const lines = explanations.flatMap(({ row, file, score, pValue, flagged, contributions, change }) => {
    const to = new Map(change?.changes.map((one) => [one.column, one.to]));
    return contributions
      .map((one, rank) => ({ ...one, rank: rank + 1 }))
      .filter(({ column, rank }) => rank <= columns || to.has(column))
      .map(({ column, value, contribution, direction, rank }) => [
        row,
        score,
        pValue,
        flagged,
        rank,
        column,
        value,
        contribution,
        direction,
        to.get(column) ?? "",
        ...(ofFolder ? [file ?? ""] : []),
      ]);
  });
  return [[...HEAD, ...(ofFolder ? ["file"] : [])], ...lines].map((cells) => `${cells.map(cell).join(",")}\n`).join("");
}

function cell(value: unknown): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
