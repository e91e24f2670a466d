import { join } from "node:path";
import { openSource } from "../src/data/index.ts";
import { type Key, permutation, type Table, takeTableRows } from "../src/numeric/index.ts";
import { dataFolder } from "./labelled-set.ts";

/** A table whose rows are divided: what a model learns from, and what it never sees. */
export interface ExplainCase {
  readonly name: string;
  /** Normal rows to learn from. */
  readonly train: Table;
  /** Anomalous rows for detectors that need some to learn from; none of them is explained. */
  readonly known: Table;
  /** Normal rows that no model sees: they give the values that are put in, and the ranks. */
  readonly heldOut: Table;
  /** Anomalous rows to explain. */
  readonly anomalies: Table;
}

/** One intrusion set and five of ADBench, of 10 to 83 columns. */
export const CASES = ["cicids2017-improved", "cardio", "satellite", "fault", "campaign", "pageblocks"];

/** Ids, addresses, times and what was written down beside the label would give it away. */
const ASIDE = ["id", "Flow ID", "Src IP", "Src Port", "Dst IP", "Timestamp", "Attempted Category", "Label", "label"];

const MOST = { train: 2000, heldOut: 2000, known: 20, anomalies: 1000 };

/** Reads a table and divides it: at most 2,000 rows to learn from, 60 % of the normal ones, and 2,000 held out. */
export async function readCase(name: string, key: Key): Promise<ExplainCase> {
  const intrusion = name.startsWith("cicids");
  using source = await openSource(join(dataFolder(), intrusion ? "intrusion" : "adbench", `${name}.parquet`));
  const label = intrusion ? "Label" : "label";
  const [{ values }] = (await source.read([{ name: label, as: "text" }])).columns;
  const used = source.columns.filter(({ name }) => !ASIDE.includes(name));
  const table = await source.read(used.map(({ name }) => ({ name, as: "number" as const })));
  const isNormal = (row: number) => values[row] === "BENIGN" || Number(values[row]) === 0;
  const own = key.for(name);
  const shuffled = Array.from(permutation(own.for("rows"), table.rows));
  const normal = shuffled.filter(isNormal);
  const anomalous = shuffled.filter((row) => !isNormal(row));
  const train = Math.min(MOST.train, Math.floor(0.6 * normal.length));
  return {
    name,
    train: takeTableRows(table, normal.slice(0, train)),
    known: takeTableRows(table, anomalous.slice(0, MOST.known)),
    heldOut: takeTableRows(table, normal.slice(train, train + MOST.heldOut)),
    anomalies: takeTableRows(table, anomalous.slice(MOST.known, MOST.known + MOST.anomalies)),
  };
}

/** A table as columns by name. */
export function columnsOf(table: Table): Record<string, Float64Array> {
  return Object.fromEntries(table.columns.map(({ name, values }) => [name, values as Float64Array]));
}
