import type { Explanation, FileExplanations } from "../model/index.ts";
import { counted, short } from "./number-text.ts";
import { outputWidth, type Terminal } from "./terminal.ts";
import { clip, formatTable } from "./text-table.ts";
import { visible } from "./visible.ts";
import { wrapText } from "./wrap-text.ts";

const BAR = 10;
/** A value or a name is cut at so many characters. */
const LONGEST = 24;

type Style = Pick<Terminal, "out" | "stdout">;

/** Explanations for people, one paragraph a row. */
export function explanationsText(
  { explanations, level }: Pick<FileExplanations, "explanations" | "level">,
  columns: number,
  style: Style,
): string {
  return explanations.map((one) => explanationText(one, level, columns, style)).join("\n\n");
}

function explanationText(one: Explanation, level: number, columns: number, { out, stdout }: Style): string {
  const width = outputWidth(stdout);
  const { row, file, score, pValue, flagged, contributions } = one;
  const state = flagged ? out.red(`flagged (p ≤ ${short(level)})`) : `not flagged (p > ${short(level)})`;
  const shown = contributions.slice(0, Math.max(1, columns));
  return [
    `${out.bold(file === undefined ? `row ${row}` : `row ${row}, ${visible(file)}`)}  score ${short(score)}, p ${short(pValue)}, ${state}`,
    "",
    out.dim(`  ${wrapText(`what carries the score (${HOW[one.method]})`, width - 2, "  ")}`),
    ...contributionLines(shown, width, out),
    ...othersLine(contributions.slice(shown.length), one.map ? "other cell" : "other column"),
    ...mapLines(one.map),
    ...changeLines(one, width, out),
    ...nearestLines(one, shown, width, out),
  ].join("\n");
}

const HOW: Readonly<Record<Explanation["method"], string>> = {
  exact: "exact: the score is a sum over columns",
  "integrated gradients": "integrated gradients, from the nearest normal row",
  "wiped cells": "by how far the score falls when a cell of the image gets the color around it",
  occlusion: "by how far the score falls when values are replaced by normal ones",
};

function contributionLines(shown: Explanation["contributions"], width: number, out: Terminal["out"]): string[] {
  const most = Math.max(...shown.map(({ contribution }) => contribution), 0);
  const cells = shown.map(({ column, value, contribution, direction }) => ({
    name: visible(clip(column, LONGEST)),
    value: shownValue(value),
    bar: "█".repeat(most > 0 ? Math.max(0, Math.round((BAR * contribution) / most)) : 0),
    size: signed(contribution),
    direction,
  }));
  const widest = (of: (cell: (typeof cells)[number]) => string) => Math.max(...cells.map((cell) => of(cell).length));
  const [names, values, sizes] = [widest((c) => c.name), widest((c) => c.value), widest((c) => c.size)];
  const indent = 4 + names + 2 + values + 2 + sizes + 1 + BAR + 2;
  // On a narrow terminal the words go below.
  const beside = width - indent >= 30;
  return cells.map(({ name, value, bar, size, direction }) => {
    const head = `    ${out.bold(name)}${" ".repeat(names - name.length)}  ${value.padStart(values)}  ${size.padStart(sizes)} ${bar.padEnd(BAR)}`;
    if (beside) return `${head}  ${wrapText(direction, width - indent, " ".repeat(indent))}`.trimEnd();
    return `${head.trimEnd()}\n      ${wrapText(direction, width - 6, "      ")}`;
  });
}

/** Parts of the score from little to much; negative ones are dots. */
const SHADES = "·░▒▓█";

/** The cells of an image as they lie, two characters each, for characters are twice as high as wide. */
function mapLines(map: Explanation["map"]): string[] {
  if (!map) return [];
  const most = Math.max(...map.flat(), 0);
  const shade = (part: number) => SHADES[most > 0 ? Math.max(0, Math.round((part / most) * (SHADES.length - 1))) : 0];
  return ["", ...map.map((row) => `    ${row.map((part) => shade(part).repeat(2)).join("")}`)];
}

function othersLine(others: Explanation["contributions"], what: string): string[] {
  if (others.length === 0) return [];
  const total = others.reduce((sum, { contribution }) => sum + contribution, 0);
  return [`    ${counted(others.length, what)}: ${signed(total)} together`];
}

function changeLines({ flagged, change, map }: Explanation, width: number, out: Terminal["out"]): string[] {
  if (!flagged || map) return [];
  if (change === null) return ["", out.dim(`  ${wrapText(NO_CHANGE, width - 2, "  ")}`)];
  const { changes, pValue, small } = change;
  const more = small ? "" : ", for none of at most 3 columns was found";
  const head = `${small ? "the smallest change found that makes it" : "a change that makes it"} normal (p ${short(pValue)}${more})`;
  const names = Math.max(...changes.map(({ column }) => visible(clip(column, LONGEST)).length));
  const shown = changes.slice(0, MOST_CHANGES).map(({ column, from, to }) => {
    const name = visible(clip(column, LONGEST)).padEnd(names);
    return `    ${name}  ${shownValue(from)} → ${visible(clip(to, LONGEST))}`;
  });
  const rest = changes.length - shown.length;
  return [
    "",
    out.dim(`  ${wrapText(head, width - 2, "  ")}`),
    ...shown,
    ...(rest > 0 ? [`    and ${counted(rest, "column")} more`] : []),
  ];
}

const MOST_CHANGES = 10;
const NO_CHANGE = "no change was found that makes it normal: no normal row to begin with is scored normal";

/** The columns of contributions, of the row and of the normal rows nearest to it. */
function nearestLines(
  { nearest, contributions }: Explanation,
  shown: Explanation["contributions"],
  width: number,
  out: Terminal["out"],
): string[] {
  if (nearest.length === 0) return [];
  const own = new Map(contributions.map(({ column, value }) => [column, value]));
  const titles = shown.map(({ column }) => visible(clip(column, LONGEST)));
  const rows = [
    ["this row", "", ...shown.map(({ column }) => shownValue(own.get(column) ?? ""))],
    ...nearest.map(({ distance, values }) => [
      "normal",
      short(distance),
      ...shown.map(({ column }) => shownValue(values[column])),
    ]),
  ];
  // As many columns as fit.
  const widths = titles.map((title, j) => Math.max(title.length, ...rows.map((row) => row[j + 2].length)));
  let [room, fit] = [width - 22, 0];
  while (fit < widths.length && room >= widths[fit] + 2) room -= widths[fit++] + 2;
  const table = formatTable(
    [
      { title: "" },
      { title: "distance", align: "right" },
      ...titles.slice(0, fit).map((title) => ({ title, align: "right" as const })),
    ],
    rows.map((row) => row.slice(0, fit + 2)),
    out.dim,
  );
  return ["", out.dim("  the nearest normal rows"), ...table.split("\n").map((line) => `  ${line}`)];
}

/** A value as it fits into a table: a fraction of many digits with six of them. */
function shownValue(text: string): string {
  return /^-?\d+\.\d{6,}(e-?\d+)?$/.test(text)
    ? String(Number(Number(text).toPrecision(6)))
    : visible(clip(text, LONGEST));
}

function signed(x: number): string {
  return x < 0 ? `−${short(-x)}` : short(x);
}
