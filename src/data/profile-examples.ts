import type { ColumnProfile } from "./column-profile.ts";
import { valuesOf } from "./column-values.ts";
import { identifier } from "./quote.ts";
import type { Relation } from "./relation.ts";
import { isMissingWordSql, numberSql } from "./spellings-sql.ts";

/** The profiles with the first three different values of each column. */
export async function addExamples(
  relation: Relation,
  profiles: readonly ColumnProfile[],
  signal?: AbortSignal,
): Promise<readonly ColumnProfile[]> {
  const list = relation.columns.map((column) => `(${valuesOf(column, relation.missing)[0]})::VARCHAR`).join(", ");
  const head = await relation.database.run(`SELECT ${list} FROM ${identifier(relation.name)} LIMIT 200`, signal);
  return profiles.map((profile, j) => {
    const texts = head.map((row) => row[j]).filter((text): text is string => typeof text === "string");
    return { ...profile, examples: [...new Set(texts)].slice(0, 3) };
  });
}

/** The profiles with the most frequent texts that are no numbers, of columns of text that have any. */
export async function addNonNumeric(
  relation: Relation,
  profiles: readonly ColumnProfile[],
  signal?: AbortSignal,
): Promise<readonly ColumnProfile[]> {
  const out: ColumnProfile[] = []; // one scan a column: such columns are few
  for (const [j, profile] of profiles.entries()) {
    const others = profile.rows - profile.missing - profile.missingWords - profile.numeric;
    const mixed = profile.type === "text" && others > 0 && profile.numeric > 0;
    if (!mixed) {
      out.push(profile);
      continue;
    }
    const [value] = valuesOf(relation.columns[j], relation.missing);
    const rows = await relation.database.run(
      `SELECT t, count(*)::DOUBLE AS n, min(row)::DOUBLE AS first FROM
         (SELECT ${value} AS t, row_number() OVER () AS row FROM ${identifier(relation.name)})
       WHERE t IS NOT NULL AND coalesce(${numberSql("t")}, 'nan'::DOUBLE) = 'nan'::DOUBLE AND NOT ${isMissingWordSql("t")}
       GROUP BY t ORDER BY n DESC, first LIMIT 3`,
      signal,
    );
    const nonNumericExamples = rows.map(([text, count, row]) => ({
      text: String(text),
      count: count as number,
      row: row as number,
    }));
    out.push({ ...profile, nonNumericExamples });
  }
  return out;
}
