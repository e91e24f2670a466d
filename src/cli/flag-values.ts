import { InputError } from "../errors/index.ts";

/** Reads the number of an option; `expected` says which: "a number between 0 and 1". */
export function numberFlag(who: string, expected: string, example: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value)) return value;
    throw new InputError(`${who}: expected ${expected}, got "${text}"; ${example}`);
  };
}

/** Reads a whole number ≥ 0. */
export function wholeFlag(who: string, example: string): (text: string) => number {
  const read = numberFlag(who, "a whole number ≥ 0", example);
  return (text) => {
    const value = read(text);
    if (Number.isInteger(value) && value >= 0) return value;
    throw new InputError(`${who}: expected a whole number ≥ 0, got "${text}"; ${example}`);
  };
}

/** Reads one of some words. */
export function choiceFlag<T extends string>(who: string, choices: readonly T[]): (text: string) => T {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw new InputError(`${who}: expected ${choices.join(" or ")}, got "${text}"`);
  };
}

/** Reads a random key: a number where the text is one, so that `--key 7` is `key: 7`; any text otherwise. */
export function keyFlag(text: string): number | string {
  return /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}

/** Reads a share of rows, or the word auto. */
export function contaminationFlag(text: string): number | "auto" {
  if (text === "auto") return "auto";
  return numberFlag("fit: --contamination", "a share such as 0.05, or auto", "pass --contamination 0.05")(text);
}
