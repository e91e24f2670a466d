import { InputError } from "../errors/index.ts";
import type { Column, Table } from "../numeric/index.ts";
import { booleanCell, numberCell, textCell, timestampCell } from "./cells.ts";
import { misfit } from "./misfit.ts";
import type { Selected } from "./selection.ts";
import type { Columns, Rows } from "./source-options.ts";

/**
 * Rows as a table of a known selection, without DuckDB: for a row at a time and for pipes.
 *
 * null and undefined are missing values, but a key that a row does not have at all is an error: a misspelled column
 * would otherwise be scored as missing. `firstRow` is the number of the first row in errors. O(rows × columns).
 */
export function tableFromRows(
  rows: Rows,
  selection: readonly Selected[],
  firstRow = 1,
  missing: readonly string[] = [],
): Table {
  rows.forEach((row, i) => {
    if (row === null || typeof row !== "object" || Array.isArray(row))
      throw new InputError(`read: row ${firstRow + i}: expected an object with a value by column`);
    for (const { name } of selection) if (!Object.hasOwn(row, name)) throw absent(row, selection, firstRow + i);
  });
  const columns = selection.map((selected) =>
    columnOfValues(selected, rows.length, (i) => rows[i][selected.name], firstRow, missing),
  );
  return { rows: rows.length, columns };
}

/** Columns as a table of a known selection, without DuckDB. A Float64Array of numbers is taken as it is, not copied. */
export function tableFromColumns(
  columns: Columns,
  selection: readonly Selected[],
  missing: readonly string[] = [],
): Table {
  const lacking = selection.filter(({ name }) => !Object.hasOwn(columns, name)).map(({ name }) => JSON.stringify(name));
  if (lacking.length) throw new InputError(`read: columns: expected ${lacking.join(", ")}, got none; add them`);
  const valuesOf = (name: string) => columns[name] as ArrayLike<unknown>;
  for (const { name } of selection)
    if (typeof columns[name] !== "object" || typeof valuesOf(name)?.length !== "number")
      throw new InputError(
        `read: column ${JSON.stringify(name)}: expected an array as in the other columns, got a value`,
      );
  const rows = valuesOf(selection[0]?.name)?.length ?? 0;
  const out = selection.map((selected): Column => {
    const values = valuesOf(selected.name);
    if (values.length !== rows)
      throw new InputError(
        `read: column ${JSON.stringify(selected.name)}: expected ${rows} values as in ${JSON.stringify(selection[0].name)}, got ${values.length}`,
      );
    if (values instanceof Float64Array && (selected.as === "number" || selected.as === "timestamp"))
      return { name: selected.name, type: "number", values };
    return columnOfValues(selected, rows, (i) => values[i], 1, missing);
  });
  return { rows, columns: out };
}

function columnOfValues(
  { name, as }: Selected,
  rows: number,
  at: (row: number) => unknown,
  firstRow: number,
  missing: readonly string[],
): Column {
  if (as === "text") {
    const values = new Array<string | null>(rows);
    for (let i = 0; i < rows; i++) {
      const cell = textCell(at(i), missing);
      if (cell === undefined) throw misfit(name, firstRow + i, as, at(i), "memory");
      values[i] = cell;
    }
    return { name, type: "text", values };
  }
  const read = { number: numberCell, boolean: booleanCell, timestamp: timestampCell }[as];
  const values = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const cell = read(at(i), missing);
    if (cell === undefined) throw misfit(name, firstRow + i, as, at(i), "memory");
    values[i] = cell;
  }
  return { name, type: "number", values };
}

function absent(row: Readonly<Record<string, unknown>>, selection: readonly Selected[], number: number): InputError {
  const names = selection.filter(({ name }) => !Object.hasOwn(row, name)).map(({ name }) => JSON.stringify(name));
  const listed = names.slice(0, 5).join(", ") + (names.length > 5 ? `, … (${names.length})` : "");
  return new InputError(
    `read: row ${number}: expected a value for ${listed}, got none; add ${names.length > 1 ? "them" : "it"}, with null for a missing value`,
  );
}
