import { InputError } from "../errors/index.ts";
import type { Limits } from "./guard.ts";
import { machineMegabytes, memoryIsSeen } from "./resident-memory.ts";
import type { ScoreFlags } from "./score-flags.ts";

/** The longest call of a model unless `--time-limit` says otherwise, in seconds. */
const SECONDS = 300;

/** The share of the machine's memory that scoring may take unless `--memory-limit` says otherwise. */
const MEMORY_SHARE = 0.8;

/** The limits under which a command runs a model; null with `--trust`. Throws an InputError for flags that clash. */
export function limitsOf(
  { trust, timeLimit, memoryLimit, output }: Pick<ScoreFlags, "trust" | "timeLimit" | "memoryLimit" | "output">,
  model: string,
  who: string,
): Limits | null {
  for (const [flag, value, unit] of [
    ["--time-limit", timeLimit, "seconds"],
    ["--memory-limit", memoryLimit, "megabytes"],
  ] as const) {
    if (value === undefined) continue;
    if (trust) throw new InputError(`${who}: ${flag}: expected no --trust, which runs without limits; drop one`);
    if (!(value > 0))
      throw new InputError(`${who}: ${flag}: expected ${unit} above 0, got ${value}; drop it, or raise it`);
  }
  if (memoryLimit !== undefined && !memoryIsSeen)
    throw new InputError(
      `${who}: --memory-limit: expected another system than Windows, where it is not watched; drop it`,
    );
  if (trust) return null;
  const megabytes = memoryIsSeen ? (memoryLimit ?? Math.round(MEMORY_SHARE * machineMegabytes())) : null;
  return { seconds: timeLimit ?? SECONDS, megabytes, who, model, output };
}
