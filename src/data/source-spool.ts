import { existsSync } from "node:fs";
import { join } from "node:path";
import { contentMarks } from "./content-mark.ts";
import { removeDeadParts } from "./output-part.ts";
import { literal } from "./quote.ts";
import type { Relation } from "./relation.ts";
import { behindLinks } from "./remains.ts";
import { openScoreSpool, type ScoreSpool, type ScoreSpoolOptions, spoolFolder } from "./score-spool.ts";
import { openScoreStore, type ScoreStore } from "./score-store.ts";

export interface SpoolOptions extends Omit<ScoreSpoolOptions, "output"> {
  /** The path that the rows will be written to; without it the scores are private and nothing outlasts the process. */
  readonly output: string | undefined;
  /** A run over more rows than this, or over who knows how many, can be gone on with when it is interrupted. */
  readonly resumableRows?: number;
}

/** A spool, and whether the rows were computed: those of `--sql` may come in another order in another process. */
export interface SourceSpool extends ScoreSpool {
  readonly rowsComputed: boolean;
}

const SEGMENT_ROWS = 250_000;
const RESUMABLE_ROWS = 1_000_000;

/**
 * A place for the scores of a source's rows: in a folder beside the output where the run is long and can be repeated, in
 * the database's private folder otherwise. What killed processes left beside the output is taken away.
 */
export async function openSpool(
  relation: Relation,
  counts: { countRows(): Promise<number>; estimateRows(): Promise<number | null> },
  options: SpoolOptions,
): Promise<SourceSpool> {
  const { output, resumableRows = RESUMABLE_ROWS, identity } = options;
  if (output !== undefined) removeDeadParts(behindLinks(output));
  const rowsComputed = await isTable(relation);
  const rows = rowsComputed ? await counts.countRows() : await counts.estimateRows();
  const long = rows === null || rows > resumableRows;
  if (output !== undefined && relation.files.length > 0 && (long || existsSync(spoolFolder(output)))) {
    const pinned = { "the input": await contentMarks(relation.files), ...identity };
    return { ...(await openScoreSpool({ ...options, output, identity: pinned })), rowsComputed };
  }
  return {
    store: privateScores(relation, options),
    found: 0,
    complete: false,
    startedOver: null,
    rowMarks: [],
    rowsComputed,
    finish: async () => {},
    close: async () => {}, // the folder goes away with the database
  };
}

/** A store in the database's private folder. */
export function privateScores(
  { database }: Relation,
  {
    segmentRows = SEGMENT_ROWS,
    labelled,
    classed,
  }: Partial<Pick<SpoolOptions, "segmentRows" | "labelled" | "classed">>,
): ScoreStore {
  return openScoreStore({ folder: join(database.folder, "scores"), segmentRows, labelled, classed });
}

async function isTable({ database, name }: Relation): Promise<boolean> {
  const found = await database.run(`SELECT 1 FROM duckdb_tables() WHERE table_name = ${literal(name)} LIMIT 1`);
  return found.length > 0;
}
