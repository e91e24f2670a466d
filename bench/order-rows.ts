import { join } from "node:path";
import { openSource, type Selected } from "../src/data/index.ts";
import { type FitOptions, fit } from "../src/model/index.ts";
import { type Table, takeTableRows } from "../src/numeric/index.ts";
import { dataFolder } from "./labelled-set.ts";

/** Raw columns by name, as `fit` and `score` take them. */
export type RawColumns = Record<string, Float64Array | readonly (string | null)[]>;

/** Reads a Parquet file of the data folder, times as seconds; only rows that meet the condition. */
export async function readRaw(file: string, where: string): Promise<Table> {
  using source = await openSource(join(dataFolder(), file), { where });
  const as = { number: "number", text: "text", boolean: "boolean", timestamp: "timestamp" } as const;
  const selection = source.columns.map(({ name, type }): Selected => ({ name, as: as[type as keyof typeof as] }));
  return await source.read(selection);
}

/** Some rows of a table as columns by name. */
export function columnsOf(table: Table, rows: ArrayLike<number>): RawColumns {
  return Object.fromEntries(takeTableRows(table, rows).columns.map(({ name, values }) => [name, values]));
}

/** The p-values of `fresh` rows under a model fitted on others, and how it was calibrated. */
export async function pValuesOf(
  learn: RawColumns,
  fresh: RawColumns,
  options: FitOptions,
): Promise<{
  readonly pValues: Float64Array;
  readonly method: string;
  readonly units: number;
  readonly warnings: number;
}> {
  using model = await fit(learn, { workers: 0, ...options });
  const { calibration } = model.manifest;
  const level = { falseAlarmRate: Math.max(0.01, 1 / (calibration.units + 1)) };
  const { pValues } = await model.score(fresh, level);
  return { pValues, method: calibration.method, units: calibration.units, warnings: calibration.warnings.length };
}

/** The share of p-values up to a level. */
export function shareAtMost(pValues: Float64Array, level: number): number {
  return pValues.filter((p) => p <= level * (1 + 1e-12)).length / pValues.length;
}
