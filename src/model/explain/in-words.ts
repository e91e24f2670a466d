import { quantileSorted } from "../../numeric/index.ts";
import type { NormalColumn } from "./normal-rows.ts";

/** A value in codes as people write it. */
export function valueText({ kind, texts }: Pick<NormalColumn, "kind" | "texts">, value: number): string {
  if (Number.isNaN(value)) return "missing";
  if (texts !== null) return texts[value];
  if (kind === "boolean") return value === 0 ? "false" : value === 1 ? "true" : String(value);
  if (kind === "timestamp") return timeText(value);
  return String(value);
}

/**
 * What is odd about a value, against normal rows: `higher than all of 512 normal rows (typical 0.2 to 4.1)`,
 * `seen in 0.4 % of normal rows, most often tcp (83 %)`, `missing, as in no normal row`. Typical is the middle 90 %.
 * `carries` says whether the value carries a score: what is usual by itself is then odd beside the other columns.
 */
export function direction(column: NormalColumn, value: number, carries: boolean): string {
  const usual = carries ? "usual by itself, odd beside the other columns" : "usual";
  const n = column.sorted.length + column.missing;
  if (Number.isNaN(value)) return `missing, as in ${shareOf(column.missing, n)}`;
  if (column.sorted.length === 0) return "has a value, as no normal row does";
  if (column.kind === "category" || column.kind === "boolean") return common(column, value, n, usual);
  if (column.kind === "timestamp") return time(column, value);
  const { sorted } = column;
  const [below, above] = [sorted.filter((x) => x < value).length, sorted.filter((x) => x > value).length];
  const of = sorted.length;
  if (sorted[0] === sorted[of - 1])
    return value === sorted[0]
      ? `as in all normal rows`
      : `${value > sorted[0] ? "higher" : "lower"} than in all normal rows (always ${short(sorted[0])})`;
  const [low, high] = [short(quantileSorted(sorted, 0.05)), short(quantileSorted(sorted, 0.95))];
  const typical = low === high ? `nearly always ${low}` : `typical ${low} to ${high}`;
  if (below >= 0.9 * of) return `higher than ${most(below, of)} (${typical})`;
  if (above >= 0.9 * of) return `lower than ${most(above, of)} (${typical})`;
  return `${usual} (${typical})`;
}

function common(column: NormalColumn, value: number, n: number, usual: string): string {
  const count = column.counts.get(value) ?? 0;
  const most = valueText(column, column.typical);
  const [share, mostShare] = [count / n, (column.counts.get(column.typical) ?? 0) / n];
  const noun = column.kind === "category" ? "a category" : "a value";
  if (count === 0)
    return `${noun} never seen in normal rows${Number.isNaN(column.typical) ? "" : `, most often ${most} (${percent(mostShare)})`}`;
  if (share >= 0.1) return `${usual} (${percent(share)} of normal rows)`;
  return `seen in ${percent(share)} of normal rows, most often ${most} (${percent(mostShare)})`;
}

/** Normal times of the same weekday and of the same hour, in UTC. */
function time({ sorted }: NormalColumn, value: number): string {
  const hour = (seconds: number) => Math.floor((((seconds / 3600) % 24) + 24) % 24);
  const day = (seconds: number) => (((Math.floor(seconds / 86_400) + 4) % 7) + 7) % 7;
  const share = (same: (seconds: number) => boolean) => sorted.filter(same).length / sorted.length;
  const hours = share((x) => Math.min(Math.abs(hour(x) - hour(value)), 24 - Math.abs(hour(x) - hour(value))) <= 1);
  const days = share((x) => day(x) === day(value));
  return `${DAYS[day(value)]}, ${hour(value)} h UTC: ${percent(hours)} of normal rows within an hour of that, ${percent(days)} on that weekday`;
}

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

function most(count: number, of: number): string {
  return count === of
    ? `all of ${of} normal rows`
    : `${percent(Math.floor((1000 * count) / of) / 1000)} of normal rows`;
}

function shareOf(count: number, of: number): string {
  return count === 0 ? "no normal row" : `${percent(count / of)} of normal rows`;
}

/** Seconds since 1970 UTC as `2024-01-31 10:20:30.5`. */
function timeText(seconds: number): string {
  const date = new Date(Math.round(seconds * 1000));
  if (Number.isNaN(date.getTime())) return String(seconds);
  return date
    .toISOString()
    .replace("T", " ")
    .replace("Z", "")
    .replace(/\.000$/, "")
    .replace(/(\.\d*[1-9])0+$/, "$1");
}

const percent = (share: number): string => {
  const value = 100 * share;
  return `${Number(value < 1 ? value.toPrecision(1) : value.toFixed(value > 99 && value < 100 ? 1 : 0))} %`;
};

const short = (x: number): string => String(Number(x.toPrecision(4)));
