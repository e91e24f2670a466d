import { rmSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import { Interrupted } from "../errors/index.ts";
import { duckdb } from "./duckdb.ts";
import { privateFolder } from "./remains.ts";

/** A private in-memory DuckDB: nothing is installed, loaded or downloaded, and spilled pages go to a folder of its own. */
export interface Database {
  /** The private folder, which may not exist yet; it goes away with the database. */
  readonly folder: string;
  /** Runs one statement and returns its rows as plain values. */
  run(sql: string, signal?: AbortSignal): Promise<readonly (readonly unknown[])[]>;
  /** Runs one query and yields its chunks (of up to 2,048 rows) in order, on a connection of its own. */
  stream(sql: string, signal?: AbortSignal): AsyncGenerator<DuckDBDataChunk>;
  readonly connection: DuckDBConnection;
  close(): void;
}

/** Opens a database. `explain` turns DuckDB's errors into ours. DuckDB is loaded here and nowhere earlier. */
export async function openDatabase(explain: (error: unknown) => unknown): Promise<Database> {
  const { DuckDBInstance } = duckdb();
  const folder = privateFolder();
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(Math.min(availableParallelism(), 8)),
    memory_limit: `${Math.max(256, Math.floor((0.6 * memoryBytes()) / 1e6))}MB`,
    temp_directory: join(folder, "spill"),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  await connection.run("SET GLOBAL TimeZone = 'UTC'");
  // Closing under a running query would end the process: it is interrupted, and the last one to end closes.
  const open = new Set<DuckDBConnection>();
  let [running, closing] = [0, false];
  const shut = () => {
    for (const one of open) one.closeSync();
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  };

  const failed = (error: unknown, signal: AbortSignal | undefined) =>
    signal?.aborted || closing ? new Interrupted("read: interrupted") : explain(error);

  const during = async <T>(on: DuckDBConnection, signal: AbortSignal | undefined, work: () => Promise<T>) => {
    if (signal?.aborted) throw new Interrupted("read: interrupted");
    if (closing) throw new Error("read: the source is closed");
    running++;
    const interrupt = () => on.interrupt();
    signal?.addEventListener("abort", interrupt);
    try {
      return await work();
    } catch (error) {
      throw failed(error, signal);
    } finally {
      signal?.removeEventListener("abort", interrupt);
      if (--running === 0 && closing) shut();
    }
  };

  const run: Database["run"] = (sql, signal) =>
    during(connection, signal, async () => (await connection.runAndReadAll(sql)).getRowsJS() as unknown[][]);

  /** A stream that fails just ends, and keeps its error to itself: counting the same rows brings it out. */
  const reveal = async (sql: string, signal: AbortSignal | undefined): Promise<never> => {
    await run(`SELECT count(*) FROM (${sql})`, signal);
    throw failed(new Error("the stream of rows ended early"), signal);
  };

  return {
    folder,
    connection,
    run,
    async *stream(sql, signal) {
      if (closing) throw new Error("read: the source is closed");
      const own = await instance.connect();
      open.add(own);
      // Room for DuckDB to work ahead while rows are scored; a database that was locked for a query keeps its 1 MB.
      await own.run("SET streaming_buffer_size = '8MB'").catch(() => {});
      try {
        const result = await during(own, signal, () => own.stream(sql));
        for (;;) {
          const chunk = await during(own, signal, () => result.fetchChunk());
          if (!chunk || chunk.rowCount === 0) break;
          yield chunk;
        }
        if (result.returnType === failedResult) await reveal(sql, signal);
      } finally {
        if (open.delete(own) && !closing) own.closeSync();
      }
    },
    close() {
      if (closing) return;
      closing = true;
      for (const one of [connection, ...open]) one.interrupt();
      if (running === 0) shut();
    },
  };
}

/** DUCKDB_RESULT_TYPE_INVALID: what the type of a result becomes when it fails after its first rows. */
const failedResult = 0;

/** What this process may use: the machine's memory, or its container's limit. */
function memoryBytes(): number {
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}
