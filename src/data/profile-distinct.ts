import { columnGroups } from "./column-groups.ts";
import type { ColumnProfile } from "./column-profile.ts";
import { valuesOf } from "./column-values.ts";
import { identifier } from "./quote.ts";
import type { Relation } from "./relation.ts";
import { isMissingWordSql } from "./spellings-sql.ts";

/** Up to so many different values are counted exactly, and the most frequent of them named. */
const few = 5000;

/** Up to so many rows, the values of a column that may be an id are counted exactly too. */
const countable = 5_000_000;

/**
 * The profiles with exact numbers of different values where they are few, or where nearly all differ (an id?).
 * A text column whose present values are all numbers or missing words counts numbers: "1" and "1.0" are one.
 */
export async function addDistinct(
  relation: Relation,
  profiles: readonly ColumnProfile[],
  signal?: AbortSignal,
): Promise<readonly ColumnProfile[]> {
  const present = (profile: ColumnProfile) => profile.rows - profile.missing;
  const small = (profile: ColumnProfile) => profile.type !== "nested" && profile.distinct <= few;
  const idLike = (profile: ColumnProfile) =>
    !small(profile) &&
    profile.type !== "nested" &&
    profile.rows <= countable &&
    profile.distinct >= 0.8 * present(profile) &&
    (profile.numeric === 0 || profile.integers === profile.numeric);
  const chosen = profiles.flatMap((profile, j) => (small(profile) || idLike(profile) ? [j] : []));
  const row: unknown[] = [];
  for (const group of columnGroups(chosen)) {
    const inner = group.map((j) => `${distinctValue(relation, profiles[j], j)} AS x${j}`);
    const grouped = group.map((j) => `${small(profiles[j]) ? `histogram(x${j})` : `count(DISTINCT x${j})`} AS h${j}`);
    const fields = group.map((j) =>
      small(profiles[j]) ? `cardinality(h${j})::DOUBLE, ${topOf(`h${j}`)}` : `h${j}::DOUBLE, NULL`,
    );
    const values = `SELECT ${inner.join(", ")} FROM ${identifier(relation.name)}`;
    const [counts] = await relation.database.run(
      `SELECT ${fields.join(", ")} FROM (SELECT ${grouped.join(", ")} FROM (${values}))`,
      signal,
    );
    row.push(...counts);
  }
  return profiles.map((profile, j) => {
    const at = chosen.indexOf(j);
    if (at < 0) return profile;
    const top = JSON.parse((row[2 * at + 1] as string | null) ?? "[]") as readonly { c: number; k: string }[];
    return {
      ...profile,
      distinct: (row[2 * at] as number | null) ?? 0,
      distinctExact: true,
      top: top.map(({ c, k }) => ({ text: k, count: c })),
    };
  });
}

/** The five most frequent keys of a histogram as JSON; ties in reverse order of the text. */
function topOf(histogram: string): string {
  const entries = `list_transform(map_entries(${histogram}), lambda e: {'c': e.value, 'k': e.key::VARCHAR})`;
  return `to_json(list_slice(list_reverse_sort(${entries}), 1, 5))::VARCHAR`;
}

function distinctValue(relation: Relation, profile: ColumnProfile, j: number): string {
  const [value, number] = valuesOf(relation.columns[j], relation.missing);
  if (profile.type !== "text") return value;
  const typed = profile.rows - profile.missing - profile.missingWords;
  if (typed > 0 && profile.numeric === typed) return `nullif(${number}, 'nan'::DOUBLE)`;
  const words = typed > 0 && (profile.booleans === typed || profile.timestamps === typed);
  return words ? `CASE WHEN ${isMissingWordSql(value)} THEN NULL ELSE ${value} END` : value;
}
