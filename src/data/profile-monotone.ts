import { columnGroups } from "./column-groups.ts";
import type { ColumnProfile } from "./column-profile.ts";
import { valuesOf } from "./column-values.ts";
import { identifier } from "./quote.ts";
import type { Relation } from "./relation.ts";
import { secondsSql } from "./spellings-sql.ts";

/** The profiles with `monotone`: the head rules out nearly every column, so that few are compared row by row. */
export async function addMonotone(
  relation: Relation,
  profiles: readonly ColumnProfile[],
  signal?: AbortSignal,
): Promise<readonly ColumnProfile[]> {
  const complete = profiles.flatMap(({ rows, missing, numeric, timestamps }, j) =>
    rows > 1 && missing === 0 && (numeric === rows || timestamps === rows) ? [j] : [],
  );
  const name = identifier(relation.name);
  const head = await increasing(relation, complete, `(FROM ${name} LIMIT 2048)`, signal);
  const all = await increasing(relation, head, name, signal);
  return profiles.map((profile, j) => ({ ...profile, monotone: all.includes(j) }));
}

async function increasing(
  relation: Relation,
  columns: readonly number[],
  from: string,
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const found: number[] = [];
  for (const group of columnGroups(columns)) found.push(...(await increasingOf(relation, group, from, signal)));
  return found;
}

async function increasingOf(
  relation: Relation,
  columns: readonly number[],
  from: string,
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const orderable = (j: number) => {
    const column = relation.columns[j];
    const [value, number] = valuesOf(column, relation.missing);
    if (column.type !== "text") return value;
    return `coalesce(${number}, ${secondsSql(value)})`;
  };
  const inner = columns.map((j) => `${orderable(j)} AS x${j}`).join(", ");
  const steps = columns.map((j) => `x${j} > lag(x${j}) OVER () AS s${j}`).join(", ");
  const [row] = await relation.database.run(
    `SELECT ${columns.map((j) => `bool_and(s${j})`).join(", ")} FROM (SELECT ${steps} FROM (SELECT ${inner} FROM ${from}))`,
    signal,
  );
  return columns.filter((_, i) => row[i] === true);
}
