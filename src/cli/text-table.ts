import { visible } from "./visible.ts";

/** One column of a table of texts. */
export interface TextColumn {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** Rows as aligned lines under their titles, two spaces apart, indented by two. No line ends in spaces. */
export function formatTable(
  columns: readonly TextColumn[],
  texts: readonly (readonly string[])[],
  dim: (text: string) => string = (text) => text,
): string {
  const rows = texts.map((row) => row.map((text) => visible(text.replace(/\n/g, " "))));
  const widths = columns.map(({ title }, j) => Math.max(title.length, ...rows.map((row) => row[j].length)));
  const pad = (text: string, j: number) =>
    columns[j].align === "right" ? text.padStart(widths[j]) : text.padEnd(widths[j]);
  const line = (cells: readonly string[]) => `  ${cells.map(pad).join("  ")}`.trimEnd();
  return [dim(line(columns.map(({ title }) => title))), ...rows.map(line)].join("\n");
}

/** A text of at most `length` characters, its end cut off where it is longer; line ends and tabs become spaces. */
export function clip(text: string, length: number): string {
  const flat = text.replace(/\s+/g, " ");
  return flat.length <= length ? flat : `${flat.slice(0, Math.max(0, length - 1))}…`;
}
