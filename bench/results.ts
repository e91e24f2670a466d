import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";

/** One measurement: flat, so that it is a row of a Parquet file. */
export type Measurement = Readonly<Record<string, string | number | boolean | null>>;

/** Measurements by identity, on disk as they come, so that an interrupted run goes on where it was. */
export interface Journal<T extends Measurement> {
  /** The measurement of this identity: from the file, or taken now and appended. */
  once(identity: Measurement, measure: () => Promise<T>): Promise<T>;
}

/** The folder of results, which git ignores. */
export const resultsFolder = join(dirname(fileURLToPath(import.meta.url)), "results");

/** Opens `results/<name>.jsonl`; `fresh` measures again what stands there, and the later line counts. */
export function openJournal<T extends Measurement>(name: string, fresh: boolean): Journal<T> {
  mkdirSync(resultsFolder, { recursive: true });
  const path = join(resultsFolder, `${name}.jsonl`);
  const lines = existsSync(path) && !fresh ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
  const known = new Map<string, T>(lines.map((line) => JSON.parse(line)).map(({ id, measured }) => [id, measured]));
  return {
    async once(identity, measure) {
      const id = JSON.stringify(identity);
      const found = known.get(id);
      if (found) return found;
      const measured = await measure();
      known.set(id, measured);
      appendFileSync(path, `${JSON.stringify({ id, measured })}\n`);
      return measured;
    },
  };
}

/** Writes `results/<name>.parquet`, beside it first, and returns its path. */
export async function writeParquet(name: string, rows: readonly Measurement[]): Promise<string> {
  mkdirSync(resultsFolder, { recursive: true });
  const path = join(resultsFolder, `${name}.parquet`);
  const text = `${path}.part.jsonl`;
  writeFileSync(text, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const literal = (file: string) => `'${file.replaceAll("'", "''")}'`;
  await connection.run(
    `COPY (FROM read_json(${literal(text)}, format = 'newline_delimited', sample_size = -1, map_inference_threshold = -1)) TO ${literal(`${path}.part`)} (FORMAT parquet)`,
  );
  connection.closeSync();
  renameSync(`${path}.part`, path);
  rmSync(text);
  return path;
}

/** Reads a file of measurements, in its order. Whole numbers of any width are numbers; what is neither text nor number is text. */
export async function readMeasurements(path: string): Promise<readonly Measurement[]> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  try {
    const read = await connection.runAndReadAll(`FROM read_parquet('${path.replaceAll("'", "''")}')`);
    return read
      .getRowObjects()
      .map((row) => Object.fromEntries(Object.entries(row).map(([name, x]) => [name, cell(x)])));
  } finally {
    connection.closeSync();
  }
}

function cell(value: unknown): string | number | boolean | null {
  if (value === null || typeof value === "number" || typeof value === "boolean") return value;
  return typeof value === "bigint" ? Number(value) : String(value);
}
