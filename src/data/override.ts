import { InputError } from "../errors/index.ts";
import type { ColumnKind } from "./column-kind.ts";
import type { ColumnProfile } from "./column-profile.ts";
import { ambiguous } from "./infer-kind.ts";
import { shown } from "./quote.ts";

/** Throws an InputError when the values of a column cannot be what `--column name=kind` says. */
export function checkOverride(profile: ColumnProfile, kind: ColumnKind): void {
  const { name, type, numeric } = profile;
  const typed = profile.rows - profile.missing - profile.missingWords;
  if (kind === "image" && type !== "nested")
    throw new InputError(
      `read: --column: ${name}=image: expected lists of pixels, got plain values; pass a folder of image files, or a column of lists`,
    );
  const used = kind === "numeric" || kind === "category" || kind === "boolean" || kind === "timestamp";
  if (!used) return;
  const refuse = (expected: string, got: string, remedy: string) =>
    new InputError(`read: --column: ${name}=${kind}: expected ${expected}, got ${got}; ${remedy}`);
  const examples = profile.examples.map(shown).join(", ");
  if (type === "nested") throw refuse("plain values", "lists or objects", "take values out of them with --sql");
  if (kind === "numeric") {
    if (type === "timestamp") throw refuse("numbers", "times", `pass --column ${name}=timestamp`);
    if (type === "boolean") throw refuse("numbers", "booleans", `pass --column ${name}=boolean`);
    if (profile.beyondExact > 0 && !profile.float && profile.integers === numeric)
      throw refuse("integers of at most 2^53", `${profile.beyondExact} larger ones`, `pass --column ${name}=category`);
    if (numeric < typed && numeric > 0) throw ambiguous(profile, typed);
    if (numeric < typed) throw refuse("numbers", `${typed} texts (${examples})`, `pass --column ${name}=category`);
  }
  if (kind === "timestamp" && type !== "timestamp" && profile.timestamps < typed && numeric < typed)
    throw refuse(
      "times such as 2024-01-31 10:20:30",
      `${typed - profile.timestamps} others (${examples})`,
      "convert them with --sql",
    );
  if (kind === "boolean" && type !== "boolean" && !booleansOf(profile, typed))
    throw refuse("true and false, yes and no, or 1 and 0", examples, `pass --column ${name}=category`);
}

function booleansOf(profile: ColumnProfile, typed: number): boolean {
  if (profile.booleans === typed) return true;
  const { numeric, integers, min, max, booleans } = profile;
  return booleans + numeric === typed && integers === numeric && min >= 0 && max <= 1;
}
