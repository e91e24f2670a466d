import { InputError } from "../errors/index.ts";
import type { ScoreFlags } from "./score-flags.ts";

/** Throws an InputError for flags that need all rows at once, or a file, with what to do instead. */
export function refuseForPipe(flags: ScoreFlags): void {
  const refuse = (flag: string, expected: string, remedy: string) => {
    throw new InputError(`score: ${flag}: expected ${expected}, got a pipe; ${remedy}`);
  };
  if (flags.fdr !== undefined)
    refuse(
      "--fdr",
      "a file, for it looks at all rows at once",
      `pass --false-alarm-rate ${flags.fdr}, or score a file`,
    );
  if (flags.ties === "random")
    refuse("--ties random", "a file, for rows come in no fixed batches", "drop it, or score a file");
  if (flags.label !== undefined) refuse("--label", "a file, for it compares all rows", "score a file, or drop --label");
  if (flags.review !== undefined)
    refuse("--review", "a file, for rows are sorted by score", "save the rows in a file and score it");
  if (flags.output !== undefined)
    refuse("--output", "a file as input, for rows of a pipe go to standard output", `write > ${flags.output} instead`);
  if (flags.report !== undefined)
    refuse("--report", "a file, for it is about all rows", "save the rows in a file and score it, or drop --report");
  if (flags.format !== undefined && flags.format !== "jsonl")
    refuse("--format", "jsonl", "save the rows in a file and score it");
  if (flags.outputFormat !== undefined && flags.outputFormat !== "jsonl")
    refuse("--output-format", "jsonl", "save the rows in a file and score it");
  for (const name of ["where", "sql", "delimiter", "header", "missing"] as const)
    if (flags[name] !== undefined)
      refuse(`--${name}`, "a file as input", `save the rows in a file and score it, or drop --${name}`);
}
