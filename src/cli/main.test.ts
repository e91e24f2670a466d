import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { key, uniform } from "../numeric/index.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-main-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tsx = createRequire(import.meta.url).resolve("tsx");
const main = join(import.meta.dirname, "main.ts");

const start = (...argv: string[]) => spawn(process.execPath, ["--import", tsx, main, ...argv], { cwd: folder });

async function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (data) => (stdout += data));
  child.stderr?.on("data", (data) => (stderr += data));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

describe("the program", () => {
  test("exits with 2 and one line when the input is at fault", async () => {
    const { code, stdout, stderr } = await ended(start("inspect", "nothing.csv"));
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^error: read: nothing\.csv: no such file.*\n$/);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("%s stops a long fit with 130 and leaves no file", async (signal) => {
    const draw = uniform(key(1));
    const row = () => Array.from({ length: 12 }, () => draw().toFixed(5)).join(",");
    const names = Array.from({ length: 12 }, (_, j) => `x${j}`).join(",");
    writeFileSync(join(folder, "long.csv"), `${names}\n${Array.from({ length: 9000 }, row).join("\n")}\n`);
    const child = start("fit", "long.csv", "-o", "long.onnx", "--json");
    let seen = "";
    child.stderr.on("data", (data) => {
      seen += data;
      if (!child.killed && seen.includes("compare normal rows")) child.kill(signal);
    });
    const { code, stdout, stderr } = await ended(child);
    expect([code, stdout]).toEqual([130, ""]);
    expect(stderr.trim().split("\n").at(-1)).toBe('{"error":"interrupted","exitCode":130}');
    expect(existsSync(join(folder, "long.onnx"))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("a reader that goes away ends a pipe quietly", async () => {
    writeFileSync(
      join(folder, "rows.csv"),
      `x,y\n${Array.from({ length: 99 }, (_, i) => `${(i * 37) % 50},${(i * 11) % 47}`).join("\n")}\n`,
    );
    expect((await ended(start("fit", "rows.csv", "--detector", "mahalanobis", "-o", "m.onnx"))).code).toBe(0);
    const child = start("score", "-", "-m", "m.onnx");
    child.stdin.on("error", () => {});
    child.stdout.once("data", () => child.stdout.destroy());
    const feed = setInterval(() => child.stdin.write('{"x":1,"y":2}\n'.repeat(5000)), 5);
    const { code, stderr } = await ended(child);
    clearInterval(feed);
    expect([code, stderr]).toEqual([0, ""]);
  });
});
