import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { harmful, type harms } from "../../test/harmful-models.ts";
import { key, normal } from "../numeric/index.ts";
import { capturedRun } from "./captured-run.ts";

const folder = mkdtempSync(join(tmpdir(), "supervise-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const tsx = createRequire(import.meta.url).resolve("tsx");
const main = join(import.meta.dirname, "main.ts");
const linux = process.platform === "linux";

beforeAll(async () => {
  const draw = normal(key(1));
  const rows = Array.from({ length: 60 }, () => `${draw().toFixed(3)},${draw().toFixed(3)}\n`);
  writeFileSync(at("rows.csv"), `x,y\n${rows.join("")}`);
  const { code } = await capturedRun(["fit", at("rows.csv"), "--detector", "mahalanobis", "-o", at("model.onnx")]);
  expect(code).toBe(0);
  const bytes = readFileSync(at("model.onnx"));
  const write = (name: string, harm: keyof typeof harms) => writeFileSync(at(name), harmful(bytes, harm));
  write("slow.onnx", "a call without end");
  write("slow-to-compile.onnx", "compiling without end");
  write("large.onnx", "much memory");
  writeFileSync(at("kept.csv"), "what was there before\n");
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the program; its standard input stays open with null. */
function start(argv: readonly string[], stdin: string | null = "") {
  const child = spawn(process.execPath, ["--import", tsx, main, ...argv], { cwd: folder });
  child.stdin.on("error", () => {});
  if (stdin !== null) child.stdin.end(stdin);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data) => {
    stdout += data;
  });
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
  return { child, ended };
}

/** What a failed command leaves: nothing beside its output, none of its processes, and the output as it was. */
function nothingLeft(): void {
  expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  expect(readFileSync(at("kept.csv"), "utf8")).toBe("what was there before\n");
}

const score = (model: string, ...flags: string[]) => ["score", "rows.csv", "-m", model, "-o", "kept.csv", ...flags];

describe("a model that does harm is ended, with exit code 2 and a message", () => {
  test.each([
    ["slow.onnx", "--time-limit", "1", /slow\.onnx: expected each call of the model to end within 1 s.*--time-limit/],
    ["slow-to-compile.onnx", "--time-limit", "1", /slow-to-compile\.onnx: expected each call.*within 1 s/],
    ["large.onnx", "--memory-limit", "700", /large\.onnx: expected at most 700 MB of memory, got \d+.*--memory-limit/],
  ])("%s with %s %s", async (model, flag, limit, message) => {
    const started = performance.now();
    const { code, stdout, stderr } = await start(score(model, flag, limit)).ended;
    expect(stderr).toMatch(/^error: score: [^\n]*\n$/);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, ""]);
    expect(performance.now() - started).toBeLessThan(15_000);
    nothingLeft();
  });

  test("from a pipe, and as JSON", async () => {
    const { code, stdout, stderr } = await start(
      ["score", "-", "-m", "slow.onnx", "--time-limit", "1", "--json"],
      '{"x":1,"y":2}\n',
    ).ended;
    expect(JSON.parse(stderr)).toEqual({ error: expect.stringMatching(/slow\.onnx: .* within 1 s/), exitCode: 2 });
    expect([code, stdout]).toEqual([2, ""]);
  });

  test.runIf(linux).each(["SIGSEGV", "SIGFPE", "SIGABRT", "SIGKILL"] as const)(
    "a process that ends by %s",
    async (signal) => {
      const { child, ended } = start(score("slow.onnx"));
      process.kill(await grandchild(child.pid!), signal);
      const { code, stdout, stderr } = await ended;
      const lines = stderr.trim().split("\n");
      expect(lines.at(-1)).toMatch(new RegExp(`^error: score: slow\\.onnx: expected a model that runs.*${signal}`));
      expect([code, stdout]).toEqual([2, ""]);
      nothingLeft();
    },
  );
});

describe("a watched command is the same command", () => {
  test("rows, summary and exit code are those of --trust", async () => {
    const argv = ["score", "rows.csv", "-m", "model.onnx", "--false-alarm-rate", "0.2", "--exit-code"];
    const [watched, trusted] = [await start(argv).ended, await start([...argv, "--trust"]).ended];
    const timeless = ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr: stderr.replace(/time .*/, "") });
    expect(timeless(watched)).toEqual(timeless(trusted));
    expect(watched.code).toBe(1);
    expect(watched.stdout.split("\n")).toHaveLength(62);
  });

  test("what the child refuses is said once", async () => {
    const { code, stderr } = await start(["score", "none.csv", "-m", "model.onnx"]).ended;
    expect([code, stderr.match(/error:/g)?.length]).toEqual([2, 1]);
  });

  test.runIf(linux).each([
    ["SIGTERM", false],
    ["SIGINT", true],
  ] as const)("%s to the watcher, to the worker too: %s", async (signal, both) => {
    const { child, ended } = start(score("slow.onnx"));
    const worker = await grandchild(child.pid!);
    if (both) process.kill(worker, signal);
    child.kill(signal);
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([130, "interrupted\n"]);
    expect(() => process.kill(worker, 0)).toThrow();
    nothingLeft();
  });

  test.runIf(linux)("a second signal ends a call at once", async () => {
    const { child, ended } = start(score("slow.onnx"));
    await grandchild(child.pid!);
    const asked = performance.now();
    child.kill("SIGINT");
    await sleep(300);
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    expect(performance.now() - asked).toBeLessThan(3000);
    nothingLeft();
  });

  test.runIf(linux)("a worker whose watcher was killed ends too", async () => {
    const { child, ended } = start(["score", "-", "-m", "model.onnx"], null);
    await grandchild(child.pid!);
    child.kill("SIGKILL");
    await ended; // the streams are closed once both processes are gone
  });
});

test("limits that are none, or clash, are refused", async () => {
  const refused = async (...flags: string[]) => (await capturedRun(score("model.onnx", ...flags))).stderr;
  expect(await refused("--time-limit", "0")).toMatch(/--time-limit: expected seconds above 0, got 0/);
  expect(await refused("--time-limit", "soon")).toMatch(/--time-limit: expected a number of seconds, got "soon"/);
  expect(await refused("--memory-limit", "-1")).toMatch(/--memory-limit: expected megabytes above 0, got -1/);
  expect(await refused("--trust", "--time-limit", "9")).toMatch(/--time-limit: expected no --trust/);
});

/** The process that a process started, once it has loaded ONNX Runtime and had time to begin with a model. */
async function grandchild(pid: number): Promise<number> {
  for (;;) {
    await sleep(50);
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    if (child === "" || !readFileSync(`/proc/${child}/maps`, "utf8").includes("onnxruntime")) continue;
    await sleep(700);
    return Number(child);
  }
}
