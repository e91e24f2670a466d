import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readResults } from "../../src/evaluate/index.ts";
import { writeTinyData } from "./tiny-data.ts";

const folder = mkdtempSync(join(tmpdir(), "bench-kill-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tsx = createRequire(import.meta.url).resolve("tsx");
const main = join(import.meta.dirname, "../../src/cli/main.ts");

function start(results: string): ChildProcess {
  const flags = ["--data", join(folder, "data"), "--results", join(folder, results), "--workers", "1"];
  const argv = ["bench", "oddbench", "--detectors", "mahalanobis,lof,hbos", ...flags];
  return spawn(process.execPath, ["--import", tsx, main, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
}

const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => {
    child.stdout!.resume();
    child.stderr!.resume();
    child.on("close", resolve);
  });

const linesOf = (results: string): readonly string[] => {
  const path = join(folder, results, "oddbench.jsonl");
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
};

test("kill -9 and Ctrl-C cost nothing that was measured, and no unit is measured twice", {
  timeout: 120_000,
}, async () => {
  await writeTinyData(join(folder, "data"));
  const whole = ended(start("whole"));
  for (const [signal, least] of [
    ["SIGKILL", 2],
    ["SIGINT", 6],
  ] as const) {
    // biome-ignore format: a table
    const child = start("killed");
    const end = ended(child);
    while (linesOf("killed").length < least && child.exitCode === null) await new Promise((go) => setTimeout(go, 5));
    child.kill(signal);
    expect(await end).toBe(signal === "SIGINT" ? 130 : null);
  }
  const before = linesOf("killed");
  expect(before.length).toBeGreaterThanOrEqual(6);
  expect([await ended(start("killed")), await whole]).toEqual([0, 0]);
  const after = linesOf("killed");
  expect(after.slice(0, before.length)).toEqual(before);
  const [units, wanted] = [after, linesOf("whole")].map((lines) => lines.map((line) => JSON.parse(line)));
  // Who edits the sources meanwhile has units measured anew by other code.
  expect(new Set(units.map(({ id, entry }) => `${id} ${entry.code}`)).size).toBe(units.length);
  expect(new Set(units.map(({ id }) => id))).toEqual(new Set(wanted.map(({ id }) => id)));
  const name = "oddbench-4000-8000-key0-mahalanobis-lof-hbos.parquet";
  const [one, other] = await Promise.all(
    ["whole", "killed"].map((results) => readResults(join(folder, results, name))),
  );
  const timeless = (rows: typeof one) =>
    rows.map(({ code, fit_seconds, score_seconds, fit_cpu_seconds, score_cpu_seconds, ...rest }) => rest);
  expect(timeless(other)).toEqual(timeless(one));
  expect(one.length).toBe(3 * 8);
});
