import { isMissingWord } from "../../data/index.ts";
import { InputError } from "../../errors/index.ts";
import { isNormal } from "../labels.ts";

/** What a person meant by the texts of a label column. */
export interface LabelReading {
  /** A row each: 1 for anomalous, 0 for normal, null where nothing was marked. */
  readonly marks: readonly (0 | 1 | null)[];
  /** How the texts were read, in one sentence. */
  readonly sentence: string;
}

const NORMAL = ["0", "no", "n", "false", "f", "normal", "benign", "ok"];
const ANOMALOUS = ["1", "yes", "y", "true", "t", "anomalous", "anomaly", "abnormal", "outlier"];
/** So many texts are named. */
const NAMED = 6;

/**
 * Reads the texts of a label column. With `normal` those texts are normal and all others anomalous; without, each text
 * must say by itself which it is (yes or no, 1 or 0, true or false, anomalous or normal). Empty cells and spellings of
 * missing values (`-`, `?`, `n/a`) are not marked. Throws an InputError on texts that could mean either, and where
 * nothing is marked.
 */
export function readMarks(
  texts: readonly (string | null)[],
  label: string,
  normal: string | readonly string[] | undefined,
): LabelReading {
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
  const said = normal === undefined ? [] : [normal].flat();
  const meanings = new Map([...counts.keys()].map((text) => [text, meaningOf(text, said)]));
  const unclear = [...meanings].filter(([, meaning]) => meaning === "unclear").map(([text]) => text);
  if (unclear.length > 0)
    throw new InputError(
      `tune: --label: column "${label}" says ${listed(unclear, counts)}, which could mean either; say which texts are normal, as in --normal normal: all others are anomalous then`,
    );
  const marks = texts.map((text) => (text === null ? null : (meanings.get(text) as 0 | 1 | null)));
  if (marks.every((mark) => mark === null))
    throw new InputError(
      `tune: --label: column "${label}": expected some rows that are marked, got none of ${texts.length}; write yes or no beside the rows you know`,
    );
  const of = (mark: 0 | 1) => [...meanings].filter(([, meaning]) => meaning === mark).map(([text]) => text);
  const parts = [
    ...(of(1).length > 0 ? [`${listed(of(1), counts)} as anomalous`] : []),
    ...(of(0).length > 0 ? [`${listed(of(0), counts)} as normal`] : []),
  ];
  return { marks, sentence: `column "${label}": ${parts.join(", ")}` };
}

function meaningOf(text: string, normal: readonly string[]): 0 | 1 | null | "unclear" {
  if (normal.length > 0) {
    if (isNormal(text, normal)) return 0;
    return isMissingWord(text) ? null : 1;
  }
  const word = wordOf(text);
  if (NORMAL.includes(word)) return 0;
  if (ANOMALOUS.includes(word)) return 1;
  return isMissingWord(text) ? null : "unclear";
}

/** In lower case, and 1.0 as 1: a spreadsheet writes numbers as it likes. */
function wordOf(text: string): string {
  const word = text.trim().toLowerCase();
  return /^[01]\.0+$/.test(word) ? word[0] : word;
}

/** "ddos (3), scan (2)": the most frequent texts. */
function listed(texts: readonly string[], counts: ReadonlyMap<string, number>): string {
  const sorted = [...texts].sort((a, b) => counts.get(b)! - counts.get(a)!);
  const named = sorted.slice(0, NAMED).map((text) => `${text} (${counts.get(text)})`);
  return sorted.length > NAMED ? `${named.join(", ")}, … (${sorted.length} texts)` : named.join(", ");
}
