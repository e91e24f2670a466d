import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { key, normal, uniform } from "../src/numeric/index.ts";

/**
 * `kill -9` at random moments: what was at the output's path before is there still, or the new file, whole. The moments
 * are drawn by a key over the time that the command takes when it is left alone.
 *
 * UNSEEN_KILLS says how many (default 6): `UNSEEN_KILLS=100 npx vitest run test/kill.test.ts`.
 */
const KILLS = Number(process.env["UNSEEN_KILLS"] ?? 6);

const folder = mkdtempSync(join(tmpdir(), "kill-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const tsx = createRequire(import.meta.url).resolve("tsx");
const main = join(import.meta.dirname, "../src/cli/main.ts");

const before = "what was there before\n";
const fit = ["fit", "normal.csv", "--detector", "mahalanobis", "-o", "out.onnx"];
const score = ["score", "new.csv", "-m", "model.onnx", "-o", "out.csv"];

beforeAll(async () => {
  const draw = normal(key(1));
  const rows = (n: number) =>
    Array.from({ length: n }, () => Array.from({ length: 8 }, () => draw().toFixed(6)).join()).join("\n");
  const names = Array.from({ length: 8 }, (_, j) => `x${j}`).join();
  writeFileSync(at("normal.csv"), `${names}\n${rows(4000)}\n`);
  writeFileSync(at("new.csv"), `${names}\n${rows(20_000)}\n`);
  expect((await run(fit)).ended).toBe(true);
  writeFileSync(at("model.onnx"), readFileSync(at("out.onnx")));
}, 60_000);

/** Runs the program, killed after some milliseconds if given; `ended`: it came to its end with 0. */
function run(argv: readonly string[], killAfter?: number): Promise<{ readonly ended: boolean; readonly ms: number }> {
  const started = performance.now();
  const child = spawn(process.execPath, ["--import", tsx, main, ...argv], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Read, or the pipes fill up; closed once the process and the one that it watches are gone.
  child.stdout.resume();
  child.stderr.resume();
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfter);
  return new Promise((resolve) =>
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ ended: code === 0, ms: performance.now() - started });
    }),
  );
}

/** What was found at a path after a kill: the file from before or the new one; anything else fails. */
async function killed(argv: readonly string[], output: string, after: number): Promise<"old" | "new"> {
  writeFileSync(at(output), before);
  await run(argv, after);
  expect(existsSync(at(output))).toBe(true);
  const now = readFileSync(at(output), "utf8");
  for (const name of readdirSync(folder)) if (name.startsWith(".")) rmSync(at(name), { recursive: true });
  return now === before ? "old" : "new";
}

describe(`kill -9, ${KILLS} times`, () => {
  test(
    "fit leaves the old model or a whole new one",
    async () => {
      const { ms } = await run(fit);
      const whole = readFileSync(at("out.onnx"));
      const moment = uniform(key("kill").for("fit"));
      for (let i = 0; i < KILLS; i++)
        if ((await killed(fit, "out.onnx", moment() * 1.1 * ms)) === "new")
          expect(readFileSync(at("out.onnx")).equals(whole)).toBe(true);
    },
    20_000 + 20_000 * KILLS,
  );

  test.each([
    ["the process that watches", score],
    ["the process that works (--trust)", [...score, "--trust"]],
  ])(
    "score leaves the old rows or all new ones: %s",
    async (which, argv) => {
      const { ms } = await run(argv);
      const whole = readFileSync(at("out.csv"), "utf8");
      const moment = uniform(key("kill").for(which));
      for (let i = 0; i < Math.ceil(KILLS / 2); i++)
        if ((await killed(argv, "out.csv", moment() * 1.1 * ms)) === "new")
          expect(readFileSync(at("out.csv"), "utf8")).toBe(whole);
    },
    20_000 + 20_000 * KILLS,
  );
});
