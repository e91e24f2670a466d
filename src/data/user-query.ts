import { InputError } from "../errors/index.ts";
import type { Database } from "./database.ts";
import { firstLine } from "./explain-error.ts";
import { literal } from "./quote.ts";
import type { Relation } from "./relation.ts";
import type { SourceOptions } from "./source-options.ts";
import type { TypedText } from "./typed-text.ts";

/**
 * Applies `--sql` and `--where` to the view `input` and returns the name of the relation with the result.
 *
 * The user's SQL is one SELECT (a second statement is refused) and may read only the input's files: DuckDB's external
 * access is off for everything but `files` and the database's private folder, and its settings are locked.
 *
 * Columns of CSV files that spell only numbers are numbers to the user's SQL (`text`); a filter gives the texts back.
 *
 * The result of `--sql` is computed once and kept (on disk, where memory is short), because rows of a join or group
 * come in another order each time, and scores are joined by position. A filter keeps the order and is a view, unless
 * it draws random numbers.
 */
export async function applyQuery(
  database: Database,
  files: readonly string[],
  { sql, where }: SourceOptions,
  text: TypedText | undefined,
  signal?: AbortSignal,
): Promise<string> {
  if (sql === undefined && where === undefined) return "input";
  await sandbox(database, files);
  let relation = "input";
  if (sql !== undefined) {
    const query = (given: string) => `SELECT * FROM (\n${given}\n)`;
    await create(database, "--sql", "TABLE unseen_query", sql.replace(/[;\s]+$/, ""), query, signal);
    relation = "unseen_query";
  }
  if (where !== undefined) {
    const kind = draws(where) ? "TABLE" : "VIEW";
    const plain = (condition: string) => `SELECT * FROM ${relation} WHERE (\n${condition}\n)`;
    const filtered = sql === undefined ? (text?.filtered ?? plain) : plain;
    await create(database, "--where", `${kind} unseen_rows`, where, filtered, signal);
    relation = "unseen_rows";
  }
  return relation;
}

/** Whether a condition may hold for other rows the next time. */
function draws(where: string): boolean {
  return /\b(random|uuid|gen_random_uuid|nextval|select|from)\b/i.test(where);
}

/** What was done to the input; see {@link Relation}. */
export function filterOf({ sql, where }: SourceOptions): Relation["filter"] {
  if (sql === undefined && where === undefined) return null;
  return {
    from: sql === undefined ? "input" : "unseen_query",
    condition: where ?? null,
    draws: where !== undefined && draws(where),
  };
}

async function create(
  database: Database,
  option: "--sql" | "--where",
  target: string,
  text: string,
  queryOf: (text: string) => string,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!text.trim()) throw new InputError(`${option}: expected SQL, got nothing`);
  const statement = `CREATE ${target} AS ${queryOf(text)}`;
  try {
    const { count } = await database.connection.extractStatements(statement);
    if (count !== 1)
      throw new InputError(
        `${option}: expected one ${option === "--where" ? "condition" : "SELECT"}, got ${count} statements`,
      );
  } catch (error) {
    throw refused(option, error);
  }
  try {
    await database.run(statement, signal);
  } catch (error) {
    throw refused(option, error);
  }
}

const example = "\"split = 'train'\"";

const remedies = {
  "--where": `write one condition on the columns, such as ${example}`,
  "--sql": 'write one SELECT over input, such as "select *, a / b as ratio from input"',
} as const;

/** The input itself may be at fault (a ragged line met while the query runs): such errors keep their own text. */
function refused(option: string, error: unknown): unknown {
  if (error instanceof InputError && !/^--/.test(error.message)) {
    const cause = error.cause instanceof Error ? error.cause.message : "";
    return /^Permission Error/.test(cause)
      ? new InputError(`${option}: ${firstLine(cause)}; a query may read only \`input\``, { cause: error })
      : error;
  }
  if (error instanceof InputError || !(error instanceof Error) || error.name === "Interrupted") return error;
  const said = (error.cause instanceof Error ? error.cause.message : error.message).replace(
    /^Failed to extract statements: /,
    "",
  );
  const hint = /Candidate bindings: .*/.exec(said)?.[0].replace("Candidate bindings", "; near are");
  const text = /VARCHAR.*(explicit|cast)/.test(firstLine(said))
    ? "; a column that holds any other text is text: write TRY_CAST(x AS DOUBLE) for x"
    : "";
  const remedy = hint || text ? "" : `; ${remedies[option as keyof typeof remedies]}`;
  const quotes = hint && option === "--where" ? `; a text stands in single quotes, as in ${example}` : "";
  return new InputError(`${option}: ${firstLine(said)}${hint ?? ""}${quotes}${text}${remedy}`.replace("!;", ";"), {
    cause: error,
  });
}

async function sandbox(database: Database, files: readonly string[]): Promise<void> {
  await database.run(`SET allowed_paths = [${files.map(literal).join(", ")}]`);
  await database.run(`SET allowed_directories = [${literal(database.folder)}]`);
  await database.run("SET enable_external_access = false");
  await database.run("SET lock_configuration = true");
}
