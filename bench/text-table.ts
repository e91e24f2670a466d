/** Columns of text, the first to the left and the others to the right, two spaces between them. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, j) => Math.max(...rows.map((row) => row[j].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, j) => (j === 0 ? cell.padEnd(widths[j]) : cell.padStart(widths[j]))).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}
