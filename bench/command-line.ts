import { availableParallelism, cpus } from "node:os";
import { InputError } from "../src/errors/index.ts";

/** A whole number ≥ `least` from the command line. */
export function integer(name: string, text: string, least = 0): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new InputError(`bench: --${name}: expected an integer ≥ ${least}, got ${text}`);
}

/** An object in JSON from the command line. */
export function jsonObject(name: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {}
  throw new InputError(`bench: --${name}: expected an object in JSON, such as {"k":5}, got ${text}`);
}

/** Runs a benchmark; what the caller can fix ends with exit code 2 and one line. */
export async function runBenchmark(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof InputError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS"))) throw error;
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}

/** Progress goes to stderr, results to stdout. */
export function report(line: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}

/** The machine, beside every number. */
export function machine(): string {
  return `${availableParallelism()} cores, ${cpus()[0]?.model.trim() ?? "unknown"}, Node ${process.versions.node}`;
}
