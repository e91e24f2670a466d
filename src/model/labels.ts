import { type Input, identifier, literal, openSource, type SourceOptions } from "../data/index.ts";
import { InputError } from "../errors/index.ts";

export interface LabelOptions extends SourceOptions {
  readonly label?: string;
  readonly normal?: string | readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * The condition that keeps the rows labelled normal, joined to the one given; that one alone when there is no label.
 * Throws an InputError that lists the labels where `normal` is not said or matches no row.
 */
export async function whereNormal(input: Input, options: LabelOptions): Promise<string | undefined> {
  const { label, where } = options;
  if (label === undefined) {
    if (options.normal !== undefined)
      throw new InputError("fit: --normal: expected --label with it, got none; pass --label COLUMN");
    return where;
  }
  using source = await openSource(input, options, options.signal);
  const table = await source.read([{ name: label, as: "text" }], { signal: options.signal });
  const labels = table.columns[0].values as readonly (string | null)[];
  const normal = normalTexts("fit", countTexts(labels), label, options.normal);
  const text = `CAST(${identifier(label)} AS VARCHAR)`;
  // A column of a text file that spells numbers is one of numbers here: 0 is then written 0.0.
  const numbers = normal.filter((value) => value.trim() !== "" && Number.isFinite(Number(value))).map(Number);
  const alternatives = [
    `${text} IN (${normal.map(literal).join(", ")})`,
    ...(numbers.length > 0
      ? [`TRY_CAST(${text} AS DOUBLE) IN (${numbers.map((x) => `'${x}'::DOUBLE`).join(", ")})`]
      : []),
  ];
  const condition = `(${alternatives.join(" OR ")})`;
  return where === undefined ? condition : `(\n${where}\n) AND ${condition}`;
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
  const listed = [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 8)
    .map(([text, count]) => `${text} (${count})`)
    .join(", ");
  if (normal === undefined || normal.length === 0)
    throw new InputError(
      `${who}: --normal: column "${label}" says ${listed || "nothing"}; say which of them is normal, as in --normal ${[...counts.keys()][0] ?? "0"}`,
    );
  const found = [...counts.keys()].filter((text) => isNormal(text, normal));
  if (found.length === 0)
    throw new InputError(
      `${who}: --normal: expected a value of column "${label}", which says ${listed || "nothing"}; got ${[normal].flat().join(", ")}`,
    );
  return found;
}
