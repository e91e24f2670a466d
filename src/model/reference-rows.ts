import { type Detector, detectors, heldBy } from "../detect/index.ts";
import { InputError } from "../errors/index.ts";
import { type Table, takeTableRows } from "../numeric/index.ts";
import { describeOptions, type OptionSchema, type OptionsOf } from "../options/index.ts";

/** Throws an InputError for a detector whose model holds training rows, with options and detectors that hold none. */
export function requireRowless(detector: Detector, given: OptionsOf<OptionSchema>): void {
  if (heldBy(detector, given) !== "rows") return;
  const choices = describeOptions(detector.options).map(({ name, flag, choices }) => ({
    flag,
    own: choices.filter((value) => heldBy(detector, { ...given, [name]: value }) !== "rows"),
  }));
  const told = choices.filter(({ own }) => own.length > 0).map(({ flag, own }) => `${flag} ${own.join(" or ")}, `);
  const others = detectors.filter((detector) => detector.holds !== "rows").map((detector) => detector.name);
  throw new InputError(
    `fit: --no-rows: ${detector.name} compares with training rows, so its model holds them; pass --detector with one that holds none (${others.join(", ")}), ${told.join("")}or leave --no-rows away`,
  );
}

/** The named rows of a table as JSON by column: null for missing, "Infinity" and "-Infinity" as text. */
export function writeRows(table: Table, rows: readonly number[]): string {
  const columns = takeTableRows(table, rows).columns.map((column) => [
    column.name,
    column.type === "text" ? column.values : Array.from(column.values, toJson),
  ]);
  return JSON.stringify(Object.fromEntries(columns));
}

function toJson(x: number): number | string | null {
  if (Number.isNaN(x)) return null;
  return Number.isFinite(x) ? x : String(x);
}
