import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { type Outcome, runInProcesses } from "./process-pool.ts";

const folder = mkdtempSync(join(tmpdir(), "pool-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A child that squares numbers, refuses 3, throws at 4, dies at 5, and at 6 when it first sees it. */
const script = join(folder, "child.mjs");
writeFileSync(
  script,
  `import { existsSync, writeFileSync } from "node:fs";
process.on("disconnect", () => process.exit());
process.on("message", ({ n, once }) => {
  if (n === 3) return process.send({ error: "three", refused: true });
  if (n === 4) return process.send({ error: "four", refused: false });
  if (n === 5) { process.stderr.write("out of luck\\n"); process.abort(); }
  if (n === 6 && !existsSync(once)) { writeFileSync(once, ""); process.kill(process.pid, "SIGKILL"); }
  if (n !== 7) process.send({ result: n * n });
});`,
);

async function squares(numbers: readonly number[], processes: number, signal?: AbortSignal) {
  const outcomes = new Map<number, Outcome<number>>();
  const queue = [...numbers];
  await runInProcesses<number, number>(pathToFileURL(script), {
    processes,
    next: () => queue.shift() ?? null,
    message: (n) => ({ n, once: join(folder, "once") }),
    onOutcome: (n, outcome) => void outcomes.set(n, outcome),
    signal,
  });
  return outcomes;
}

test("every job has its outcome; a crash costs its own, after a second try", async () => {
  const outcomes = await squares([0, 1, 2, 3, 4, 5, 6, 8], 2);
  for (const n of [0, 1, 2, 6, 8]) expect(outcomes.get(n)).toEqual({ kind: "done", result: n * n });
  expect(existsSync(join(folder, "once"))).toBe(true);
  expect(outcomes.get(3)).toEqual({ kind: "refused", message: "three" });
  expect(outcomes.get(4)).toEqual({ kind: "failed", message: "four" });
  expect(outcomes.get(5)).toMatchObject({ kind: "failed" });
  expect((outcomes.get(5) as { message: string }).message).toMatch(/^its process was ended by SIGABRT/);
});

test("a signal ends a job that never ends, and what its caller throws ends the run", async () => {
  const interrupt = new AbortController();
  setTimeout(() => interrupt.abort(), 300);
  await expect(squares([7, 7, 7], 2, interrupt.signal)).rejects.toThrow("bench: interrupted");
  const failing = runInProcesses<number, number>(pathToFileURL(script), {
    processes: 2,
    next: () => 1,
    message: (n) => ({ n }),
    onOutcome: () => {
      throw new Error("disk full");
    },
  });
  await expect(failing).rejects.toThrow("disk full");
});
