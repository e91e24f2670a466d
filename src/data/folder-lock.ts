import { randomUUID } from "node:crypto";
import { link, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { isAlive, startOf } from "./process-alive.ts";

const holderForm = z.object({ pid: z.int(), started: z.string().nullable(), id: z.string() });

/** A lock whose text cannot be read is being written; older than this it was left so. */
const HALF_WRITTEN_MILLISECONDS = 10_000;

/**
 * Takes the lock of a folder. Returns how to give it back, or the number of the process that holds it (0 where that
 * cannot be told).
 *
 * Locks are files `lock-1`, `lock-2`, …, of which the last counts. It is held while the process that it names runs; when
 * that is gone or gave it back, the next number is there for the taking, and a file is made by one taker only. Numbers
 * never fall while the folder exists, so that a slow taker, who judged a lock of long ago, finds a higher number, or
 * another text than it judged in a new folder of the same name, and steps back.
 */
export async function lockFolder(folder: string): Promise<(() => Promise<void>) | { readonly heldBy: number }> {
  const place = (n: number) => join(folder, `lock-${n}`);
  for (;;) {
    const before = await lastLock(folder);
    const judged = before === 0 ? "" : await textOf(place(before));
    if (judged === null) continue; // taken away by the holder of a higher number
    const heldBy = before === 0 ? null : await holder(place(before), judged);
    if (heldBy !== null) return { heldBy };
    const own = before + 1;
    if (!(await create(place(own), process.pid))) continue;
    const still = before === 0 || (await textOf(place(before))) === judged;
    if (!still || (await lastLock(folder)) !== own) {
      await rm(place(own), { force: true });
      continue;
    }
    for (const n of await lockNumbers(folder)) if (n < own) await rm(place(n), { force: true });
    return async () => {
      const free = `${place(own)}.part`;
      await writeFile(free, lockText(0));
      await rename(free, place(own));
    };
  }
}

async function lockNumbers(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => (/^lock-\d+$/.test(name) ? [Number(name.slice("lock-".length))] : []));
}

const lastLock = async (folder: string) => Math.max(0, ...(await lockNumbers(folder)));

const textOf = (path: string) => readFile(path, "utf8").catch(() => null);

/** A lock of process 0 is free. */
function lockText(pid: number): string {
  return JSON.stringify({ pid, started: pid === 0 ? null : startOf(pid), id: randomUUID() });
}

/** Makes a lock, whole at once where the file system has links; false where there is one. */
async function create(path: string, pid: number): Promise<boolean> {
  const text = lockText(pid);
  const whole = `${path}.${randomUUID()}.part`;
  try {
    await writeFile(whole, text);
    await link(whole, path).catch(async (error) => {
      if (error.code === "EEXIST") throw error;
      await writeFile(path, text, { flag: "wx" });
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    await rm(whole, { force: true });
  }
}

/** The process that a lock's text names, if it runs; 0 where the text is not there yet. */
async function holder(path: string, text: string): Promise<number | null> {
  const parsed = holderForm.safeParse(parse(text));
  if (!parsed.success) {
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    return age < HALF_WRITTEN_MILLISECONDS ? 0 : null;
  }
  const { pid, started } = parsed.data;
  if (pid === 0) return null;
  const now = startOf(pid);
  const other = started !== null && now !== null && started !== now;
  return isAlive(pid) && !other ? pid : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
