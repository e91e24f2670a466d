import type { InferredColumn, Selected, Source } from "../data/index.ts";
import { count, counted, type Key, percent, upToOne } from "../numeric/index.ts";
import type { Labelled } from "./labelled.ts";
import { rowNames } from "./row-names.ts";
import { canTell, type TellingColumn, tellingColumns } from "./telling-columns.ts";

/** Doubts about rows and labels, each a sentence with what to do, and what is known of columns left aside. */
export interface DataDoubts {
  readonly warnings: readonly string[];
  /** Columns left aside that would have told the label. */
  readonly toldAside: readonly TellingColumn[];
}

/** From this share of normal rows on, twins move the false alarm rate. */
const MANY_TWINS = 0.05;
/** Columns named in a message. */
const NAMED = 8;

/** Looks for labels that contradict one another, columns that give the label away, and rows in the order of labels. */
export async function dataDoubts(
  source: Source,
  data: Labelled,
  twins: Uint32Array,
  drawn: boolean,
  key: Key,
  signal?: AbortSignal,
): Promise<DataDoubts> {
  const { labels, unlabelled, table } = data;
  const { anomalous } = labels;
  const times = new Set(data.columns.filter(({ kind }) => kind === "timestamp").map(({ name }) => name));
  const telling = tellingColumns(table, anomalous, key.for("columns"), times);
  const toldAside = await tellingAside(source, data, key, signal);
  const warnings = [
    ...(unlabelled === 0
      ? []
      : [`${counted(unlabelled, "row")} without a label ${unlabelled === 1 ? "is" : "are"} left out`]),
    ...(await contradictions(source, data, twins, signal)),
    ...(drawn ? manyTwins(anomalous, twins) : []),
    ...tellingText(telling),
    ...orderText(anomalous, key),
    ...(canTell(anomalous)
      ? []
      : [
          "too few rows of one kind (fewer than 20) to look for columns that give the label away; look for ids and times yourself",
        ]),
  ];
  return { warnings, toldAside };
}

/** Twins of different labels. */
async function contradictions(source: Source, { texts, places }: Labelled, twins: Uint32Array, signal?: AbortSignal) {
  const mixed = new Map<number, number[]>();
  twins.forEach((first, row) => {
    if (texts[row] === texts[first]) return;
    const rows = mixed.get(first);
    if (rows) rows.push(row);
    else mixed.set(first, [row]);
  });
  if (mixed.size === 0) return [];
  const rows = [...mixed.values()].reduce((sum, { length }) => sum + length, 0);
  const [[first, [second]]] = mixed;
  const { numbers } = await source.numbers([places[first], places[second]], signal);
  return [
    `${counted(rows, "row")} ${rows === 1 ? "equals an earlier one" : "equal earlier ones"} of another label in every used column, as row ${count(numbers[1])} ("${texts[second]}") equals row ${count(numbers[0])} ("${texts[first]}"): no detector can tell them apart; check their labels, or use more columns`,
  ];
}

function manyTwins(anomalous: Uint8Array, twins: Uint32Array): string[] {
  const normals = anomalous.reduce((sum, kind) => sum + 1 - kind, 0);
  const again = twins.reduce((sum, first, row) => sum + (first !== row && anomalous[row] === 0 ? 1 : 0), 0);
  if (again < MANY_TWINS * normals) return [];
  return [
    `${count(again)} of ${count(normals)} normal rows equal an earlier one: equal rows stay on one side of a split, so test rows are newer to the model than later rows of this source would be, and false alarms more frequent than promised`,
  ];
}

function tellingText(columns: readonly TellingColumn[]): string[] {
  if (columns.length === 0) return [];
  const named = columns.slice(0, NAMED).map(({ name, auroc }) => `"${name}" (AUROC ${upToOne(auroc)})`);
  const more = columns.length > NAMED ? ` and ${columns.length - NAMED} more` : "";
  const names = columns.slice(0, NAMED).map(({ name }) => (name.includes(",") ? `"${name}"` : name));
  const ignore = `--ignore '${names.join(",")}'`;
  if (columns.length === 1)
    return [
      `column ${named[0]} alone tells anomalous from normal rows: if it is an id, a time, an address, or was made from the label, it leaks, and new rows will not have it so: pass ${ignore}; if it is a measurement, the anomalies are easy`,
    ];
  return [
    `each of the columns ${named.join(", ")}${more} alone tells anomalous from normal rows: those that are ids, times, addresses, or were made from the label, leak, and new rows will not have them so: pass ${ignore}; if they are measurements, the anomalies are easy`,
  ];
}

/** Rows that stand in the order of their labels. */
function orderText(anomalous: Uint8Array, key: Key): string[] {
  const values = Float64Array.from(anomalous.keys());
  const table = { rows: anomalous.length, columns: [{ name: "row number", type: "number" as const, values }] };
  const [found] = tellingColumns(table, anomalous, key.for("order"));
  if (found === undefined) return [];
  return [
    `rows stand in the order of their labels (AUROC ${upToOne(found.auroc)} from the row number): harmless where splits are drawn, but any column that counts rows or tells time would give the label away`,
  ];
}

/** Ids and times that were left aside without being asked for, and would have told. */
async function tellingAside(source: Source, { schema, labels, places }: Labelled, key: Key, signal?: AbortSignal) {
  const profiles = new Map((await source.profile(signal)).map((profile) => [profile.name, profile]));
  const selection = schema.flatMap((column): Selected[] => {
    if (column.used || column.overridden) return [];
    const { rows, missing, missingWords, numeric, type } = profiles.get(column.name)!;
    const numbers = type !== "big-integer" && numeric > 0 && numeric === rows - missing - missingWords;
    return readable(column, numbers);
  });
  if (selection.length === 0) return [];
  const { columns } = await source.read(selection, { signal });
  const picked = columns.map((column) =>
    column.type === "number"
      ? { ...column, values: Float64Array.from(places, (row) => column.values[row]) }
      : { ...column, values: Array.from(places, (row) => column.values[row]) },
  );
  const times = new Set(picked.map(({ name }) => name));
  return tellingColumns({ rows: places.length, columns: picked }, labels.anomalous, key.for("aside"), times);
}

function readable({ name, kind }: InferredColumn, numbers: boolean): Selected[] {
  if (kind === "timestamp") return [{ name, as: "timestamp" }];
  return kind === "id" ? [{ name, as: numbers ? "number" : "text" }] : [];
}

/** The sentence about test rows that nearly equal a training row; nothing where they are few. `drawn`: splits are ours. */
export async function nearTwinsText(
  source: Source,
  { places }: Labelled,
  rows: readonly number[],
  looked: number,
  drawn: boolean,
  signal?: AbortSignal,
): Promise<string[]> {
  if (rows.length === 0 || rows.length < 0.01 * looked) return [];
  const named = await rowNames(
    source,
    rows.map((row) => places[row]),
    signal,
  );
  return [
    `${count(rows.length)} of ${counted(looked, "test row")} looked at (${percent(rows.length / looked)}) nearly equal a training row, nearer than 1 % of the distance that training rows usually have to the nearest other (${named}): if such rows come from one event, session or device, ${drawn ? "pass --group COLUMN to keep them on one side" : "the split makes the test easier than new events would be"}`,
  ];
}
