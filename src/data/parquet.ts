import { sameColumns } from "./csv.ts";
import type { Database } from "./database.ts";
import { uniqueNames } from "./names.ts";
import { pathLiteral } from "./quote.ts";

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
  let inside = 0;
  for (const [name, children] of rows.slice(1)) {
    if (inside > 0) inside--;
    else names.push(String(name));
    if (inside > 0 || names.length) inside += Number(children ?? 0);
  }
  return names;
}
