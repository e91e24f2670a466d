import { createHash, randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isAlive } from "./process-alive.ts";

/**
 * A file beside an output to write into, to be renamed when it is whole: hidden, with the writer's process and 8 digits
 * of the output's name in its own, so that the next run to the same output can take away what a killed one left.
 */
export function outputPart(output: string): string {
  return join(dirname(output), `.unseen-${process.pid}-${tag(output)}${randomBytes(4).toString("hex")}.part`);
}

/** Takes away the parts of an output whose writers are gone. */
export function removeDeadParts(output: string): void {
  for (const name of readdirSync(dirname(output))) {
    const [, pid, of] = /^\.unseen-(\d+)-([0-9a-f]{8})[0-9a-f]{8}\.part$/.exec(name) ?? [];
    if (of === tag(output) && !isAlive(Number(pid)))
      rmSync(join(dirname(output), name), { recursive: true, force: true });
  }
}

const tag = (path: string) => createHash("sha256").update(basename(path)).digest("hex").slice(0, 8);
