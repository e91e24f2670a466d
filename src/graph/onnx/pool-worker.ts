import { workerData } from "node:worker_threads";
import type { Feeds } from "../evaluate.ts";
import type { NdArray } from "../nd-array.ts";
import type { PoolData } from "./runner.ts";
import { openSession } from "./session.ts";

// One worker of a pool: it compiles the pool's model once and then runs what it is sent, one thread each.
const { bytes, compiled, inputs } = workerData[1] as PoolData;
const session = await openSession(bytes, { threads: 1, inputs }).finally(() => {
  Atomics.add(compiled, 0, 1);
  Atomics.notify(compiled, 0);
});

export default function run(feeds: Feeds): Promise<Record<string, NdArray>> {
  return session.run(feeds);
}
