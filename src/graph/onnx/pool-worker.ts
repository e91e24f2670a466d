import { workerData } from "node:worker_threads";
import type { Feeds } from "../evaluate.ts";
import type { NdArray } from "../nd-array.ts";
import { openSession } from "./session.ts";

// One worker of a pool: it compiles the pool's model once and then runs what it is sent, one thread each.
const session = await openSession(workerData[1] as Uint8Array, { threads: 1 });

export default function run(feeds: Feeds): Promise<Record<string, NdArray>> {
  return session.run(feeds);
}
