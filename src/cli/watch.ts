import type { Command } from "commander";
import { InputError } from "../errors/index.ts";
import { keyFlag, numberFlag, wholeFlag } from "./flag-values.ts";
import { EXIT } from "./report-error.ts";
import { limitsOf } from "./score-limits.ts";
import { addSourceFlags } from "./source-flags.ts";
import type { Terminal } from "./terminal.ts";
import { addTrustFlags } from "./trust-flags.ts";
import type { WatchFlags } from "./watch-flags.ts";

/** `unseen watch`: whether a window of rows is still what the model learned from. */
export function addWatch(program: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  const command = program
    .command("watch")
    .summary("compare a window of rows with what the model learned from")
    .description(
      "Says whether a window of rows, in the order in which they came, is still like the normal rows that the model learned from: which columns moved and how, whether the scores drift or single rows are anomalous, and what to do.",
    )
    .usage("<file> -m <model.onnx> [options]")
    .argument("<file>", "CSV, TSV, JSON Lines (also .gz, .zst), Parquet, or a pattern in quotes")
    .optionsGroup("Model and output:")
    .option("-m, --model <model.onnx>", "a model that unseen fit wrote (required)")
    .option("--reference <file>", "normal rows to compare columns with (default: those that the model holds)")
    .option("--reference-where <condition>", "take only rows of the reference that meet an SQL condition")
    .option(
      "--alpha <probability>",
      "of a false alarm, for the columns and for the scores each (default: 0.01)",
      numberFlag("watch: --alpha", "a number between 0 and 1", "give --alpha 0.05 for 5 %"),
    )
    .option("--key <number>", "the key of whatever is drawn (default: 0)", keyFlag)
    .option("--json", "one JSON object on stdout")
    .option("--exit-code", "exit with 1 when a column moved or the scores raised their alarm")
    .option(
      "--workers <number>",
      "worker threads (default: all cores)",
      wholeFlag("watch: --workers", "pass --workers 2"),
    )
    .helpOption("-h, --help", "print help");
  addSourceFlags(addTrustFlags(command, "watch"), "watch")
    .addHelpText(
      "after",
      `
Examples:
  $ unseen watch today.csv -m model.onnx
  $ unseen watch today.csv -m model.onnx --reference normal.parquet --alpha 0.001
  $ unseen watch flows.parquet -m model.onnx --where "day = 5"
  $ unseen watch today.csv -m model.onnx --exit-code || mail -s "look at today" me

Each window that is watched can raise a false alarm anew. docs/drift.md says what an alarm rests on.
`,
    )
    .action(async (file: string, flags: WatchFlags) => {
      if (flags.model === undefined)
        throw new InputError("watch: --model: expected a model file, got none; pass -m model.onnx");
      if (file === "-")
        throw new InputError(
          "watch: expected a file, got a pipe (-); write the rows to a file first, as in > window.jsonl",
        );
      const limits = limitsOf(flags, flags.model, "watch");
      if (limits !== null && terminal.guard.supervise !== null) return finish(await terminal.guard.supervise(limits));
      const alarm = await (await import("./watch-file.ts")).watchFile(file, flags.model, flags, terminal);
      if (flags.exitCode && alarm) finish(EXIT.flagged);
    });
}
