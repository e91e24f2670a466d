import { detectors } from "../../src/detect/index.ts";

type Columns = Readonly<Record<string, ArrayLike<unknown>>>;

interface WithKnown {
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
  /** What `fit` is told of them. */
  readonly told: { readonly label?: string; readonly normal?: string };
}

/** Options that keep short what takes a second or more with the defaults: suites fit it dozens of times. */
export function briefOptions(name: string): { readonly options?: Readonly<Record<string, number>> } {
  return name === "meta-learning" ? { options: { episodes: 2, steps: 5 } } : {};
}

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
