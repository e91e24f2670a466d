import { availableParallelism } from "node:os";
import { checkSignal } from "../../errors/index.ts";
import type { Feeds } from "../evaluate.ts";
import { type NdArray, type Storage, storage } from "../nd-array.ts";
import { inLanes } from "./in-lanes.ts";
import { inlineRunner, pooledRunner, type Runner } from "./runner.ts";

export interface MapRowsOptions {
  /** Rows in one call. */
  readonly chunk: number;
  /** Threads to use; 0 keeps the work on this one. All cores when left out. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  /** Called with the number of rows done, after each chunk. */
  readonly onRows?: (done: number, total: number) => void;
}

/**
 * Work that is expected to take longer than this goes to worker threads. They start in some 0.3 s and then gain, over
 * threads that share each call, what is not shared well: small operators.
 */
const POOL_AFTER_SECONDS = 2;
/** Short work shares each call among threads, which gains little beyond a few. */
const MOST_INLINE_THREADS = 4;

/**
 * Runs a model over inputs that are cut along their first axis, and joins the outputs again. The first chunk is run from
 * this thread, which waits, and timed; if the rest would take long, it goes to worker threads, one for each core. Results do not depend on how it was cut,
 * up to the last places of floating point. Throws Interrupted when the signal fires, between chunks.
 */
export async function mapRows(
  bytes: Uint8Array,
  rows: number,
  feeds: Feeds,
  options: MapRowsOptions,
): Promise<Record<string, NdArray>> {
  const out: Record<string, NdArray> = {};
  const inputs = Object.keys(feeds).length;
  const starts = Array.from({ length: Math.max(1, Math.ceil(rows / options.chunk)) }, (_, i) => i * options.chunk);
  let done = 0;
  const runChunk = async (runner: Runner, from: number) => {
    checkSignal(options.signal, "run");
    const to = Math.min(from + options.chunk, rows);
    const results = await runner.run(cutRows(feeds, from, to));
    for (const name in results) write(out, name, results[name], from, rows);
    done += to - from;
    options.onRows?.(done, rows);
  };
  const run = (runner: Runner, queue: number[]) =>
    inLanes(runner.width, () => {
      const from = queue.shift();
      return from === undefined ? null : runChunk(runner, from);
    });

  {
    const threads = Math.min(options.workers ?? availableParallelism(), MOST_INLINE_THREADS) || 1;
    await using inline = await inlineRunner(bytes, { threads, inputs });
    const started = performance.now();
    await runChunk(inline, starts.shift()!);
    const expected = ((performance.now() - started) / 1000) * starts.length;
    if (options.workers === 0 || expected < POOL_AFTER_SECONDS) {
      await run(inline, starts);
      return out;
    }
  } // its memory is given back before the workers take theirs
  await using pool = pooledRunner(bytes, { workers: options.workers, signal: options.signal, inputs });
  await run(pool, starts);
  return out;
}

/** Rows `from` (inclusive) to `to` (exclusive) of every array, as views. */
export function cutRows(feeds: Feeds, from: number, to: number): Feeds {
  const entries = Object.entries(feeds).map(([name, array]) => {
    const width = array.shape.slice(1).reduce((a, b) => a * b, 1);
    const data =
      array.dtype === "string"
        ? array.data.slice(from * width, to * width)
        : array.data.subarray(from * width, to * width);
    return [name, { ...array, shape: [to - from, ...array.shape.slice(1)], data }];
  });
  return Object.fromEntries(entries) as Feeds;
}

function write(out: Record<string, NdArray>, name: string, chunk: NdArray, from: number, rows: number): void {
  const width = chunk.shape.slice(1).reduce((a, b) => a * b, 1);
  out[name] ??= {
    dtype: chunk.dtype,
    shape: [rows, ...chunk.shape.slice(1)],
    data: storage(chunk.dtype, rows * width),
  } as NdArray;
  const target = out[name].data as Storage[typeof chunk.dtype];
  if (Array.isArray(target))
    (chunk.data as string[]).forEach((text, i) => {
      target[from * width + i] = text;
    });
  else (target as Float64Array).set(chunk.data as Float64Array, from * width);
}
