import { InputError } from "../errors/index.ts";
import { isStack, listLevelsOf, partsOf } from "./memory-lists.ts";
import type { Columns, Rows } from "./source-options.ts";

/** What the values of one column in memory are, all of them looked at. */
export type MemoryType = "number" | "big-integer" | "boolean" | "timestamp" | "text" | "list" | "nested";

export interface MemoryColumn {
  readonly name: string;
  readonly type: MemoryType;
  readonly values: ArrayLike<unknown>;
}

/** Rows as columns: the keys of all rows, in the order of their first appearance. */
export function columnsOfRows(rows: Rows): Columns {
  const columns = new Map<string, unknown[]>();
  rows.forEach((row, i) => {
    if (row === null || typeof row !== "object" || Array.isArray(row))
      throw new InputError(`read: row ${i + 1}: expected an object with a value by column, got ${describe(row)}`);
    for (const name of Object.keys(row)) {
      let values = columns.get(name);
      if (!values) {
        values = new Array<unknown>(rows.length).fill(undefined);
        columns.set(name, values);
      }
      values[i] = row[name];
    }
  });
  return Object.fromEntries(columns);
}

/** Columns with their types. Throws an InputError when they are not equally long. */
export function memoryColumns(columns: Columns): readonly MemoryColumn[] {
  const entries = Object.entries(columns).map(([name, values]) => [name, columnValues(name, values)] as const);
  for (const [name, values] of entries) {
    if (values.length !== entries[0][1].length)
      throw new InputError(
        `read: column ${JSON.stringify(name)}: expected ${entries[0][1].length} values as in ${JSON.stringify(entries[0][0])}, got ${values.length}`,
      );
  }
  return entries.map(([name, values]) => ({ name, type: typeOf(values), values }));
}

function columnValues(name: string, values: Columns[string]): ArrayLike<unknown> {
  if (isStack(values)) {
    const size = values.shape.reduce((product, n) => product * n, 1);
    if (values.shape.length < 2 || values.data.length !== size)
      throw new InputError(
        `read: column ${JSON.stringify(name)}: expected a shape of images × height × width (× channels) and as many numbers, got ${values.data.length} numbers and shape [${values.shape.join(", ")}]`,
      );
    return partsOf(values);
  }
  if (typeof values !== "object" || values === null || typeof (values as ArrayLike<unknown>).length !== "number")
    throw new InputError(`read: column ${JSON.stringify(name)}: expected an array, got ${describe(values)}`);
  return values as ArrayLike<unknown>;
}

/** One type for all values: mixed ones are text; numbers with integers past 2^53 among them are text too. */
function typeOf(values: ArrayLike<unknown>): MemoryType {
  if (ArrayBuffer.isView(values) && !(values instanceof BigInt64Array) && !(values instanceof BigUint64Array))
    return "number";
  const seen = new Set<MemoryType>();
  let exact = true;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null || value === undefined) continue;
    if (typeof value === "number") seen.add("number");
    else if (typeof value === "bigint") {
      seen.add("big-integer");
      if (value > 9007199254740992n || value < -9007199254740992n) exact = false;
      if (value >= 1n << 126n || value <= -(1n << 126n)) seen.add("text");
    } else if (typeof value === "boolean") seen.add("boolean");
    else if (value instanceof Date) seen.add("timestamp");
    else seen.add(typeof value === "object" ? "nested" : "text");
  }
  if (seen.has("nested")) return seen.size === 1 && listLevelsOf(values) !== null ? "list" : "nested";
  if (seen.size === 2 && seen.has("number") && seen.has("big-integer")) return exact ? "number" : "text";
  const [only] = seen;
  return seen.size === 0 ? "text" : seen.size > 1 ? "text" : only === "big-integer" && exact ? "number" : only;
}

function describe(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
