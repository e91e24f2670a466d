import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { InputError } from "../src/errors/index.ts";
import { dist } from "./speed-library.ts";
import type { Outcome } from "./train-peer.ts";

/** The median of the steps of one fresh process, which chooses its threads itself. */
export function ownStep(name: string, steps: number): Outcome {
  const script = fileURLToPath(new URL("train-unseen.ts", import.meta.url));
  const command = ["--import", import.meta.resolve("tsx"), script, name, "auto", String(steps)];
  return JSON.parse(execFileSync(process.execPath, command, { encoding: "utf8" }));
}

/** One fresh process of the command line, from a CSV file to a model file, timed from outside. */
export function ownFit(file: string, model: string, flags: readonly string[]): Outcome {
  const main = `${dist}cli/main.js`;
  if (!existsSync(main))
    throw new InputError("bench: train: expected the built library in dist, got none; run npm run build first");
  const started = performance.now();
  execFileSync(process.execPath, [main, "fit", file, ...flags, "--key", "0", "-o", model], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  return { milliseconds: performance.now() - started, threads: null, parameters: null, loss: null };
}
