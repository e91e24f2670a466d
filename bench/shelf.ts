import { calibrationPlan } from "../src/calibrate/index.ts";
import { type Detector, detectors, type Fitted } from "../src/detect/index.ts";
import { InputError } from "../src/errors/index.ts";
import { type Key, type Matrix, takeRows } from "../src/numeric/index.ts";
import { parseOptions } from "../src/options/index.ts";

/** A detector with all its options. */
export interface Candidate {
  /** As tables call it: its name, and the options given. */
  readonly name: string;
  readonly detector: Detector;
  readonly options: Record<string, unknown>;
}

/** The control of every table: distance to the nearest training row in standardized columns. */
export const oneNearest: Candidate = {
  ...candidate("knn", { k: 1, distance: "kth", metric: "euclidean", scaling: "standard" }),
  name: "1-NN (knn)",
};

/** The named detectors, or all of the shelf that take no labels, with their defaults where no option is given. */
export function candidates(names?: string, given: Record<string, unknown> = {}): readonly Candidate[] {
  const oneClass = detectors.filter(({ labels }) => labels === undefined).map(({ name }) => name);
  return (names?.split(",") ?? oneClass).map((name) => candidate(name, given));
}

/** Each candidate that trains, followed by itself untrained (`steps: 0`): what training adds is the difference. */
export function besideTwins(tried: readonly Candidate[]): readonly Candidate[] {
  return tried.flatMap((one) => {
    if (!one.detector.trains || one.options["steps"] === 0) return [one];
    const twin = candidate(one.detector.name, { ...one.options, steps: 0 });
    return [one, { ...twin, name: twinName(one) }];
  });
}

/** What the untrained twin of a candidate is called. */
export function twinName({ name }: Candidate): string {
  return `${name}, untrained`;
}

/** A detector of the shelf with some of its options given. */
export function candidate(name: string, given: Record<string, unknown> = {}): Candidate {
  const detector = detectors.find((d) => d.name === name);
  if (!detector)
    throw new InputError(`bench: detectors: expected ${detectors.map((d) => d.name).join(", ")}, got ${name}`);
  const shown = Object.entries(given).map(([option, value]) => ` ${option} ${value}`);
  return { name: `${name}${shown.join(",")}`, detector, options: parseOptions(name, detector.options, given) };
}

/** Fits with the key that `fit` gives its detector. */
export function fitCandidate(
  { detector, options }: Candidate,
  rows: Matrix,
  key: Key,
  workers?: number,
): Promise<Fitted> {
  return detector.fit(rows, options, { key: key.for("detector"), workers });
}

/** The rows that `fit` learns from when it calibrates as it comes: all, or those not held out. */
export function rowsLearned(rows: Matrix, key: Key): Matrix {
  const plan = calibrationPlan(rows.rows, "auto", key.for("calibration"));
  return plan.method === "split" ? takeRows(rows, plan.train) : rows;
}
