import { InputError } from "../errors/index.ts";
import { type Bench, openDataFolder, runBench, suiteNamed } from "../evaluate/index.ts";
import { benchText } from "./bench-text.ts";
import { count, duration, short } from "./number-text.ts";
import { openProgress } from "./progress.ts";
import { EXIT } from "./report-error.ts";
import { outputWidth, type Terminal } from "./terminal.ts";
import { writeOut } from "./write-out.ts";

/** The flags of `unseen bench`, as they are read. */
export interface BenchFlags {
  readonly data?: string;
  readonly sets?: readonly string[];
  readonly detectors?: readonly string[];
  readonly options?: string;
  readonly keys: string;
  readonly maxTrain: number;
  readonly maxTest: number;
  readonly all?: boolean;
  readonly seconds: number;
  readonly results: string;
  readonly workers?: number;
  readonly fresh?: boolean;
  readonly trustJournal?: boolean;
  readonly json?: boolean;
}

/** Runs a suite and tells what came out. Units that failed by our fault make the exit code 70, when all is written. */
export async function benchSuite(
  name: string,
  flags: BenchFlags,
  terminal: Terminal,
  finish: (exitCode: number) => void,
): Promise<void> {
  const { json = false } = flags;
  const suite = suiteNamed(name);
  const caps = flags.all
    ? { maxTrain: Number.POSITIVE_INFINITY, maxTest: Number.POSITIVE_INFINITY }
    : { maxTrain: atLeast(2, "--max-train", flags.maxTrain), maxTest: atLeast(2, "--max-test", flags.maxTest) };
  const options = {
    suite,
    folder: openDataFolder(flags.data, terminal.env),
    results: flags.results,
    detectors: flags.detectors,
    options: flags.options === undefined ? undefined : jsonObject(flags.options),
    sets: flags.sets,
    keys: keyList(flags.keys),
    caps,
    workers: flags.workers === undefined ? undefined : atLeast(1, "--workers", flags.workers),
    seconds: flags.seconds,
    fresh: flags.fresh,
    anyCode: flags.trustJournal,
    signal: terminal.signal,
  };
  if (!(flags.seconds > 0)) throw new InputError(`bench: --seconds: expected more than 0, got ${flags.seconds}`);
  const progress = openProgress(terminal, { json });
  const started = performance.now();
  let bench: Bench;
  try {
    bench = await runBench({
      ...options,
      onProgress: ({ done, total, found, set }) =>
        progress.update("bench", done, total, { unit: `measurements, ${set}`, from: found }),
    });
  } finally {
    progress.end();
  }
  const { rows, leftOut, measured, found, outdated, failed, parquet } = bench;
  if (json) {
    const told = { suite: suite.name, measured, found, outdated, leftOut, failed };
    await writeOut(terminal.stdout, `${JSON.stringify({ ...told, parquet, rows })}\n`);
  } else {
    const seconds = (performance.now() - started) / 1000;
    terminal.say(
      `measured ${count(measured)} in ${duration(seconds)}, found ${count(found)} measured before${outdated > 0 ? `; ${count(outdated)} by other code were measured again (--trust-journal takes them)` : ""}`,
    );
    for (const { name, part, seconds, fits } of leftOut)
      terminal.say(
        `left out${part === "" ? "" : ` of ${part}`}: ${name}, with ${short(seconds)} s a fit on the first ${fits === 1 ? "set" : `${fits} sets`}; --seconds ${Math.ceil(seconds + 1)} takes it in`,
      );
    for (const { set, name, reason } of failed) terminal.say(`failed: ${name} on ${set}: ${reason.split("\n")[0]}`);
    await writeOut(
      terminal.stdout,
      `${benchText(rows, outputWidth(terminal.stdout))}\n\nEvery measurement: ${parquet}\n`,
    );
  }
  if (failed.length > 0) finish(EXIT.bug);
}

function atLeast(least: number, flag: string, value: number): number {
  if (value >= least) return value;
  throw new InputError(`bench: ${flag}: expected a whole number ≥ ${least}, got ${value}`);
}

function keyList(text: string): readonly number[] {
  const keys = text.split(",").map((part) => (/^\s*\d{1,15}\s*$/.test(part) ? Number(part) : null));
  if (keys.every((key) => key !== null)) return [...new Set(keys)];
  throw new InputError(
    `bench: --keys: expected whole numbers with commas between them, got "${text}"; pass --keys 0,1,2`,
  );
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {}
  throw new InputError(`bench: --options: expected an object in JSON, got "${text}"; pass --options '{"k":5}'`);
}
