import { type Detector, detectors } from "../detect/index.ts";
import { InputError } from "../errors/index.ts";
import { type Table, takeTableRows } from "../numeric/index.ts";

/** Throws an InputError for a detector whose model holds training rows, with those that hold none. */
export function requireRowless({ name, holds }: Pick<Detector, "name" | "holds">): void {
  if (holds !== "rows") return;
  const others = detectors.filter((detector) => detector.holds !== "rows").map((detector) => detector.name);
  throw new InputError(
    `fit: --no-rows: ${name} compares with training rows, so its model holds them; pass --detector with one that holds none (${others.join(", ")}), or leave --no-rows away`,
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
