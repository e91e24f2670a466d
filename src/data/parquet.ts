import { InputError } from "../errors/index.ts";
import { sameColumns } from "./csv.ts";
import type { Database } from "./database.ts";
import { uniqueNames } from "./names.ts";
import { pathLiteral, shown } from "./quote.ts";

/** The query that reads Parquet files by name of column. Throws an InputError when their columns differ. */
export async function parquetQuery(database: Database, paths: readonly string[]): Promise<string> {
  const names: (readonly string[])[] = [];
  for (const path of paths) names.push(await topLevelNames(database, path));
  for (let i = 1; i < paths.length; i++) sameColumns(paths[0], names[0], paths[i], names[i]);
  uniqueNames(names[0], paths[0]);
  return `(FROM read_parquet([${paths.map(pathLiteral).join(", ")}], union_by_name = true))`;
}

/** Names as the file has them: DuckDB renames those that differ only in case. Children of nested columns are skipped. */
async function topLevelNames(database: Database, path: string): Promise<readonly string[]> {
  const rows = await database.run(`SELECT name, num_children::DOUBLE FROM parquet_schema(${pathLiteral(path)})`);
  const names: string[] = [];
  /** How many children are still to come of the columns that the next one stands in. */
  const open: number[] = [];
  for (const [name, children] of rows.slice(1)) {
    while (open.at(-1) === 0) open.pop();
    if (open.length === 0) names.push(String(name));
    else open[open.length - 1]--;
    open.push(Number(children ?? 0));
    if (open.length > DEEPEST)
      throw new InputError(
        `read: ${path}: column ${shown(names.at(-1))}: expected values nested at most ${DEEPEST} levels deep, got more; leave it out`,
      );
  }
  return names;
}

/** The most levels of nested columns: DuckDB takes minutes for a thousand, and reads no more than 255. */
const DEEPEST = 100;
