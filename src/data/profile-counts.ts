import { columnGroups } from "./column-groups.ts";
import type { ColumnProfile } from "./column-profile.ts";
import { isFloat } from "./column-type.ts";
import { valuesOf } from "./column-values.ts";
import { exactly } from "./conversion.ts";
import { identifier } from "./quote.ts";
import type { Relation, RelationColumn } from "./relation.ts";
import { isBooleanWordSql, isIntegerSql, isMissingWordSql, secondsSql } from "./spellings-sql.ts";

/** The profiles as far as one pass of aggregates over all rows and columns tells. */
export async function countValues(relation: Relation, signal?: AbortSignal): Promise<readonly ColumnProfile[]> {
  const lists = relation.columns.map((column, j) => aggregatesOf(column, `v${j}`, `d${j}`));
  let rows = 0;
  const numbers: unknown[] = [];
  for (const group of columnGroups([...relation.columns.keys()])) {
    const values = group.map((j) => {
      const [value, number] = valuesOf(relation.columns[j], relation.missing);
      return `${value} AS v${j}, ${number} AS d${j}`;
    });
    const fields = group.flatMap((j) => Object.values(lists[j]));
    const list = ["count(*)", ...fields].map((sql) => `(${sql})::DOUBLE`).join(", ");
    const query = `SELECT ${list} FROM (SELECT ${values.join(", ")} FROM ${identifier(relation.name)})`;
    const [[all, ...counts]] = await relation.database.run(query, signal);
    rows = all as number;
    numbers.push(...counts);
  }
  let at = 0;
  return relation.columns.map((column, j) => {
    const found = Object.fromEntries(Object.keys(lists[j]).map((field) => [field, numbers[at++]])) as Partial<
      Record<keyof ColumnProfile | "present", number | null>
    >;
    const count = (field: keyof ColumnProfile | "present") => found[field] ?? 0;
    return {
      name: column.name,
      type: column.type,
      rows,
      missing: rows - count("present"),
      missingWords: count("missingWords"),
      distinct: count("distinct"),
      distinctExact: false,
      numeric: count("numeric"),
      nonNumericExamples: [],
      integers: count("integers"),
      infinite: count("infinite"),
      beyondExact: count("beyondExact"),
      min: found.min ?? Number.NaN,
      max: found.max ?? Number.NaN,
      float: isFloat(column.sqlType),
      booleans: count("booleans"),
      timestamps: count("timestamps"),
      meanLength: count("meanLength"),
      maxLength: count("maxLength"),
      words: count("words"),
      monotone: false,
      top: [],
      examples: [],
    };
  });
}

/** The aggregates of one column by the name of their field. */
type Aggregates = Readonly<Record<string, string>>;

function aggregatesOf(column: RelationColumn, v: string, d: string): Aggregates {
  const present = `count(${v})`;
  if (column.type === "nested") return { present };
  const distinct = `approx_count_distinct(${v})`;
  if (column.type === "boolean") return { present, distinct, booleans: present };
  if (column.type === "timestamp")
    return { present, distinct, timestamps: present, min: `min(${d})`, max: `max(${d})` };
  // CASE and count_if, not FILTER (WHERE …): hundreds of filters in one query take ten times as long.
  const finite = `CASE WHEN isfinite(${d}) THEN ${d} END`;
  const numbers = {
    present,
    distinct,
    numeric: column.type === "text" ? `count_if(NOT isnan(${d}))` : `count(${d})`,
    infinite: `count_if(isinf(${d}))`,
    min: `min(${finite})`,
    max: `max(${finite})`,
    integers: `count_if(${d} = trunc(${d}) AND isfinite(${d}))`,
  };
  if (column.type !== "text")
    return isFloat(column.sqlType) ? numbers : { ...numbers, beyondExact: `count_if(NOT (${exactly(v)}))` };
  const other = `${v} IS NOT NULL AND (${d} IS NULL OR isnan(${d}))`;
  const huge = `abs(${d}) >= 9007199254740992 AND isfinite(${d})`;
  const ifOther = (condition: string) => `count_if(CASE WHEN ${other} THEN ${condition} ELSE false END)`;
  return {
    ...numbers,
    missingWords: ifOther(`isnan(${d}) IS TRUE OR ${isMissingWordSql(v)}`),
    booleans: ifOther(isBooleanWordSql(v)),
    timestamps: ifOther(`${secondsSql(v)} IS NOT NULL`),
    beyondExact: `count_if(CASE WHEN ${huge} THEN ${isIntegerSql(v)} AND NOT coalesce(${exactly(`TRY_CAST(${v} AS HUGEINT)`)}, false) ELSE false END)`,
    meanLength: `avg(length(${v}))`,
    maxLength: `max(length(${v}))`,
    words: `avg(length(${v}) - length(replace(${v}, ' ', '')))`,
  };
}
