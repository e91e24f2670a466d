import { percent, short } from "../../numeric/index.ts";
import type { WatchedColumn } from "./watched.ts";

type Move = Pick<WatchedColumn, "kind" | "missing" | "spread" | "categories" | "absentFromReference" | "absentShare">;

/** Changes of a share below this are not worth a word. */
const LITTLE = 0.005;
const MOST_NAMED = 3;

/**
 * How a column moved, in its own unit: `median 4.1 → 6, middle half 3.2 to 5 → 5.1 to 7; missing 0 % → 12 %`, or
 * `"tcp" 80 % → 55 %, "udp" 15 % → 40 %; in no reference row: "quic" (3 % of rows)`.
 */
export function describeMove(move: Move): string {
  return [spreadText(move), categoryText(move), absentText(move), missingText(move)]
    .filter((text) => text !== "")
    .join("; ");
}

function spreadText({ spread, kind }: Move): string {
  if (spread === null) return "";
  const { reference, window } = spread;
  const value = kind === "timestamp" ? timeText : short;
  const change = (before: string, after: string) => (before === after ? `${before} as before` : `${before} → ${after}`);
  const half = (side: typeof reference) => `${value(side.lowerQuarter)} to ${value(side.upperQuarter)}`;
  const most = (side: typeof reference) => `${value(side.low)} to ${value(side.high)}`;
  const texts = [
    `median ${change(value(reference.median), value(window.median))}`,
    `middle half ${change(half(reference), half(window))}`,
  ];
  // Where the middle says nothing, the ends may.
  const still = value(reference.median) === value(window.median) && half(reference) === half(window);
  return [...texts, ...(still ? [`middle 90 % ${change(most(reference), most(window))}`] : [])].join(", ");
}

function categoryText({ categories }: Move): string {
  return categories
    .filter(({ reference, window }) => reference > 0 && Math.abs(window - reference) >= LITTLE)
    .filter(({ category }) => category !== "missing")
    .slice(0, MOST_NAMED)
    .map(({ category, reference, window }) => `${quoted(category)} ${percent(reference)} → ${percent(window)}`)
    .join(", ");
}

function absentText({ absentFromReference: absent, absentShare }: Move): string {
  if (absent.length === 0) return "";
  const named = absent.slice(0, MOST_NAMED).map(quoted).join(", ");
  const more = absent.length > MOST_NAMED ? ", …" : "";
  return `in no reference row: ${named}${more} (${percent(absentShare)} of rows)`;
}

function missingText({ missing }: Move): string {
  if (Math.abs(missing.window - missing.reference) < LITTLE) return "";
  return `missing ${percent(missing.reference)} → ${percent(missing.window)}`;
}

const quoted = (text: string) => JSON.stringify(text.length > 30 ? `${text.slice(0, 29)}…` : text);

/** Seconds since 1970 as a time in UTC. */
function timeText(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().slice(0, 16).replace("T", " ");
}
