import {
  add,
  cast,
  choose,
  concatenate,
  divide,
  equal,
  expandDims,
  float64,
  floor,
  gather,
  greater,
  isMissing,
  labelEncoder,
  less,
  multiply,
  sine,
  subtract,
  sum,
  type Tensor,
  where,
} from "../graph/index.ts";
import { median } from "../numeric/index.ts";
import { MISSING_TEXT } from "./missing.ts";

/** A raw column as prepared ones: finite float64, fitted on training values only. */
export interface Encoder {
  /** What each prepared column is called. */
  readonly names: readonly string[];
  /** Raw values (rows: float64 with NaN for missing, or strings) to rows × names. */
  readonly forward: (raw: Tensor) => Tensor;
  /** What was learned, for people: "median 3.2 for 12 missing values". */
  readonly facts: readonly string[];
}

/** Several raw columns of numbers as prepared ones; `facts` has a list a raw column. */
export interface NumbersEncoder {
  readonly names: readonly string[];
  readonly forward: (raws: readonly Tensor[]) => Tensor;
  readonly facts: readonly (readonly string[])[];
}

/**
 * Numbers as they are. A missing value becomes the median, and columns "… is missing" (0 or 1) follow for those where
 * training saw any. +∞ and −∞ become one range beyond the largest and smallest finite value. All columns are one matrix
 * from the start: a graph of ten nodes, not of seven a column, which ONNX Runtime takes minutes to compile for
 * thousands; where all of its entries are finite it stays as it is. O(n log n) a column.
 */
export function fitNumbers(
  columns: readonly { readonly name: string; readonly values: Float64Array }[],
): NumbersEncoder {
  const fitted = columns.map(({ values }) => fitNumber(values));
  const [fills, lows, highs] = (["fill", "low", "high"] as const).map((what) => float64(fitted.map((f) => f[what])));
  const marked = fitted.flatMap(({ missing }, j) => (missing > 0 ? [j] : []));
  const forward = (raws: readonly Tensor[]) => {
    const single = raws.map((raw) => expandDims(raw, 1));
    const x = concatenate(single, 1);
    const bounded = where(greater(x, Number.MAX_VALUE), highs, where(less(x, -Number.MAX_VALUE), lows, x));
    // A sum with a NaN or an infinity in it is no number; choosing entry by entry takes longer than many a detector.
    const finite = equal(multiply(sum(sum(x, 1), 0), 0), 0);
    const filled = choose(finite, x, where(isMissing(x), fills, bounded));
    if (marked.length === 0) return filled;
    const marks = concatenate(
      marked.map((j) => single[j]),
      1,
    );
    return concatenate([filled, cast(isMissing(marks), "float64")], 1);
  };
  return {
    names: [...columns.map(({ name }) => name), ...marked.map((j) => `${columns[j].name} is missing`)],
    forward,
    facts: fitted.map(({ missing, infinite, fill }) => [
      ...(missing > 0
        ? [`${counted(missing, "missing value")} became the median, ${short(fill)}, with a column that marks them`]
        : []),
      ...(infinite > 0 ? [`${counted(infinite, "infinite value")} became one range beyond the others`] : []),
    ]),
  };
}

/** What stands for a missing value, −∞ and +∞ in a column. */
function fitNumber(values: Float64Array) {
  const finite = values.filter(Number.isFinite);
  const missing = values.reduce((count, x) => count + (Number.isNaN(x) ? 1 : 0), 0);
  const fill = finite.length > 0 ? median(finite) : 0;
  const lowest = finite.reduce((a, b) => Math.min(a, b), fill);
  const highest = finite.reduce((a, b) => Math.max(a, b), fill);
  const range = Math.min(highest - lowest || 1, Number.MAX_VALUE / 4);
  return {
    fill,
    low: Math.max(lowest - range, -Number.MAX_VALUE),
    high: Math.min(highest + range, Number.MAX_VALUE),
    missing,
    infinite: values.length - finite.length - missing,
  };
}

/**
 * Text by how unusual it is: one number a category, the surprisal −log(share of rows), rarer is larger; where
 * neighbors in that order are closer than 0.1, the rarer is moved up, so that no two categories are one. An unseen
 * category gets a value beyond all: at least 1 above the rarest, and log(2 n), the surprisal of half a row. Missing
 * text is a category where training saw it, unseen where not. O(n log n).
 */
export function fitCategory(name: string, values: readonly (string | null)[]): Encoder {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value ?? MISSING_TEXT, (counts.get(value ?? MISSING_TEXT) ?? 0) + 1);
  const levels = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const codes: number[] = [];
  for (const [, count] of levels) {
    const surprisal = -Math.log(count / values.length);
    codes.push(codes.length === 0 ? surprisal : Math.max(surprisal, codes[codes.length - 1] + 0.1));
  }
  const unseen = Math.max(codes[codes.length - 1] + 1, Math.log(2 * values.length));
  const table = float64([...codes, unseen]);
  const labels = levels.map(([label]) => label);
  return {
    names: [name],
    forward: (text) => expandDims(gather(table, labelEncoder(text, labels)), 1),
    facts: [
      `${labels.length} categories, ${code(codes[0])} (commonest) to ${code(codes[codes.length - 1])}; unseen ${code(unseen)}`,
    ],
  };
}

/**
 * Seconds since 1970 UTC as the time of day and the day of the week, each a point on the unit circle (sine, cosine), so
 * that 23:59 is near 0:00. A missing time is the circle's center, marked by a further column where training saw any.
 */
export function fitTimestamp(name: string, values: Float64Array): Encoder {
  const missing = values.some(Number.isNaN);
  const forward = (seconds: Tensor) => {
    const absent = isMissing(seconds);
    const days = divide(where(absent, 0, seconds), 86_400);
    // 1970 began on a Thursday, three days after a Monday.
    const turns = [days, divide(add(days, 3), 7)].map((turn) => multiply(subtract(turn, floor(turn)), 2 * Math.PI));
    const points = turns.flatMap((angle) => [sine(angle), sine(add(angle, Math.PI / 2))]);
    const columns = points.map((point) => expandDims(where(absent, 0, point), 1));
    return concatenate(missing ? [...columns, isMissingColumn(seconds)] : columns, 1);
  };
  const parts = ["time of day, sine", "time of day, cosine", "weekday, sine", "weekday, cosine"];
  return {
    names: [...parts.map((part) => `${name} (${part})`), ...(missing ? [`${name} is missing`] : [])],
    forward,
    facts: ["time of day and weekday (UTC) as points on a circle"],
  };
}

function isMissingColumn(x: Tensor): Tensor {
  return expandDims(cast(isMissing(x), "float64"), 1);
}

const code = (x: number): string => x.toFixed(2);
const short = (x: number): string => String(Number(x.toPrecision(6)));
const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;
