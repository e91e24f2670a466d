import { type Key, pairedBootstrap, quantileSorted, uniform } from "../numeric/index.ts";
import { measuresOf, type Scored } from "./measure.ts";
import type { Interval, Measures } from "./result.ts";

/** Resamples of test rows: fewer where rows are many and a resample says more. */
const DRAWS = 400;
const DRAWS_OF_MANY = 100;
const MANY_ROWS = 20_000;

/** The mean over runs with its 95 % bootstrap interval, runs resampled. One value is its own interval. */
export function overRuns(values: readonly number[], key: Key): Interval {
  if (values.length === 1) return { mean: values[0], low: values[0], high: values[0] };
  const { difference, low, high } = pairedBootstrap(values, new Float64Array(values.length), key);
  return { mean: difference, low, high };
}

/** Measures of resampled test rows: for each candidate, one value a draw. */
export type Resampled = readonly Readonly<Record<keyof Measures, Float64Array>>[];

/**
 * All measures of each candidate on resamples of the same test rows, normal and anomalous ones resampled apart (Efron 1979).
 * Candidates are scored on one draw together, so that differences are paired. 400 draws, 100 for more than 20,000 rows.
 * O(draws · n log n).
 */
export async function resampleRows(
  candidates: readonly Scored[],
  level: number,
  key: Key,
  onDraw: (done: number, total: number) => void | Promise<void>,
): Promise<Resampled> {
  const n = candidates[0].scores.length;
  const draws = n > MANY_ROWS ? DRAWS_OF_MANY : DRAWS;
  // In the order of the scores, so that sorting a resample again is quick.
  const orders = candidates.map(({ scores }) => Uint32Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b]));
  const names = Object.keys(measuresOf(candidates[0], level)) as (keyof Measures)[];
  const out = candidates.map(() => Object.fromEntries(names.map((name) => [name, new Float64Array(draws)])));
  const kinds = [0, 1].map((kind) =>
    Array.from(candidates[0].anomalous.keys()).filter((row) => candidates[0].anomalous[row] === kind),
  );
  for (let draw = 0; draw < draws; draw++) {
    await onDraw(draw, draws);
    const u = uniform(key.for(draw));
    const counts = new Uint32Array(n);
    for (const rows of kinds) for (let i = 0; i < rows.length; i++) counts[rows[Math.floor(u() * rows.length)]]++;
    candidates.forEach((candidate, place) => {
      const measures = measuresOf(repeated(candidate, orders[place], counts), level);
      for (const name of names) out[place][name][draw] = measures[name];
    });
  }
  return out as unknown as Resampled;
}

/** A value with the 95 % percentile interval of its resampled values. */
export function overDraws(mean: number, draws: Float64Array): Interval {
  const sorted = draws.toSorted();
  return { mean, low: quantileSorted(sorted, 0.025), high: quantileSorted(sorted, 0.975) };
}

/** Each row as often as it was drawn. */
function repeated({ anomalous, scores, pValues }: Scored, order: Uint32Array, counts: Uint32Array) {
  const out = {
    anomalous: new Uint8Array(order.length),
    scores: new Float64Array(order.length),
    pValues: new Float64Array(order.length),
  };
  let at = 0;
  for (const row of order)
    for (let times = counts[row]; times > 0; times--, at++) {
      out.anomalous[at] = anomalous[row];
      out.scores[at] = scores[row];
      out.pValues[at] = pValues[row];
    }
  return out;
}
