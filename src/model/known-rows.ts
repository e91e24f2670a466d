import { type InferredColumn, type Input, openSource, selectionOf } from "../data/index.ts";
import { type Detector, detectors } from "../detect/index.ts";
import { InputError } from "../errors/index.ts";
import { takeTableRows } from "../numeric/index.ts";
import type { Labelled, LabelOptions } from "./labels.ts";
import type { KnownTable } from "./learn.ts";
import type { Manifest } from "./manifest.ts";

/** So many classes are named in a model file, those of most rows. */
const NAMED = 100;

/**
 * Whether a fit learns from known anomalous rows too: the detector takes labels, and there are rows of other labels.
 * Throws an InputError for a detector that needs them where there are none, and for classes named to one that takes none.
 */
export function usesKnown(
  detector: Pick<Detector, "name" | "labels">,
  labelled: Labelled | null,
  { label, normal, knownClasses }: LabelOptions,
): boolean {
  const { name, labels } = detector;
  if (labels === undefined) {
    if (knownClasses === undefined) return false;
    const those = detectors.filter((other) => other.labels !== undefined).map((other) => other.name);
    throw new InputError(
      `fit: --known-classes: ${name} learns from normal rows alone; pass --detector with one that takes labels (${those.join(", ")}), or leave --known-classes away`,
    );
  }
  if (labelled !== null && labelled.classes.size > 0) return true;
  if (labels === "optional") return false;
  if (labelled !== null) throw noOtherLabels(name, { label, normal });
  throw new InputError(
    `fit: --label: ${name} learns from known anomalous rows, and expected a column that says which they are, got none; pass --label and --normal, with some rows of other labels`,
  );
}

function noOtherLabels(name: string, { label, normal }: LabelOptions): InputError {
  return new InputError(
    `fit: --label: ${name} learns from known anomalous rows, and expected some labels of column "${label}" other than ${[normal ?? []].flat().join(", ")}, got none; add labelled anomalies, or pass --detector with one that needs none`,
  );
}

/**
 * The known anomalous rows of an input, in its order: the columns of a schema as the normal rows taught it, and the label.
 * Throws an InputError where labels turn out to be missing values, and none is left.
 */
export async function readKnown(
  detector: Pick<Detector, "name">,
  input: Input,
  options: LabelOptions,
  labelled: Labelled,
  schema: readonly InferredColumn[],
): Promise<KnownTable> {
  const { label, signal } = options;
  using source = await openSource(input, { ...options, where: labelled.known }, signal);
  const selection = selectionOf(schema);
  const read = await source
    .read([...selection, { name: label as string, as: "text" }], { signal })
    .catch((error: unknown) => {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(`fit: known anomalous rows, counted among themselves: ${error.message}`, { cause: error });
    });
  const labels = read.columns[selection.length].values as readonly (string | null)[];
  const table = { rows: read.rows, columns: read.columns.slice(0, selection.length) };
  // A label spelled as missing is text to the condition, or to what read the labels, and none to the other.
  const places = Uint32Array.from(labels.keys()).filter((row) => labels[row] !== null);
  if (places.length === 0) throw noOtherLabels(detector.name, options);
  return { table: takeTableRows(table, places), classes: Array.from(places, (row) => labels[row] as string) };
}

/** What a manifest says of known anomalous rows. */
export function knownFacts(known: KnownTable, { leftOut, rest }: Labelled): NonNullable<Manifest["known"]> {
  const counts = new Map<string, number>();
  for (const name of known.classes) counts.set(name, (counts.get(name) ?? 0) + 1);
  const classes = [...counts].map(([name, rows]) => ({ name, rows })).sort((a, b) => b.rows - a.rows);
  const rows = known.classes.length;
  return { rows, classes: classes.slice(0, NAMED), of: classes.length, leftOut, missing: Math.max(0, rest - rows) };
}
