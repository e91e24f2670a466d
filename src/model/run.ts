import { checkSignal } from "../errors/index.ts";
import { cutRows, inLanes, pooledRunner, type Runner, sharedRunner } from "../graph/index.ts";
import type { Table } from "../numeric/index.ts";
import { feedsOf } from "../prepare/index.ts";
import type { OpenModel } from "./open-model.ts";

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Worker threads for long work; all cores when left out, 0 for none. */
  readonly workers?: number;
  /** Told after every call how many rows it scored. */
  readonly onRows?: (rows: number) => void;
}

export interface TableScores {
  readonly scores: Float64Array;
  /** Conservative p-values. */
  readonly pValues: Float64Array;
}

/** Scoring that has taken longer than this on the calling thread goes on in worker threads. */
const POOL_AFTER_SECONDS = 1;

/** The scores of one table. */
export async function scoreTable(model: OpenModel, table: Table, options: RunOptions): Promise<TableScores> {
  for await (const scores of scoreTables(model, [table], options)) return scores;
  throw new Error("scoreTable: no scores came");
}

/**
 * The scores of tables as they come, in their order; a few tables are under way at once, so memory is bounded by them.
 * Throws Interrupted when the signal fires, between calls.
 */
export async function* scoreTables(
  model: OpenModel,
  tables: AsyncIterable<Table> | Iterable<Table>,
  options: RunOptions,
): AsyncGenerator<TableScores> {
  await using runners = openRunners(model, options);
  const underWay: Promise<TableScores>[] = [];
  try {
    for await (const table of tables) {
      const scores = runTable(model, table, runners, options);
      scores.catch(() => {}); // reported when its turn comes
      underWay.push(scores);
      while (underWay.length > (runners.pooled() ? 3 : 0)) yield await underWay.shift()!;
    }
    for (const scores of underWay) yield await scores;
  } finally {
    await Promise.allSettled(underWay); // nobody may be using the workers when they are ended
  }
}

interface Runners {
  readonly pooled: () => boolean;
  /** Where the next call should run. */
  readonly current: () => Runner;
  readonly spent: (seconds: number) => void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The model's own session at first, worker threads once it has taken long. */
function openRunners(model: OpenModel, { workers, signal }: RunOptions): Runners {
  const inline = sharedRunner(model.session);
  let pool: Runner | undefined;
  let total = 0;
  return {
    pooled: () => pool !== undefined,
    current: () => {
      if (workers !== 0 && total > POOL_AFTER_SECONDS)
        pool ??= pooledRunner(model.runnable, { workers, signal, inputs: model.selection.length });
      return pool ?? inline;
    },
    spent: (seconds) => {
      total += seconds;
    },
    [Symbol.asyncDispose]: async () => pool?.[Symbol.asyncDispose](),
  };
}

async function runTable(model: OpenModel, table: Table, runners: Runners, options: RunOptions): Promise<TableScores> {
  const feeds = feedsOf(table);
  const out = { scores: new Float64Array(table.rows), pValues: new Float64Array(table.rows) };
  const { chunk } = model.manifest;
  let next = 0;
  const runNext = async (runner: Runner) => {
    checkSignal(options.signal, "score");
    const from = next;
    next = Math.min(from + chunk, table.rows);
    const started = performance.now();
    const { score, p_value: pValue } = await runner.run(cutRows(feeds, from, next));
    runners.spent((performance.now() - started) / 1000);
    out.scores.set(score.data as Float64Array, from);
    out.pValues.set(pValue.data as Float64Array, from);
    options.onRows?.(pValue.data.length);
  };
  while (next < table.rows) {
    const runner = runners.current();
    // On this thread one call at a time, for the next may be better off in a worker.
    if (runner.width === 1) await runNext(runner);
    else await inLanes(runner.width, () => (next < table.rows ? runNext(runner) : null));
  }
  return out;
}
