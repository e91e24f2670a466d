import { InputError } from "../errors/index.ts";
import { readHead } from "./csv-head.ts";
import type { Database } from "./database.ts";
import { pathLiteral, shown } from "./quote.ts";

/** The query that reads files of JSON Lines; types come from all rows. Throws an InputError at the first bad line. */
export async function jsonLinesQuery(
  database: Database,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  for (const path of paths) {
    await readHead(database, path); // refuses what is no text
    await refuseDeep(database, path, signal);
  }
  const sql = `(FROM read_json([${paths.map(pathLiteral).join(", ")}], format = 'newline_delimited', records = true,
    sample_size = -1, union_by_name = true, maximum_object_size = 67108864, map_inference_threshold = -1))`;
  try {
    await database.run(`DESCRIBE ${sql}`, signal);
  } catch (error) {
    for (const path of paths) await findBadLine(database, path, signal);
    throw error;
  }
  return sql;
}

/** DuckDB names the wrong line, or none: each line is checked by itself to name the first bad one. */
async function findBadLine(database: Database, path: string, signal: AbortSignal | undefined): Promise<void> {
  const [bad] = await database.run(
    `SELECT n::DOUBLE, line FROM (${numberedLines(path)})
     WHERE trim(line) <> '' AND (NOT json_valid(line) OR json_type(CASE WHEN json_valid(line) THEN line END) <> 'OBJECT')
     LIMIT 1`,
    signal,
  );
  if (bad)
    throw new InputError(
      `read: ${path}: line ${bad[0]}: expected one JSON object, got ${shown(bad[1])}; write each row as one object on one line (${oneLineEach(bad[1])})`,
    );
}

/** The most levels of lists and objects within a row: DuckDB reads them by recursion, and some 20,000 end the process. */
const DEEPEST = 1000;

/** Throws an InputError at the first line that is nested deeper. Few lines are so long that they need a look. */
async function refuseDeep(database: Database, path: string, signal: AbortSignal | undefined): Promise<void> {
  const openers = "strlen(line) - strlen(replace(replace(line, '{', ''), '[', ''))";
  const long = `FROM (${numberedLines(path)}) WHERE strlen(line) > ${DEEPEST} AND ${openers} > ${DEEPEST}`;
  for await (const chunk of database.stream(`SELECT n::DOUBLE, line ${long}`, signal))
    for (const [n, line] of chunk.getRows())
      if (nesting(String(line)) > DEEPEST)
        throw new InputError(
          `read: ${path}: line ${n}: expected values nested at most ${DEEPEST} levels deep, got more; leave them out`,
        );
}

/** How deep the lists and objects of a JSON text are nested. */
function nesting(text: string): number {
  let [depth, deepest, quoted] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted && c === "\\") i++;
    else if (c === '"') quoted = !quoted;
    else if (!quoted && (c === "[" || c === "{")) deepest = Math.max(deepest, ++depth);
    else if (!quoted && (c === "]" || c === "}")) depth--;
  }
  return deepest;
}

/** The lines of a file as they are; those that are no text, or too long, are for the reader of JSON to refuse. */
function numberedLines(path: string): string {
  return `SELECT row_number() OVER () AS n, line FROM read_csv(${pathLiteral(path)},
    delim = '\x01', quote = '', escape = '', header = false, auto_detect = false, strict_mode = false,
    max_line_size = 67108864, ignore_errors = true, columns = {'line': 'VARCHAR'})`;
}

/** The command that makes JSON Lines of a JSON text that starts like this. */
export function oneLineEach(text: unknown): string {
  return /^\s*\[/.test(String(text)) ? "an array becomes that by jq -c '.[]'" : "jq -c . makes that of JSON";
}
