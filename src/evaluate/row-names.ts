import type { Source } from "../data/index.ts";
import { count } from "../numeric/index.ts";

/** Rows named in a message. */
const NAMED = 3;

/** "rows 4, 17, 20 and 5 more", counted from 1 as they stand in the input; `places` are those among the rows read. */
export async function rowNames(source: Source, places: readonly number[], signal?: AbortSignal): Promise<string> {
  const { numbers, of } = await source.numbers(places.slice(0, NAMED), signal);
  const where = { input: "", sql: " of what --sql gave", "rows read": " of the rows read" }[of];
  const more = places.length - numbers.length;
  const listed = numbers.map(count).join(", ");
  return `${places.length === 1 ? "row" : "rows"}${where} ${listed}${more > 0 ? ` and ${count(more)} more` : ""}`;
}
