/** A time as DuckDB writes it, in UTC: `2024-01-31 10:20:30.5`; null for an invalid date. */
export function timeText(date: Date): string | null {
  if (Number.isNaN(date.getTime())) return null;
  const [day, clock] = date.toISOString().replace("Z", "").split("T");
  return `${day} ${clock.replace(/\.?0+$/, (zeros) => (zeros.startsWith(".") ? "" : clock.includes(".") ? "" : zeros))}`;
}
