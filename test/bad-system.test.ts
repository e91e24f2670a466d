import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { capturedRun } from "../src/cli/captured-run.ts";
import { key, normal } from "../src/numeric/index.ts";

/** A system that fails while the program works: exit code 2, one message, and what was there before is there still. */

const folder = mkdtempSync(join(tmpdir(), "unseen-bad-system-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const tsx = createRequire(import.meta.url).resolve("tsx");
const main = join(import.meta.dirname, "../src/cli/main.ts");

beforeAll(async () => {
  const draw = normal(key(1));
  const rows = (n: number) => Array.from({ length: n }, () => `${draw().toFixed(6)},${draw().toFixed(6)}\n`).join("");
  writeFileSync(at("normal.csv"), `x,y\n${rows(2000)}`);
  writeFileSync(at("new.csv"), `x,y\n${rows(20_000)}`);
  const argv = ["fit", at("normal.csv"), "--detector", "knn", "-o", at("model.onnx")];
  expect((await capturedRun(argv)).code).toBe(0);
});

const score = (output: string, ...flags: string[]) => ["score", "new.csv", "-m", "model.onnx", "-o", output, ...flags];

/** Runs the program in a shell, which redirects or limits it. */
async function shell(script: string, argv: readonly string[]) {
  const command = [process.execPath, "--import", tsx, main, ...argv].map((word) => `'${word}'`).join(" ");
  return ended(spawn("sh", ["-c", script.replace("UNSEEN", command)], { cwd: folder }));
}

async function ended(child: ChildProcess) {
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (data) => {
    stdout += data;
  });
  child.stderr?.on("data", (data) => {
    stderr += data;
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, stdout, stderr };
}

const left = () => readdirSync(folder).filter((name) => name.startsWith("."));

describe.skipIf(process.platform === "win32")("a disk that is full", () => {
  test.runIf(existsSync("/dev/full"))("under standard output: rows, and the summary in JSON", async () => {
    for (const argv of [score("").slice(0, -2), score("out.csv", "--json")]) {
      const { code, stderr } = await shell("UNSEEN > /dev/full", argv);
      expect(stderr).toMatch(/write: standard output: expected a place that can be written, got .{0,3}ENOSPC/);
      expect(code).toBe(2);
    }
  });

  // A limit on the size of files stands in for the disk: the system refuses to write on in the same way.
  test.each([
    ["scored rows", score("kept", "--output-format", "csv")],
    ["scored rows in Parquet", score("kept", "--output-format", "parquet")],
    ["scored rows after --where", score("kept", "--output-format", "csv", "--where", "x > -9")],
  ])("under %s", async (_what, argv) => {
    writeFileSync(at("kept"), "before");
    const { code, stdout, stderr } = await shell("ulimit -f 8; UNSEEN", argv);
    expect(stderr).toMatch(/error: (write|read|score): .*(large|full)/i);
    expect([code, stdout]).toEqual([2, ""]);
    expect(readFileSync(at("kept"), "utf8")).toBe("before");
    expect(left()).toEqual([]);
  });

  test("under a model", async () => {
    writeFileSync(at("kept.onnx"), "before");
    const { code, stderr } = await shell("ulimit -f 8; UNSEEN", [
      "fit",
      "normal.csv",
      "--detector",
      "knn",
      "-o",
      "kept.onnx",
    ]);
    expect(stderr).toMatch(/kept\.onnx: .*larger than files may be/);
    expect(code).toBe(2);
    expect(readFileSync(at("kept.onnx"), "utf8")).toBe("before");
    expect(left()).toEqual([]);
  });
});

test.skipIf(process.platform === "win32")(
  "an output that is a device or a pipe is refused, and left as it is",
  async () => {
    symlinkSync("/dev/null", at("device.csv"));
    const { code, stderr } = await shell("UNSEEN", score("device.csv"));
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/device\.csv: .*a device or a pipe; drop -o and write >/),
    ]);
  },
);

test("two processes on one output: it holds the rows of one, whole", async () => {
  const alone = await shell("UNSEEN", score("one.csv"));
  expect(alone.code).toBe(0);
  const results = await Promise.all([shell("UNSEEN", score("both.csv")), shell("UNSEEN", score("both.csv"))]);
  for (const { code, stderr } of results) expect([code, stderr]).toEqual([0, expect.stringContaining("flagged")]);
  expect(readFileSync(at("both.csv"), "utf8")).toBe(readFileSync(at("one.csv"), "utf8"));
  expect(left()).toEqual([]);
});

test("an output whose folder vanishes meanwhile", async () => {
  mkdirSync(at("gone"));
  const child = spawn(process.execPath, ["--import", tsx, main, ...score("gone/out.csv", "--json")], { cwd: folder });
  child.stderr.once("data", () => rmSync(at("gone"), { recursive: true, force: true })); // the first rows are scored
  const { code, stderr } = await ended(child);
  expect(stderr.trim().split("\n").at(-1)).toMatch(/"error":"(write|score|read): .*gone.*","exitCode":2/);
  expect(code).toBe(2);
});
