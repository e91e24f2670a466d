import type { Command } from "commander";
import { InputError } from "../errors/index.ts";
import type { ExplainFlags } from "./explain-flags.ts";
import { numberFlag, wholeFlag } from "./flag-values.ts";
import { limitsOf } from "./score-limits.ts";
import { addSourceFlags } from "./source-flags.ts";
import type { Terminal } from "./terminal.ts";
import { addTrustFlags } from "./trust-flags.ts";

/** `unseen explain`: why rows have their scores. */
export function addExplain(program: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  const command = program
    .command("explain")
    .summary("say why rows are flagged, and what would make them normal")
    .description(
      "Says of rows why they have their scores: the columns that carry them and what is odd about each value, the nearest normal rows, and the smallest change found that would make a flagged row normal. All in the file's own units and categories. Without --row it takes the flagged rows with the highest scores.",
    )
    .usage("<file> -m <model.onnx> [options]")
    .argument("<file>", "CSV, TSV, JSON Lines (also .gz, .zst), Parquet, or a pattern in quotes")
    .optionsGroup("Model and output:")
    .option("-m, --model <model.onnx>", "a model that unseen fit wrote (required)")
    .option("-o, --output <file>", "write reasons to .csv (a line a column) or .jsonl (a line a row) instead")
    .option("--json", "one JSON object a row on stdout")
    .option("--columns <number>", "how many columns to show of each row (default: 5)", whole("--columns", "5"))
    .option("--nearest <number>", "how many normal rows to show beside it (default: 3)", whole("--nearest", "3"))
    .option("--workers <number>", "worker threads (default: all cores)", whole("--workers", "2"))
    .helpOption("-h, --help", "print help")
    .optionsGroup("Which rows:")
    .option("--row <numbers>", "rows by number, from 1, as they stand in the file: 17,18; repeatable", addRows)
    .option("--flagged", "flagged rows, the highest scores first (the default)")
    .option("--top <number>", "how many of them (default: 5)", whole("--top", "10"))
    .option(
      "--false-alarm-rate <rate>",
      "flag a normal row with at most this probability (default: 0.01)",
      numberFlag("explain: --false-alarm-rate", "a number between 0 and 1", "give --false-alarm-rate 0.05 for 5 %"),
    )
    .option("--reference <file>", "normal rows to compare with instead of those that the model stores");
  addTrustFlags(command, "explain");
  addSourceFlags(command, "explain")
    .addHelpText(
      "after",
      `
Examples:
  $ unseen explain new.csv -m model.onnx
  $ unseen explain new.csv -m model.onnx --row 17 --row 20,21
  $ unseen explain new.csv -m model.onnx --top 100 -o reasons.csv
  $ unseen explain new.csv -m model.onnx --row 17 --json | jq .change
  $ unseen explain new.csv -m without-rows.onnx --row 17 --reference normal.csv

Contributions are in units of the score: what it loses when the value is replaced by normal ones. They say what
the model looks at, not what caused the row. docs/explain.md says how they are found and how faithful they are.
`,
    )
    .action(async (file: string, flags: ExplainFlags) => {
      if (flags.model === undefined)
        throw new InputError("explain: --model: expected a model file, got none; pass -m model.onnx");
      requireChoice(file, flags);
      const limits = limitsOf(flags, flags.model, "explain");
      if (limits !== null && terminal.guard.supervise !== null) return finish(await terminal.guard.supervise(limits));
      await (await import("./explain-rows.ts")).explainRows(file, flags.model, flags, terminal);
    });
}

function whole(flag: string, example: string): (text: string) => number {
  return wholeFlag(`explain: ${flag}`, `pass ${flag} ${example}`);
}

/** Adds the row numbers in `17,18` to those given before. */
function addRows(text: string, before: readonly number[] | undefined): number[] {
  const rows = text.split(",").map((part) => (/^\s*[1-9]\d*\s*$/.test(part) ? Number(part) : Number.NaN));
  if (rows.some(Number.isNaN))
    throw new InputError(`explain: --row: expected row numbers from 1, with commas between them, got "${text}"`);
  return [...(before ?? []), ...rows];
}

/** Throws an InputError for a pipe and for two answers to which rows are meant. */
function requireChoice(file: string, { row, flagged, top, where, output, json }: ExplainFlags): void {
  if (file === "-")
    throw new InputError(
      "explain: expected a file, got a pipe (-); write the rows to a file first, as in > rows.jsonl",
    );
  if (row && (flagged || top !== undefined))
    throw new InputError(
      `explain: expected --row or ${flagged ? "--flagged" : "--top"}, got both; drop one of the two`,
    );
  if (row && where !== undefined)
    throw new InputError(
      "explain: --row: expected no --where with it, for rows are numbered as they stand in the file; drop one of the two",
    );
  if (output !== undefined && json)
    throw new InputError("explain: expected --output or --json, got both; write -o reasons.jsonl");
  if (output !== undefined && !/\.(csv|jsonl)$/i.test(output))
    throw new InputError(`explain: --output: expected a path that ends in .csv or .jsonl, got "${output}"; change it`);
}
