import { availableParallelism } from "node:os";
import { Tinypool } from "tinypool";
import { checkSignal, InputError } from "../errors/index.ts";
import { inLanes } from "../graph/index.ts";
import type { Key } from "../numeric/index.ts";
import { type Member, type MemberFitter, statisticsOfLevels } from "./members.ts";
import { type FitSettings, statisticCount, type ToyPlan } from "./plan.ts";

/** What a worker is given once. */
export interface ToyWork {
  readonly plan: ToyPlan;
  readonly settings: FitSettings;
  readonly state: Key["state"];
  /** A counter that each worker raises when it is ready. */
  readonly started: Int32Array;
  /** 1 when they shall stop. */
  readonly stop: Int32Array;
}

export interface ToyOptions {
  /** n. */
  readonly toys: number;
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Statistics that are known from an interrupted run, by the number of the toy. */
  readonly known?: ReadonlyMap<number, ArrayLike<number>> | undefined;
  /** Each toy as it comes, in any order: its number and its C statistics. */
  readonly onToy?: ((number: number, statistics: Float64Array) => void) | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Work that is expected to take longer than this goes to worker threads: 2 when left out. */
  readonly poolAfterSeconds?: number;
}

/** A worker is sent toys for about so long at once. */
const SECONDS_AT_ONCE = 1;
const START_MILLISECONDS = 60_000;

/**
 * The statistics of toys 0 … n − 1 at each level, n × C. The first toys run on this thread and are timed; a long rest
 * goes to worker threads of one thread each. Toys depend on key and number alone: neither on who fits them nor on
 * which are known already. Throws Interrupted when the signal fires; what came until then was told to `onToy`.
 */
export async function toyStatistics(
  plan: ToyPlan,
  settings: FitSettings,
  key: Key,
  fitter: MemberFitter,
  { toys, workers = availableParallelism(), signal, known, onToy, onProgress, poolAfterSeconds = 2 }: ToyOptions,
): Promise<Float64Array> {
  const C = statisticCount(settings);
  const out = new Float64Array(toys * C);
  const left: number[] = [];
  for (let number = 0; number < toys; number++) {
    const found = known?.get(number);
    if (found?.length === C) out.set(found, number * C);
    else left.push(number);
  }
  let done = toys - left.length;
  const take = (numbers: readonly number[], statistics: Float64Array) => {
    numbers.forEach((number, i) => {
      const own = statistics.slice(i * C, (i + 1) * C);
      out.set(own, number * C);
      onToy?.(number, own);
    });
    done += numbers.length;
    onProgress?.(done, toys);
  };
  const inline = async (numbers: readonly number[]) => take(numbers, statisticsOf(await fitter.toys(numbers, signal)));

  const started = performance.now();
  if (left.length > 0) await inline(left.splice(0, fitter.together));
  const secondsAToy = (performance.now() - started) / 1000 / fitter.together;
  if (workers < 2 || secondsAToy * left.length < poolAfterSeconds) {
    while (left.length > 0) await inline(left.splice(0, fitter.together));
    return out;
  }
  const batches = Math.max(1, Math.round(SECONDS_AT_ONCE / (secondsAToy * fitter.together)));
  await inWorkers({ plan, settings, key, workers, signal }, (run) =>
    inLanes(workers + 1, () => {
      const atOnce = Math.min(batches, Math.ceil(left.length / fitter.together / workers)) * fitter.together;
      const numbers = left.splice(0, atOnce);
      return numbers.length === 0 ? null : run(numbers).then((statistics) => take(numbers, statistics));
    }),
  );
  return out;
}

/** The statistics of members: members × C. */
export function statisticsOf(members: readonly Member[]): Float64Array {
  return Float64Array.from(members.flatMap(({ levels }) => statisticsOfLevels(levels)));
}

async function inWorkers(
  given: Pick<ToyWork, "plan" | "settings"> & { key: Key; workers: number; signal: AbortSignal | undefined },
  work: (run: (numbers: readonly number[]) => Promise<Float64Array>) => Promise<void>,
): Promise<void> {
  const { plan, settings, key, workers, signal } = given;
  const [started, stop] = [0, 1].map(() => new Int32Array(new SharedArrayBuffer(4)));
  const file = import.meta.url.endsWith(".ts") ? "toy-worker-from-source.mjs" : "toy-worker.js";
  const pool = new Tinypool({
    filename: new URL(`./${file}`, import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
    workerData: { plan, settings, state: key.state, started, stop } satisfies ToyWork,
  });
  const halt = () => void Atomics.store(stop, 0, 1);
  signal?.addEventListener("abort", halt, { once: true });
  try {
    checkSignal(signal, "discover");
    await work(async (numbers) => {
      checkSignal(signal, "discover");
      try {
        return (await pool.run(numbers)) as Float64Array;
      } catch (error) {
        checkSignal(signal, "discover");
        // What a worker throws comes without its class.
        throw error instanceof Error && error.name === "InputError" ? new InputError(error.message) : error;
      }
    });
  } finally {
    signal?.removeEventListener("abort", halt);
    // A worker that is ended inside ONNX Runtime takes the process with it: no call is under way now, and all have started.
    for (let n = Atomics.load(started, 0); n < workers; n = Atomics.load(started, 0))
      if ((await Atomics.waitAsync(started, 0, n, START_MILLISECONDS).value) === "timed-out") break;
    await pool.destroy();
  }
}
