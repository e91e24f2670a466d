import { columnGroups } from "./column-groups.ts";
import type { Database } from "./database.ts";
import { identifier, literal } from "./quote.ts";
import { isMissingWordSql, numberSql, withoutMissing } from "./spellings-sql.ts";

/**
 * Views over columns of text for a user's SQL, in which columns that spell nothing but numbers and missing values are
 * numbers: `amount > 99.5` then means what it says. Over all rows of the view `unseen_text`.
 */
export interface TypedText {
  /** The query with typed columns: what `--sql` calls `input`. */
  readonly typed: string;
  /** The rows for which a condition on typed columns holds, as the texts that they came as. */
  readonly filtered: (condition: string) => string;
}

export async function typedText(
  database: Database,
  names: readonly string[],
  missing: readonly string[],
  signal: AbortSignal | undefined,
): Promise<TypedText> {
  const present = names.map((name) => withoutMissing(identifier(name), missing));
  const misfits = present.map(
    (t) => `max(CASE WHEN ${numberSql(t)} IS NOT NULL OR ${t} IS NULL OR ${isMissingWordSql(t)} THEN 0 ELSE 1 END)`,
  );
  const counts: unknown[] = [];
  for (const group of columnGroups(misfits)) {
    const [found] = await database.run(`SELECT ${group.join(", ")} FROM unseen_text`, signal);
    counts.push(...found);
  }
  const columns = names.map((name, j) =>
    Number(counts[j]) === 0
      ? `nullif(${numberSql(present[j])}, 'nan'::DOUBLE) AS ${identifier(name)}`
      : `${present[j]} AS ${identifier(name)}`,
  );
  const texts = names.map((name) => `${identifier(name)} := ${identifier(name)}`);
  const back = names.map((name) => `struct_extract(unseen_row, ${literal(name)}) AS ${identifier(name)}`);
  const packed = `SELECT ${columns.join(", ")}, struct_pack(${texts.join(", ")}) AS unseen_row FROM unseen_text`;
  return {
    typed: `SELECT ${columns.join(", ")} FROM unseen_text`,
    filtered: (condition) => `SELECT ${back.join(", ")} FROM (${packed}) WHERE (\n${condition}\n)`,
  };
}
