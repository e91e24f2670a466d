import { openSource } from "../../data/index.ts";
import { fromColumns, type Matrix } from "../../numeric/index.ts";

/** A data set of numbers with the truth about its rows. */
export interface NumericSet {
  /** n × d, finite: a missing value is 0, as in the reference code of OddBench. */
  readonly rows: Matrix;
  /** 1 = anomalous. */
  readonly labels: Uint8Array;
  /** Rows of the fixed split; without one, all are in `train`. */
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/** Integers past 2^53, which a column of numbers refuses, are rounded. */
const ALL_DOUBLES =
  "select columns(c -> c not in ('label', 'split'))::double, columns(c -> c in ('label', 'split')) from input";

/** Reads a file of number columns with `label` (1 = anomalous) and perhaps `split` ("train" or "test"). */
export async function readNumericSet(path: string): Promise<NumericSet> {
  using source = await openSource(path, { sql: ALL_DOUBLES });
  const numbers = source.columns.filter((column) => column.name !== "label" && column.name !== "split");
  const table = await source.read([
    ...numbers.map((column) => ({ name: column.name, as: "number" as const })),
    { name: "label", as: "number" },
  ]);
  const columns = table.columns.map((column) => column.values as Float64Array);
  const features = columns.slice(0, -1).map((column) => column.map((x) => (Number.isFinite(x) ? x : 0)));
  const split = source.columns.some((column) => column.name === "split")
    ? (await source.read([{ name: "split", as: "text" }])).columns[0].values
    : new Array<string>(table.rows).fill("train");
  const places = Uint32Array.from({ length: table.rows }, (_, row) => row);
  return {
    rows: fromColumns(table.rows, features),
    labels: Uint8Array.from(columns[columns.length - 1]),
    train: places.filter((row) => split[row] === "train"),
    test: places.filter((row) => split[row] === "test"),
  };
}
