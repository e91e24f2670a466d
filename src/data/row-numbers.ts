import { identifier } from "./quote.ts";
import type { Relation } from "./relation.ts";

/** Where numbers of rows count: the rows of the input, those that --sql gave, or those left by a condition that draws. */
export type NumberedIn = "input" | "sql" | "rows read";

/**
 * The numbers, from 1, of rows at places (from 0) among those read: as they stand in the input, rows that a condition left
 * out counted too. After a query they are numbers in its result. One pass over the rows where there is a condition.
 */
export async function rowNumbers(
  { database, filter }: Relation,
  places: readonly number[],
  signal?: AbortSignal,
): Promise<{ readonly numbers: readonly number[]; readonly of: NumberedIn }> {
  const plain = places.map((place) => place + 1);
  if (filter === null || places.length === 0)
    return { numbers: plain, of: filter?.from === "unseen_query" ? "sql" : "input" };
  if (filter.draws) return { numbers: plain, of: "rows read" };
  const of = filter.from === "unseen_query" ? "sql" : "input";
  if (filter.condition === null) return { numbers: plain, of };
  const rows = await database.run(
    `SELECT unseen_place, unseen_number FROM (
       SELECT row_number() OVER () AS unseen_place, unseen_number FROM (
         SELECT row_number() OVER () AS unseen_number, * FROM ${identifier(filter.from)}
       ) WHERE (
${filter.condition}
)
     ) WHERE unseen_place IN (${plain.join(", ")})`,
    signal,
  );
  const numbers = new Map(rows.map(([place, number]) => [Number(place), Number(number)]));
  return { numbers: plain.map((place) => numbers.get(place) ?? place), of };
}
