import { detectors } from "../../src/detect/index.ts";

type Columns = Readonly<Record<string, ArrayLike<unknown>>>;

interface WithKnown {
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
  /** What `fit` is told of them. */
  readonly told: { readonly label?: string; readonly normal?: string };
}

/** Options that keep training short: suites fit each detector dozens of times. Empty for those that train nothing. */
export function briefOptions(name: string): { readonly options?: Readonly<Record<string, number>> } {
  const options = BRIEF[name] ?? (detectors.find((detector) => detector.name === name)!.trains ? { steps: 60 } : null);
  return options ? { options } : {};
}

const BRIEF: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  sculpting: { steps: 60, flowSteps: 60 },
  "meta-learning": { episodes: 2, steps: 5 },
  "outlier-synthesis": { steps: 60, latentSteps: 60, classifierSteps: 60, members: 1, pool: 6000 },
};

/**
 * Columns of normal rows for a detector of the shelf: with known anomalous rows and a column of labels, if the detector takes
 * them. The anomalous rows are those given, or the first five once more, which teach nothing and break nothing.
 */
export function withKnown(name: string, columns: Columns, anomalous?: Columns): WithKnown {
  const plain = Object.entries(columns).map(([column, values]) => [column, Array.from(values)] as const);
  if (detectors.find((detector) => detector.name === name)?.labels === undefined)
    return { columns: Object.fromEntries(plain), told: {} };
  const odd = (column: string, values: readonly unknown[]) =>
    anomalous ? Array.from(anomalous[column]) : values.slice(0, 5);
  const [[first, values]] = plain;
  const added = odd(first, values).length;
  const kinds = ["odd", "strange"]; // two, for detectors that learn from one what the other is
  const what = [...values.map(() => "normal"), ...Array.from({ length: added }, (_, i) => kinds[i % 2])];
  return {
    columns: Object.fromEntries([
      ...plain.map(([column, values]) => [column, [...values, ...odd(column, values)]] as const),
      ["what it is", what],
    ]),
    told: { label: "what it is", normal: "normal" },
  };
}
