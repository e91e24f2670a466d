/** A Markdown table, the first row its head: the first column to the left and the others to the right. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]) => `| ${row.join(" | ")} |`;
  const [head, ...rest] = rows.map(line);
  return [head, `|---${"|---:".repeat(rows[0].length - 1)}|`, ...rest].join("\n");
}

/** A number between −1 and 1 without its leading 0, others with it. */
export function decimals(value: number, digits: number): string {
  return value
    .toFixed(digits)
    .replace(/^(-?)0\./, "$1.")
    .replace("-", "−");
}

/** The mean of what keys gave, ± its standard deviation where there is more than one of them. */
export function meanAndSpread(values: readonly number[], digits: number): string {
  const mean = values.reduce((total, x) => total + x, 0) / values.length;
  if (values.length === 1) return decimals(mean, digits);
  const spread = Math.sqrt(values.reduce((total, x) => total + (x - mean) ** 2, 0) / (values.length - 1));
  return `${decimals(mean, digits)} ± ${decimals(spread, digits)}`;
}
