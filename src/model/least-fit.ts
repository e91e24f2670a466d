import { type Calibration, conformalPValues } from "../calibrate/index.ts";
import type { Source } from "../data/index.ts";
import { type Table, takeTableRows } from "../numeric/index.ts";
import type { Calibrated } from "./calibrate.ts";
import { type LearnContext, scoresOf } from "./learn.ts";
import type { Manifest } from "./manifest.ts";

/** So many rows of a kind are named. */
const NAMED = 5;

interface Scored {
  readonly place: number;
  readonly score: number;
  readonly pValue: number | null;
}

/**
 * The rows given as normal that fit least, 5 of those that calibrate and 5 of those dropped, by their numbers in the input:
 * the first to look at where the rows may not be what they are said to be; images of a folder by their files as well, where
 * `named`. No values, which a model file should not hold.
 *
 * The p-value of a calibration row compares it with the others of them, so the first of n has 1 / n. `rows` is what was
 * read, `kept` and `dropped` are places in it, and `calibrated` counts within `kept`.
 */
export async function leastFit(
  source: Source,
  rows: Table,
  kept: Uint32Array | null,
  dropped: Uint32Array,
  calibrated: Calibrated,
  named: boolean,
  context: LearnContext,
): Promise<Manifest["leastFit"]> {
  const { calibration, scores } = calibrated;
  const held = highest(scores).map((i): Scored => {
    const row = calibrated.rows[i];
    return { place: kept?.[row] ?? row, score: scores[i], pValue: among(calibration, scores[i]) };
  });
  const quiet = { ...context, onProgress: undefined };
  const out =
    dropped.length === 0
      ? new Float64Array(0)
      : await scoresOf(calibrated.learned, takeTableRows(rows, dropped), quiet);
  const pValues = calibration.unit === "groups" ? null : conformalPValues(calibration, out);
  const gone = highest(out).map((i): Scored => ({ place: dropped[i], score: out[i], pValue: pValues?.[i] ?? null }));
  const places = [...held, ...gone].map(({ place }) => place);
  const { numbers, of } = await source.numbers(places, context.signal);
  const files = named ? await source.files(places, context.signal) : null;
  const told = ({ score, pValue }: Scored, i: number) => ({
    row: numbers[i],
    ...(files && { file: files[i] }),
    score,
    pValue,
  });
  return { numbered: of, calibration: held.map(told), dropped: gone.map((row, i) => told(row, held.length + i)) };
}

/** The places of the highest scores, highest first. */
function highest(scores: Float64Array): readonly number[] {
  const order = Uint32Array.from(scores.keys()).sort((i, j) => scores[j] - scores[i] || i - j);
  return Array.from(order.subarray(0, NAMED));
}

/** The p-value of one of the calibration scores among the others. */
function among(calibration: Calibration, score: number): number | null {
  if (calibration.unit === "groups") return null;
  const { n } = calibration;
  const [withItself] = conformalPValues(calibration, Float64Array.of(score));
  return (withItself * (n + 1) - 1) / n;
}
