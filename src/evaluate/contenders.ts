import { nearNames } from "../data/index.ts";
import { type Detector, detectors } from "../detect/index.ts";
import { InputError } from "../errors/index.ts";
import { parseOptions } from "../options/index.ts";
import type { Candidate } from "./result.ts";

/** A detector to evaluate: its name, or its name with options. */
export type Asked = string | { readonly detector: string; readonly options?: Readonly<Record<string, unknown>> };

/** What is fitted: a detector with all of its options, under the name that tables give it. */
export interface Contender {
  readonly name: string;
  readonly control: Candidate["control"];
  readonly detector: Detector;
  readonly options: Readonly<Record<string, unknown>>;
  /** The names of the controls that it is compared with. */
  readonly against: readonly string[];
}

const NEAREST = "1-NN";

/**
 * The detectors asked for and, after them, the controls that come without asking: 1-NN in the scaling of each (standard
 * where it has none of its own), and the untrained twin (`steps: 0`) of each that trains.
 *
 * Throws an InputError on an unknown detector or option, and on a detector asked for twice.
 */
export function contendersOf(asked: readonly Asked[]): readonly Contender[] {
  if (asked.length === 0) throw new InputError("evaluate: --detectors: expected at least one, got none; pass auto");
  const controls = new Map<string, Contender>();
  const own = asked.map((one): Contender => {
    const { detector: name, options: given = {} } = typeof one === "string" ? { detector: one } : one;
    const detector = named(name);
    const options = parseOptions(name, detector.options, given) as Record<string, unknown>;
    const title = [name, ...Object.entries(given).map(([option, value]) => `${option}=${value}`)].join(" ");
    const control = [nearest(options), ...untrained(title, detector, options)].filter(
      (one) => !same(one, { detector, options }),
    );
    for (const one of control) if (!controls.has(one.name)) controls.set(one.name, one);
    return { name: title, control: null, detector, options, against: control.map(({ name }) => name) };
  });
  own.forEach((one, i) => {
    if (own.findIndex((other) => same(one, other)) < i)
      throw new InputError(`evaluate: --detectors: expected each once, got ${one.name} twice; give one other options`);
  });
  // What was asked for need not come again as a control.
  const renamed = new Map(
    [...controls.values()].map((one) => [one.name, own.find((asked) => same(asked, one))?.name ?? one.name]),
  );
  return [
    ...own.map((one) => ({ ...one, against: one.against.map((name) => renamed.get(name)!) })),
    ...[...controls.values()].filter(({ name }) => renamed.get(name) === name),
  ];
}

function nearest({ scaling = "standard" }: Readonly<Record<string, unknown>>): Contender {
  const detector = named("knn");
  return {
    name: scaling === "standard" ? NEAREST : `${NEAREST}, ${scaling}`,
    control: "nearest neighbor",
    detector,
    options: parseOptions("knn", detector.options, { k: 1, scaling }) as Record<string, unknown>,
    against: [],
  };
}

function untrained(title: string, detector: Detector, options: Readonly<Record<string, unknown>>): Contender[] {
  if (detector.trains === undefined) return [];
  const name = `${title}, untrained`;
  return [{ name, control: "untrained twin", detector, options: { ...options, steps: 0 }, against: [] }];
}

function same(a: Pick<Contender, "detector" | "options">, b: Pick<Contender, "detector" | "options">): boolean {
  const names = Object.keys(a.options);
  return a.detector.name === b.detector.name && names.every((name) => a.options[name] === b.options[name]);
}

function named(name: string): Detector {
  const found = detectors.find((detector) => detector.name === name);
  if (found) return found;
  const names = detectors.map((detector) => detector.name);
  const near = nearNames(name, names);
  const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : "see unseen detectors";
  throw new InputError(`evaluate: --detectors: expected ${names.join(", ")}, got ${JSON.stringify(name)}; ${hint}`);
}
