import type { Source } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { isNormal, normalTexts } from "./labels.ts";

/** What a file's rows are, chunk by chunk: a byte a row is all that is kept. */
export interface LabelReader {
  /** 1 for an anomalous row, 0 for a normal one. Throws an InputError where a label is missing. */
  read(texts: readonly (string | null)[]): Uint8Array;
  /** Throws an InputError that lists the labels read where none of them is normal. */
  requireNormal(): void;
}

/** So many different labels are remembered, for speed and for the list in an error. */
const MOST_TEXTS = 1000;

/** Reads labels from row `first` (from 0) on. */
export function labelReader(label: string, normal: string | readonly string[], first: number): LabelReader {
  const counts = new Map<string, number>();
  const known = new Map<string, 0 | 1>();
  let row = first;
  const markOf = (text: string | null): 0 | 1 => {
    row++;
    if (text === null)
      throw new InputError(
        `score: --label: column "${label}" is missing in row ${row}; drop such rows with --where '"${label}" is not null'`,
      );
    const count = counts.get(text);
    if (count !== undefined) {
      counts.set(text, count + 1);
      return known.get(text)!;
    }
    const mark = isNormal(text, normal) ? 0 : 1;
    if (counts.size < MOST_TEXTS || mark === 0) {
      counts.set(text, 1);
      known.set(text, mark);
    }
    return mark;
  };
  return {
    read: (texts) => Uint8Array.from(texts, markOf),
    requireNormal: () => void normalTexts("score", counts, label, normal),
  };
}

/** Throws the InputError about a label of which nobody said what is normal, with a list of what there is. */
export async function requireNormalSaid(
  source: Source,
  label: string,
  normal: string | readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  if (normal.length > 0) return;
  const counts = new Map<string, number>();
  for await (const { columns } of source.chunks([{ name: label, as: "text" }], { signal }))
    for (const text of columns[0].values as readonly (string | null)[])
      if (text !== null && (counts.has(text) || counts.size < MOST_TEXTS))
        counts.set(text, (counts.get(text) ?? 0) + 1);
  normalTexts("score", counts, label, normal);
}
