import { availableParallelism } from "node:os";
import { Tinypool } from "tinypool";
import { checkSignal } from "../../errors/index.ts";
import type { Feeds } from "../evaluate.ts";
import type { NdArray } from "../nd-array.ts";
import { openSession, type Session, type SessionOptions } from "./session.ts";

/** Where a model runs: on this thread, or on a pool of worker threads that leave this one free. */
export interface Runner {
  /** How many calls are worth having under way at once. */
  readonly width: number;
  /** One call. With `give` the arrays of numbers are the runner's from now on: a worker takes them without a copy. */
  run(feeds: Feeds, give?: boolean): Promise<Record<string, NdArray>>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Runs on the calling thread, which is blocked meanwhile: for small work. */
export async function inlineRunner(
  bytes: Uint8Array,
  options: Pick<SessionOptions, "threads" | "inputs"> = {},
): Promise<Runner> {
  return runnerOf(await openSession(bytes, options));
}

/** A runner on a session that is open already; disposing of the runner leaves the session open. */
export function sharedRunner(session: Session): Runner {
  return { width: 1, run: (feeds) => session.run(feeds), [Symbol.asyncDispose]: async () => {} };
}

function runnerOf(session: Session): Runner {
  return { ...sharedRunner(session), [Symbol.asyncDispose]: async () => session[Symbol.dispose]() };
}

/** What a worker of a pool is given: the model, and a counter that it raises once it has compiled it. */
export interface PoolData {
  readonly bytes: Uint8Array;
  readonly compiled: Int32Array;
  readonly inputs: number | undefined;
}

/** How long a worker that does not answer is waited for before it is ended all the same. */
const COMPILE_MILLISECONDS = 60_000;

/** Runs on worker threads, each with its own compiled copy of the model and one thread. Opening takes some 0.1 s. */
export function pooledRunner(
  bytes: Uint8Array,
  options: { readonly workers?: number; readonly signal?: AbortSignal; readonly inputs?: number } = {},
): Runner {
  const workers = options.workers ?? availableParallelism();
  const file = import.meta.url.endsWith(".ts") ? "pool-worker-from-source.mjs" : "pool-worker.js";
  const compiled = new Int32Array(new SharedArrayBuffer(4));
  const pool = new Tinypool({
    filename: new URL(`./${file}`, import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
    workerData: { bytes, compiled, inputs: options.inputs } satisfies PoolData,
  });
  // A worker that is ended inside ONNX Runtime takes the process with it: compiling and calls are waited for.
  const underWay = new Set<Promise<unknown>>();
  let closing = false;
  return {
    width: workers + 1,
    async run(feeds, give = false) {
      checkSignal(options.signal, "run");
      if (closing) throw new Error("runner: it was disposed of");
      const [sent, transferList] = give ? ([feeds, buffersOf(feeds)] as const) : detach(feeds);
      const call: Promise<Record<string, NdArray>> = pool.run(sent, { transferList });
      underWay.add(call);
      try {
        return await call;
      } finally {
        underWay.delete(call);
      }
    },
    async [Symbol.asyncDispose]() {
      closing = true;
      while (underWay.size > 0) await Promise.allSettled(underWay);
      for (let n = Atomics.load(compiled, 0); n < workers; n = Atomics.load(compiled, 0))
        if ((await Atomics.waitAsync(compiled, 0, n, COMPILE_MILLISECONDS).value) === "timed-out") break;
      await pool.destroy();
    },
  };
}

function buffersOf(feeds: Feeds): ArrayBuffer[] {
  const buffers = Object.values(feeds).map(({ dtype, data }) => (dtype === "string" ? null : data.buffer));
  return [...new Set(buffers)].filter((buffer) => buffer instanceof ArrayBuffer);
}

/** Copies of the arrays, and their buffers to hand over: a view would drag its whole buffer to the worker. */
function detach(feeds: Feeds): [Feeds, ArrayBuffer[]] {
  const buffers: ArrayBuffer[] = [];
  const entries = Object.entries(feeds).map(([name, array]) => {
    if (array.dtype === "string") return [name, array];
    const data = array.data.slice();
    buffers.push(data.buffer);
    return [name, { ...array, data }];
  });
  return [Object.fromEntries(entries) as Feeds, buffers];
}
