import { InputError } from "../errors/index.ts";
import type { ColumnKind } from "./column-kind.ts";
import type { ColumnProfile } from "./column-profile.ts";
import { looksLikeLabel } from "./label-like.ts";
import { shown } from "./quote.ts";

interface Finding {
  readonly kind: ColumnKind;
  readonly reason: string;
  /** How a constant that is used is read. */
  readonly as?: "number" | "boolean";
}

/** Fewer rows tell nothing by increasing: eight different numbers are in order by chance once in 40,320 times. */
const rowsThatTell = 8;

/** In fewer rows, texts that all differ may well be categories. */
const rowsOfTexts = 20;

/** The kind of a column and the facts it rests on. Throws an InputError where it is ambiguous or not exact. */
export function inferKind(profile: ColumnProfile): Finding {
  const { rows, type } = profile;
  const present = rows - profile.missing;
  const typed = present - profile.missingWords;
  const quoted = /^[\w.-]+$/.test(profile.name) ? "" : '"';
  const use = (kind: ColumnKind) => `--column ${quoted}${profile.name}=${kind}${quoted} would use it`;
  if (type === "nested")
    return {
      kind: "nested",
      reason: `holds lists or objects; --sql can take plain values out of them; ${use("image")} if each is an image`,
    };
  if (present === 0 || (typed === 0 && type !== "text"))
    return { kind: "empty", reason: `all ${count(rows)} values are missing` };
  if (typed === 0 && profile.distinct <= 3)
    return { kind: "empty", reason: `all ${count(rows)} values are missing (${list(profile.examples)})` };
  if (profile.distinct === 1) return constant(profile, present, typed, use);
  if (type === "boolean" || (typed > 0 && profile.booleans === typed))
    return { kind: "boolean", reason: `${count(typed)} booleans` };
  if (type === "timestamp" || (typed > 0 && profile.timestamps === typed))
    return {
      kind: "timestamp",
      reason: `${count(typed)} times${profile.monotone ? ", each after the one before it" : ""}: they tell the order of the rows; ${use("timestamp")}`,
    };
  if (typed > 0 && profile.numeric === typed) return numeric(profile, typed, use);
  if (profile.numeric >= typed / 2 && profile.numeric > 0) throw ambiguous(profile, typed);
  return text(profile, present, use);
}

/** `read: column "age": 12 of 400 values are text ("n/a", "-"); pass …`: numbers with text among them. */
export function ambiguous(profile: ColumnProfile, typed: number): InputError {
  const { name, numeric, rows, nonNumericExamples: examples } = profile;
  const texts = examples.map(({ text }) => text);
  const told = examples.reduce((sum, example) => sum + example.count, 0);
  const more = told < typed - numeric ? ", …" : "";
  const remedy = more ? "" : `pass --missing ${JSON.stringify(texts.join(","))}, or `;
  return new InputError(
    `read: column ${JSON.stringify(name)}: ${count(typed - numeric)} of ${count(rows)} values are text (${list(texts)}${more}), first in row ${Math.min(...examples.map(({ row }) => row))}; ${remedy || "pass "}--column ${name}=category, or --ignore ${name}`,
  );
}

/**
 * A number that never changes is used, for a change in it is what no one has seen before; a text is more often about
 * the file than about the row, and so is a number that is called label or split.
 */
function constant(profile: ColumnProfile, present: number, typed: number, use: (kind: ColumnKind) => string): Finding {
  const { name, type, numeric, booleans, top, examples } = profile;
  const fact = `one value (${shown(top[0]?.text ?? examples[0])}) in ${count(present)} rows`;
  const as = type === "boolean" || (typed > 0 && booleans === typed) ? "boolean" : "number";
  const watched = type !== "timestamp" && typed > 0 && (as === "boolean" || numeric === typed);
  if (!watched) return { kind: "constant", reason: `${fact}; ${use("category")}` };
  const named = looksLikeLabel(name, 1);
  if (named === null) return { kind: "constant", as, reason: `${fact}: any other will stand out` };
  const kind = as === "boolean" ? as : "numeric";
  return { kind: "constant", reason: `${fact}, and the name is that of a ${named}; ${use(kind)}` };
}

function numeric(profile: ColumnProfile, typed: number, use: (kind: ColumnKind) => string): Finding {
  const { name, distinct, monotone } = profile;
  const integers = profile.integers === profile.numeric && !(profile.float && profile.type !== "number");
  const unique = profile.distinctExact ? distinct === typed : distinct >= 0.95 * typed;
  const named = looksLikeId(name) && distinct >= 0.9 * typed;
  if (integers && typed > 1 && (named || (unique && monotone && typed >= rowsThatTell))) {
    const why = monotone ? "each larger than the one before it" : "and the name looks like an id's";
    return {
      kind: "id",
      reason: `${about(profile)} different among ${count(typed)} integers, ${why}; ${use("numeric")}`,
    };
  }
  if (integers && profile.beyondExact > 0 && !profile.float) {
    if (unique) return { kind: "id", reason: `${count(typed)} different integers past 2^53; ${use("category")}` };
    throw new InputError(
      `read: column ${JSON.stringify(name)}: expected integers of at most 2^53, got ${count(profile.beyondExact)} larger ones that numbers cannot hold exactly; pass --column ${name}=category, or --ignore ${name}`,
    );
  }
  const what = integers ? "integers" : "numbers";
  const infinite = profile.infinite ? `, ${count(profile.infinite)} infinite` : "";
  const order = monotone && typed >= rowsThatTell ? ", each larger than the one before it: perhaps a clock" : "";
  return {
    kind: "numeric",
    reason: `${count(typed)} ${what}, ${about(profile)} different, from ${profile.min} to ${profile.max}${infinite}${order}`,
  };
}

function text(profile: ColumnProfile, present: number, use: (kind: ColumnKind) => string): Finding {
  const { distinct, name } = profile;
  const facts = `${about(profile)} distinct texts in ${count(present)} rows`;
  const many = present >= rowsOfTexts && distinct > Math.max(50, 0.5 * present);
  const nearlyAll = distinct >= (profile.distinctExact ? 0.98 : 0.95) * present;
  if ((many || (present >= rowsOfTexts && nearlyAll)) && (profile.words >= 2 || profile.meanLength > 60))
    return { kind: "text", reason: `${facts}, ${profile.words.toFixed(1)} spaces each: free text; ${use("category")}` };
  const named = looksLikeId(name) && distinct > 0.5 * present;
  if ((nearlyAll && (present >= rowsOfTexts || (looksLikeId(name) && present > 1))) || (named && many))
    return { kind: "id", reason: `${facts}: they name the rows; ${use("category")}` };
  return { kind: "category", reason: facts };
}

/** Whether a name says that the column names rows: id, user_id, userId, uuid, key, index, row, or none at all. */
export function looksLikeId(name: string): boolean {
  return (
    /(^|[^a-z])(id|ids|uuid|guid|key|idx|index|rowid|row|serial)$|^unnamed: 0$|^(id|uuid)[^a-z]/i.test(name) ||
    /[a-z](Id|ID|Uuid|UUID|Key|Index)$/.test(name)
  );
}

function about({ distinct, distinctExact }: ColumnProfile): string {
  return `${distinctExact ? "" : "about "}${count(distinct)}`;
}

function count(n: number): string {
  return Math.round(n).toLocaleString("en-US");
}

function list(texts: readonly string[]): string {
  return texts.map(shown).join(", ");
}
