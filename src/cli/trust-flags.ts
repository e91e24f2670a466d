import type { Command } from "commander";
import { numberFlag } from "./flag-values.ts";

/** What was given of the flags about a model of unknown origin. */
export interface TrustFlags {
  readonly trust?: boolean;
  readonly timeLimit?: number;
  readonly memoryLimit?: number;
}

/** The flags about a model of unknown origin, under their heading in the help. */
export function addTrustFlags(command: Command, who: string): Command {
  return command
    .optionsGroup("A model of others:")
    .option(
      "--time-limit <seconds>",
      "end a call of the model that takes longer (default: 300)",
      numberFlag(`${who}: --time-limit`, "a number of seconds", "pass --time-limit 600"),
    )
    .option(
      "--memory-limit <megabytes>",
      "end a process that takes more memory (default: 80 % of the machine's)",
      numberFlag(`${who}: --memory-limit`, "a number of megabytes", "pass --memory-limit 8000"),
    )
    .option("--trust", "run the model in this process, without limits: some 0.1 s faster");
}
