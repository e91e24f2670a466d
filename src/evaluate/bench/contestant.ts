import { nearNames } from "../../data/index.ts";
import { type Detector, detectors } from "../../detect/index.ts";
import { InputError } from "../../errors/index.ts";
import { parseOptions } from "../../options/index.ts";

/** A detector with all its options, as it takes part. */
export interface Contestant {
  /** As tables call it: its name and the options that were given, `1-NN (knn)`, `maf, untrained`. */
  readonly name: string;
  readonly detector: Detector;
  readonly options: Readonly<Record<string, unknown>>;
  readonly control: "nearest neighbor" | "untrained twin" | null;
  /** The name of what it is the twin of. */
  readonly twinOf: string | null;
}

/**
 * Who takes part: the control (distance to the nearest training row in standardized columns) first, then the detectors
 * named, all when left out, each that trains followed by its untrained twin (`steps: 0`, all else equal). Detectors
 * that take labels are left out when nobody names them. Throws an InputError for an unknown name or option.
 */
export function contestants(
  names?: readonly string[],
  given: Readonly<Record<string, unknown>> = {},
): readonly Contestant[] {
  const named = names ?? detectors.filter(({ labels }) => labels === undefined).map(({ name }) => name);
  const all = [...new Set(named)].map((name) => contestant(name, given)).flatMap(besideTwin);
  return [oneNearest, ...all.filter((one) => !same(one, oneNearest))];
}

const oneNearest: Contestant = {
  ...contestant("knn", { k: 1, distance: "kth", metric: "euclidean", scaling: "standard" }),
  name: "1-NN (knn)",
  control: "nearest neighbor",
};

function contestant(name: string, given: Readonly<Record<string, unknown>>): Contestant {
  const detector = detectors.find((d) => d.name === name);
  if (!detector) {
    const shelf = detectors.filter(({ labels }) => labels === undefined).map((d) => d.name);
    const near = nearNames(name, shelf);
    const remedy = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `there are ${shelf.join(", ")}`;
    throw new InputError(`bench: --detectors: expected names of detectors, got ${JSON.stringify(name)}; ${remedy}`);
  }
  if (detector.labels === "required")
    throw new InputError(
      `bench: --detectors: expected detectors that learn from normal rows alone, got ${name}; leave it out`,
    );
  const shown = Object.entries(given).map(([option, value]) => ` ${option} ${value}`);
  return {
    name: `${name}${shown.join(",")}`,
    detector,
    options: parseOptions(name, detector.options, given),
    control: null,
    twinOf: null,
  };
}

function besideTwin(one: Contestant): readonly Contestant[] {
  if (!one.detector.trains || one.options["steps"] === 0) return [one];
  const options = parseOptions(one.detector.name, one.detector.options, { ...one.options, steps: 0 });
  return [one, { ...one, options, name: `${one.name}, untrained`, control: "untrained twin", twinOf: one.name }];
}

/** Whether two are the same detector under two names. */
function same(one: Contestant, other: Contestant): boolean {
  return one.detector.name === other.detector.name && JSON.stringify(one.options) === JSON.stringify(other.options);
}
