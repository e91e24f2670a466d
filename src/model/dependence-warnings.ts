import type { ColumnProfile, InferredColumn, Selected, Source } from "../data/index.ts";
import { identifier } from "../data/index.ts";
import type { Key, Table } from "../numeric/index.ts";
import { groupMates, neighbors, type Pairing, type Sign, sortedRows, visibleDependence } from "./visible-dependence.ts";

/** Left-aside columns are looked at in so many rows from the first on, and so many of them. */
const HEAD_ROWS = 65_536;
const MOST_ASIDE = 20;

/** So many columns are named in one warning, the clearest first. */
const MOST_NAMED = 3;

/** A number with fewer different values names groups; with more it may tell an order. */
const FEW_VALUES = 50;
/** A text that nearly never repeats names rows, not groups, and is not read. */
const NEARLY_ALL = 0.95;

interface Aside {
  readonly kind: "sorted" | "equal";
  readonly profile: ColumnProfile;
  readonly selected: Selected;
}

/**
 * Signs in the data that the rows are not exchangeable, in words with a remedy: that neighbors in the file, or rows near
 * each other or equal in a column that is left aside, are more alike in the learned columns than chance allows. Measured
 * only ({@link visibleDependence}): no name is looked at. Columns that are learned from may well group rows.
 */
export async function dependenceWarnings(
  source: Source,
  schema: readonly InferredColumn[],
  label: string | undefined,
  rows: Table,
  key: Key,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const profiles = await source.profile(signal);
  const left = profiles.filter((profile, i) => !schema[i].used && profile.name !== label);
  const asides = left.flatMap((profile) => asideOf(profile)).slice(0, MOST_ASIDE);
  const file: Pairing = {
    kind: "file",
    column: null,
    rows: neighbors(Uint32Array.from({ length: rows.rows }, (_, row) => row)),
  };
  const pairings = [file, ...(await asidePairings(source, asides, key, signal))];
  const signs = visibleDependence(
    rows,
    pairings.filter((pairing) => pairing.rows.length > 0),
  );
  const clock = left.find(({ monotone }) => monotone)?.name ?? null;
  const times = new Set(left.filter(tellsTime).map(({ name }) => name));
  return (["file", "sorted", "equal"] as const).flatMap((kind) => {
    const found = signs.filter(({ pairing }) => pairing.kind === kind).sort((a, b) => b.correlation - a.correlation);
    return found.length === 0 ? [] : [sentence(kind, found, clock, times)];
  });
}

/** How a column may pair rows, if its values repeat or can be put in order. */
function asideOf(profile: ColumnProfile): readonly Aside[] {
  const { name, type, rows, missing, missingWords, numeric, beyondExact, float, distinct, monotone, meanLength } =
    profile;
  const typed = rows - missing - missingWords;
  if (type === "nested" || typed < 2 || distinct < 2 || monotone) return []; // monotone: the file's own order
  const number = type !== "boolean" && numeric === typed && (float || beyondExact === 0);
  if (tellsTime(profile)) return [{ kind: "sorted", profile, selected: { name, as: "timestamp" } }];
  if (number && distinct > FEW_VALUES) return [{ kind: "sorted", profile, selected: { name, as: "number" } }];
  if (distinct > NEARLY_ALL * typed || meanLength > 60) return [];
  return [{ kind: "equal", profile, selected: { name, as: "text" } }];
}

function tellsTime({ type, rows, missing, missingWords, timestamps }: ColumnProfile): boolean {
  const typed = rows - missing - missingWords;
  return type === "timestamp" || (typed > 0 && timestamps === typed);
}

async function asidePairings(
  source: Source,
  asides: readonly Aside[],
  key: Key,
  signal?: AbortSignal,
): Promise<readonly Pairing[]> {
  if (asides.length === 0) return [];
  const selection = asides.map(({ selected }) => selected);
  for await (const head of source.chunks(selection, { rows: HEAD_ROWS, signal }))
    return head.columns.map((column, i) => ({
      kind: asides[i].kind,
      column: column.name,
      rows:
        column.type === "number"
          ? neighbors(sortedRows(column.values, key.for(column.name)))
          : groupMates(column.values, key.for(column.name)),
    }));
  return [];
}

/** What was seen, what p-values then mean, and what to do. */
function sentence(
  kind: Pairing["kind"],
  signs: readonly Sign[],
  clock: string | null,
  times: ReadonlySet<string>,
): string {
  const [{ column, correlation }] = signs;
  const by = signs.slice(0, MOST_NAMED).flatMap(({ pairing }) => (pairing.column === null ? [] : [pairing.column]));
  const quoted = by.map((name) => `"${name}"`).join(" or ");
  const which = {
    file: "next to each other in the file",
    sorted: `near each other in ${quoted}`,
    equal: `of equal ${quoted}`,
  };
  const like = correlation > 0 ? "alike" : "less alike than others";
  const found = `rows ${which[kind]} are ${like} (correlation ${correlation.toFixed(2)} in "${column}", 0 by chance)`;
  const meaning = "p-values hold for rows drawn at random from among these, and may be too small for";
  const flags = (flag: string, names: readonly string[]) =>
    names.map((name) => `${flag} ${flagValue(name)}`).join(" or ");
  if (kind === "equal")
    return `${found}: ${meaning} rows that bring new values of it; if new rows will, pass ${flags("--group", by)}`;
  const later = `${found}: ${meaning} later rows`;
  if (kind === "file" && clock !== null)
    return `${later}; pass ${flags("--time", [clock])}, or --group with the column that says what rows belong to`;
  if (kind === "file")
    return `${later}; pass --time or --group with the column that says when rows came, or what they belong to (the file's own order: --sql 'select *, row_number() over () as place from input' --time place)`;
  const clocks = by.filter((name) => times.has(name));
  if (clocks.length > 0) return `${later}; pass ${flags("--time", clocks)}`;
  return `${later}; if it tells when rows came, pass ${flags("--time", by)}, and if it says what they belong to, --group`;
}

/** A column's name as a flag takes it from a shell. */
function flagValue(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : identifier(name);
}
