import { type Input, identifier, literal, openSource, type SourceOptions } from "../data/index.ts";
import { InputError } from "../errors/index.ts";

export interface LabelOptions extends SourceOptions {
  readonly label?: string;
  readonly normal?: string | readonly string[];
  /** Which of the other labels are known anomalies; all of them when left out. */
  readonly knownClasses?: readonly string[];
  readonly signal?: AbortSignal;
}

/** What a column of labels says of the rows. */
export interface Labelled {
  /** The condition that keeps the rows labelled normal, joined to the one given. */
  readonly normal: string;
  /** The same for the rows of known anomalies. */
  readonly known: string;
  /** Labels of known anomalies, and how many rows have each. */
  readonly classes: ReadonlyMap<string, number>;
  /** Rows of other labels that are not known: used for neither. */
  readonly leftOut: number;
  /** All other rows that are not normal: known, or without a label. */
  readonly rest: number;
}

/**
 * Reads the column of labels; null when there is none. Throws an InputError that lists the labels where `normal` is not
 * said or matches no row, or where a known class is not among the others.
 */
export async function readLabels(input: Input, options: LabelOptions): Promise<Labelled | null> {
  const { label, knownClasses } = options;
  if (label === undefined) {
    const flag = options.normal !== undefined ? "--normal" : "--known-classes";
    if (options.normal === undefined && knownClasses === undefined) return null;
    throw new InputError(`fit: ${flag}: expected --label with it, got none; pass --label COLUMN`);
  }
  using source = await openSource(input, options, options.signal);
  const table = await source.read([{ name: label, as: "text" }], { signal: options.signal });
  const labels = table.columns[0].values as readonly (string | null)[];
  const counts = countTexts(labels);
  const normal = normalTexts("fit", counts, label, options.normal);
  const others = new Map([...counts].filter(([text]) => !normal.includes(text)));
  const classes = knownClasses === undefined ? others : knownOf(others, label, knownClasses);
  const total = (some: ReadonlyMap<string, number>) => [...some.values()].reduce((a, b) => a + b, 0);
  return {
    normal: joined(options.where, isAmong(label, normal)),
    known: joined(
      options.where,
      knownClasses === undefined ? isOther(label, normal) : isAmong(label, [...classes.keys()]),
    ),
    classes,
    leftOut: total(others) - total(classes),
    rest: labels.length - (total(counts) - total(classes)),
  };
}

function joined(where: string | undefined, condition: string): string {
  return where === undefined ? condition : `(\n${where}\n) AND ${condition}`;
}

/** The condition that a column says one of some texts. */
function isAmong(column: string, texts: readonly string[]): string {
  const text = `CAST(${identifier(column)} AS VARCHAR)`;
  // A column of a text file that spells numbers is one of numbers here: 0 is then written 0.0.
  const numbers = texts.filter((value) => value.trim() !== "" && Number.isFinite(Number(value))).map(Number);
  const alternatives = [
    `${text} IN (${texts.map(literal).join(", ")})`,
    ...(numbers.length > 0
      ? [`TRY_CAST(${text} AS DOUBLE) IN (${numbers.map((x) => `'${x}'::DOUBLE`).join(", ")})`]
      : []),
  ];
  return `(${alternatives.join(" OR ")})`;
}

/** The condition that a column says something else: a label that is missing does not. */
function isOther(column: string, texts: readonly string[]): string {
  return `(${identifier(column)} IS NOT NULL AND NOT coalesce(${isAmong(column, texts)}, FALSE))`;
}

/** Those of the labels that are among the known classes. Throws an InputError on a class that no row has. */
function knownOf(
  others: ReadonlyMap<string, number>,
  label: string,
  known: readonly string[],
): ReadonlyMap<string, number> {
  const lacking = known.find((name) => ![...others.keys()].some((text) => isNormal(text, name)));
  if (lacking !== undefined || known.length === 0)
    throw new InputError(
      `fit: --known-classes: expected labels of column "${label}" that are not normal (${listed(others) || "it has none"}), got ${known.length === 0 ? "none" : JSON.stringify(lacking)}`,
    );
  return new Map([...others].filter(([text]) => isNormal(text, known)));
}

/** "neptune (8282), ipsweep (710)": the most frequent labels. */
function listed(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 8)
    .map(([text, count]) => `${text} (${count})`)
    .join(", ");
}

/** How often each text occurs; missing ones are left out. */
function countTexts(labels: readonly (string | null)[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of labels) if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** Whether a label stands for normal: an equal text, or an equal number (0 and 0.0). */
export function isNormal(text: string, normal: string | readonly string[]): boolean {
  const same = (wanted: string) =>
    text === wanted || (wanted.trim() !== "" && text.trim() !== "" && Number(text) === Number(wanted));
  return [normal].flat().some(same);
}

/** The texts among the labels that stand for normal. Throws an InputError that lists the labels where none does. */
export function normalTexts(
  who: string,
  counts: ReadonlyMap<string, number>,
  label: string,
  normal?: string | readonly string[],
): string[] {
  const says = listed(counts) || "nothing";
  if (normal === undefined || normal.length === 0)
    throw new InputError(
      `${who}: --normal: column "${label}" says ${says}; say which of them is normal, as in --normal ${[...counts.keys()][0] ?? "0"}`,
    );
  const found = [...counts.keys()].filter((text) => isNormal(text, normal));
  if (found.length === 0)
    throw new InputError(
      `${who}: --normal: expected a value of column "${label}", which says ${says}; got ${[normal].flat().join(", ")}`,
    );
  return found;
}
