/** The process that measures: one unit after another as they are sent to it, until nobody listens any more. */
import { InputError } from "../../errors/index.ts";
import { key as keyOf } from "../../numeric/index.ts";
import type { DataFolder } from "./manifest.ts";
import type { Reply } from "./process-pool.ts";
import type { Measured, Task, Work } from "./suite.ts";
import { suiteNamed } from "./suites.ts";

/** One unit as it is sent: plain data, the key as its seed. */
export interface UnitJob {
  readonly suite: string;
  readonly folder: DataFolder;
  readonly task: Task;
  readonly work: Omit<Work, "key"> & { readonly seed: number };
}

// Ctrl-C reaches the whole group: the one who started this process decides when it ends.
for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => {});
process.on("disconnect", () => process.exit());
process.on("message", async (job: UnitJob) => process.send!(await reply(job)));

async function reply({ suite, folder, task, work: { seed, ...work } }: UnitJob): Promise<Reply<readonly Measured[]>> {
  try {
    return { result: await suiteNamed(suite).measure(folder, task, { ...work, key: { seed, of: keyOf(seed) } }) };
  } catch (error) {
    if (error instanceof InputError) return { error: error.message, refused: true };
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error), refused: false };
  }
}
