import { identifier, nearNames, type Source } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import type { OpenModel } from "./open-model.ts";

/** Throws an InputError unless the source has the columns that the model takes, with the SQL that would add them. `who` asks: score. */
export function requireColumns(who: string, { columns, description }: Source, selection: OpenModel["selection"]): void {
  const names = columns.map(({ name }) => name);
  const lacking = selection.map(({ name }) => name).filter((name) => !names.includes(name));
  if (lacking.length === 0) return;
  const listed = lacking.slice(0, 5).map((name) => JSON.stringify(name));
  const unused = names.filter((name) => !selection.some((column) => column.name === name));
  const near = nearNames(lacking[0], unused)[0];
  const made = near === undefined ? "NULL" : identifier(near);
  const remedy =
    names.length === 1 && selection.length > 1
      ? "if the file has more columns than one, check --delimiter; else "
      : near === undefined
        ? ""
        : `is ${JSON.stringify(lacking[0])} called ${JSON.stringify(near)} here? `;
  throw new InputError(
    `${who}: ${description}: expected the columns that the model learned from, got none called ${listed.join(", ")}${lacking.length > 5 ? `, … (${lacking.length})` : ""}; ` +
      `${remedy}rename or add ${lacking.length > 1 ? "them" : "it"}, as with --sql 'select *, ${made} as ${identifier(lacking[0])} from input'`,
  );
}
