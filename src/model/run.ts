import { availableParallelism } from "node:os";
import { checkSignal, InputError, Interrupted } from "../errors/index.ts";
import { cutRows, type Feeds, inLanes, type NdArray, pooledRunner, type Runner, sharedRunner } from "../graph/index.ts";
import type { Table } from "../numeric/index.ts";
import { feedsOf } from "../prepare/index.ts";
import type { OpenModel } from "./open-model.ts";

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Worker threads for long work; all cores when left out, 0 for none. */
  readonly workers?: number;
  /** Told after every call how many rows it scored. */
  readonly onRows?: (rows: number) => void;
  /** Told when a call of the model begins, and when it has ended. */
  readonly onCall?: (event: "begin" | "end") => void;
  /** About how many rows will come, if known: worker threads are then started as soon as they are worth it. */
  readonly of?: number | null;
  /** The tables are not used again: one that is scored in one call goes to a worker without a copy. */
  readonly give?: boolean;
  /** With `give`: takes the buffers of tables that were scored, so that they can be filled anew. */
  readonly spent?: ArrayBuffer[];
}

export interface TableScores {
  readonly scores: Float64Array;
  /** Conservative p-values. */
  readonly pValues: Float64Array;
  /** The places of the known classes that rows are most like, where the graph that runs gives them. */
  readonly classes?: Float64Array;
}

/**
 * Scoring that has taken longer than this on the calling thread, or is expected to, goes on in worker threads: reading
 * keeps the other core busy meanwhile, and to start workers takes half of it.
 */
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

/** Scores tables that come one after the other, each because of the last, on the same threads. Dispose of it when done. */
export function openScoring(
  model: OpenModel,
  options: RunOptions,
): AsyncDisposable & { readonly score: (table: Table) => Promise<TableScores> } {
  const runners = openRunners(model, options);
  return {
    score: (table) => runTable(model, table, runners, options),
    [Symbol.asyncDispose]: () => runners[Symbol.asyncDispose](),
  };
}

interface Runners {
  readonly pooled: () => boolean;
  /** Where the next call should run. */
  readonly current: () => Runner;
  readonly spent: (seconds: number, rows: number) => void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The model's own session at first, worker threads once it has taken long. */
function openRunners(model: OpenModel, { workers, signal, of }: RunOptions): Runners {
  const inline = sharedRunner(model.session);
  let pool: Runner | undefined;
  let [total, calls, timed, done] = [0, 0, 0, 0];
  const expected = () => (of && done > 0 ? (timed / done) * (of - done) : 0);
  /** Reading takes a core too: a second worker is worth starting for work that one would be at for long. */
  const worthwhile = () =>
    expected() > 0 ? Math.min(availableParallelism(), Math.ceil(expected() / POOL_AFTER_SECONDS)) : undefined;
  return {
    pooled: () => pool !== undefined,
    current: () => {
      if (workers !== 0 && Math.max(total, expected()) > POOL_AFTER_SECONDS)
        pool ??= pooledRunner(model.runnable, {
          workers: workers ?? worthwhile(),
          signal,
          inputs: model.selection.length,
        });
      return pool ?? inline;
    },
    spent: (seconds, rows) => {
      total += seconds;
      // The first call takes longer than those after it.
      if (calls++ > 0) [timed, done] = [timed + seconds, done + rows];
    },
    [Symbol.asyncDispose]: async () => pool?.[Symbol.asyncDispose](),
  };
}

/** One call of the model. Throws an InputError where ONNX Runtime cannot do what the file asks for. */
async function call(runner: Runner, feeds: Feeds, { onCall, give }: RunOptions): Promise<Record<string, NdArray>> {
  onCall?.("begin");
  try {
    return await runner.run(feeds, give);
  } catch (cause) {
    const { message } = cause as Error;
    if (cause instanceof InputError || cause instanceof Interrupted || /^(runner|session): /.test(message)) throw cause;
    throw new InputError(
      `score: the model: expected one that runs, got "${message}" from ONNX Runtime; fit the model anew`,
      { cause },
    );
  } finally {
    onCall?.("end");
  }
}

async function runTable(model: OpenModel, table: Table, runners: Runners, options: RunOptions): Promise<TableScores> {
  const feeds = feedsOf(table);
  const out = {
    scores: new Float64Array(table.rows),
    pValues: new Float64Array(table.rows),
    ...(model.classes.length > 0 && { classes: new Float64Array(table.rows) }),
  };
  const { chunk } = model.manifest;
  let next = 0;
  const runNext = async (runner: Runner) => {
    checkSignal(options.signal, "score");
    const from = next;
    next = Math.min(from + chunk, table.rows);
    const started = performance.now();
    const whole = from === 0 && next === table.rows;
    const {
      score,
      p_value: pValue,
      nearest_class: nearest,
    } = await call(runner, whole ? feeds : cutRows(feeds, from, next), {
      ...options,
      give: whole && options.give,
    });
    runners.spent((performance.now() - started) / 1000, next - from);
    out.scores.set(score.data as Float64Array, from);
    out.pValues.set(pValue.data as Float64Array, from);
    if (nearest) out.classes?.set(Float64Array.from(nearest.data as BigInt64Array, Number), from);
    options.onRows?.(pValue.data.length);
  };
  while (next < table.rows) {
    const runner = runners.current();
    // On this thread one call at a time, for the next may be better off in a worker.
    if (runner.width === 1) await runNext(runner);
    else await inLanes(runner.width, () => (next < table.rows ? runNext(runner) : null));
  }
  if (options.give) options.spent?.push(...buffersOf(table));
  return out;
}

/** The buffers under the numbers of a table, without those that were handed to a worker. */
function buffersOf(table: Table): ArrayBuffer[] {
  const buffers = table.columns.flatMap(({ values }) => ("buffer" in values ? [values.buffer as ArrayBuffer] : []));
  return [...new Set(buffers)].filter(({ byteLength }) => byteLength > 0);
}
