import {
  benjaminiHochberg,
  type CalibrationPlan,
  calibrationOf,
  calibrationPlan,
  conformalPValues,
  randomizedPValues,
  storey,
  tieTolerance,
} from "../src/calibrate/index.ts";
import { type Fitted, scoreRows } from "../src/detect/index.ts";
import { type Key, key as keyOf, type Matrix, permutation, takeRows, uniform } from "../src/numeric/index.ts";
import type { LabelledSet } from "./labelled-set.ts";
import type { Measurement } from "./results.ts";
import { type Candidate, fitCandidate } from "./shelf.ts";

/** Shares of normal rows with p ≤ α are taken at these α. */
export const ALPHAS = [0.01, 0.05, 0.1] as const;
/** Levels of the false discovery rate. */
export const LEVELS = [0.05, 0.1, 0.2] as const;
export const PROCEDURES = { "Benjamini–Hochberg": benjaminiHochberg, "Storey–BH": storey } as const;

/** The share of anomalous rows in the batch whose false discoveries are counted. */
const INJECTED = 0.05;
const MOST_FITTED = 2000;
const MOST_HELD_OUT = 2000;

export interface Way {
  /** "auto" is what `fit` does by default. */
  readonly mode: "auto" | "split" | "cross";
  /** Folds of cross calibration; "n" is one a row. */
  readonly folds: number | "n";
}

/** What one random split of a set's normal rows gave. */
export interface SplitResult extends Measurement {
  readonly method: "split" | "cross";
  readonly n_fit: number;
  readonly n_calibration: number;
  readonly n_held_out: number;
  readonly n_anomalous: number;
  /** The share of held-out normal rows whose score ties with that of a calibration row. */
  readonly ties: number;
}

/** Fit and held-out normal rows, and anomalous ones, of split number i: two thirds and one third, at most 2,000 each. */
export function drawSplit(
  set: LabelledSet,
  seed: number,
  i: number,
): { readonly name: string; readonly fit: Matrix; readonly heldOut: Matrix; readonly anomalous: Matrix } {
  const name = `${seed}/${set.name}/${i}`;
  const key = keyOf(name).for("benchmark");
  const places = Uint32Array.from(set.labels.keys());
  const normals = shuffled(
    places.filter((row) => set.labels[row] === 0),
    key.for("normal"),
  );
  const anomalous = shuffled(
    places.filter((row) => set.labels[row] === 1),
    key.for("anomalous"),
  );
  const fitted = Math.min(MOST_FITTED, Math.round((2 / 3) * normals.length));
  const heldOut = normals.slice(fitted, fitted + MOST_HELD_OUT);
  const injected = Math.max(1, Math.round((heldOut.length * INJECTED) / (1 - INJECTED)));
  return {
    name,
    fit: takeRows(set.rows, normals.slice(0, fitted)),
    heldOut: takeRows(set.rows, heldOut),
    anomalous: takeRows(set.rows, anomalous.slice(0, injected)),
  };
}

/** Fits and calibrates on one split as `fit` does, and measures p-values and discoveries on the rows held out. */
export async function measureSplit(
  set: LabelledSet,
  candidate: Candidate,
  { mode, folds }: Way,
  seed: number,
  i: number,
): Promise<SplitResult> {
  const { name, fit, heldOut, anomalous } = drawSplit(set, seed, i);
  const key = keyOf(name);
  const plan = calibrationPlan(fit.rows, mode, key.for("calibration"), { folds: folds === "n" ? fit.rows : folds });
  const { fitted, scores } = await calibrated(candidate, fit, plan, key);
  const calibration = calibrationOf(scores);
  const [normalScores, anomalousScores] = [await scored(fitted, heldOut), await scored(fitted, anomalous)];
  const p = conformalPValues(calibration, normalScores);
  const random = randomizedPValues(calibration, normalScores, uniform(key.for("ties")));
  const batch = Float64Array.of(...p, ...conformalPValues(calibration, anomalousScores));
  return {
    method: plan.method as "split" | "cross",
    n_fit: fit.rows,
    n_calibration: calibration.n,
    n_held_out: heldOut.rows,
    n_anomalous: anomalous.rows,
    ties: tiedShare(normalScores, calibration.sorted),
    ...Object.fromEntries(
      ALPHAS.flatMap((alpha) => [
        [shareName(alpha, "conservative"), shareAtMost(p, alpha)],
        [shareName(alpha, "random"), shareAtMost(random, alpha)],
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(PROCEDURES).flatMap(([procedure, decide]) =>
        LEVELS.flatMap((level) => {
          const { flagged, count } = decide(batch, level);
          const falsely = flagged.subarray(0, p.length).reduce((a, b) => a + b, 0);
          return [
            [discoveryName(procedure, level), falsely / Math.max(1, count)],
            [`${procedure} found ${level}`, (count - falsely) / anomalous.rows],
          ];
        }),
      ),
    ),
  };
}

export function shareName(alpha: number, ties: "conservative" | "random"): string {
  return `share p ≤ ${alpha} ${ties}`;
}

export function discoveryName(procedure: string, level: number): string {
  return `${procedure} ${level}`;
}

/** The final detector, and the scores of the calibration rows by a detector that did not see them. */
async function calibrated(
  candidate: Candidate,
  rows: Matrix,
  plan: CalibrationPlan,
  key: Key,
): Promise<{ fitted: Fitted; scores: Float64Array }> {
  if (plan.method === "split") {
    const fitted = await fitCandidate(candidate, takeRows(rows, plan.train), key, 0);
    return { fitted, scores: await scored(fitted, takeRows(rows, plan.calibrate)) };
  }
  const scores = new Float64Array(rows.rows);
  for (const fold of plan.folds) {
    const held = new Set(fold);
    const others = Uint32Array.from({ length: rows.rows }, (_, row) => row).filter((row) => !held.has(row));
    const partial = await fitCandidate(candidate, takeRows(rows, others), key, 0);
    const outOfFold = await scored(partial, takeRows(rows, fold));
    fold.forEach((row, place) => {
      scores[row] = outOfFold[place];
    });
  }
  return { fitted: await fitCandidate(candidate, rows, key, 0), scores };
}

function scored(fitted: Fitted, rows: Matrix): Promise<Float64Array> {
  return scoreRows(fitted, rows, { workers: 0 });
}

function shareAtMost(pValues: Float64Array, alpha: number): number {
  return pValues.filter((p) => p <= alpha * (1 + 1e-12)).length / pValues.length;
}

function tiedShare(scores: Float64Array, sorted: Float64Array): number {
  const tied = scores.filter((s) => sorted.some((c) => Math.abs(c - s) <= tieTolerance * Math.abs(s)));
  return tied.length / scores.length;
}

function shuffled(rows: Uint32Array, key: Key): Uint32Array {
  return permutation(key, rows.length).map((place) => rows[place]);
}
