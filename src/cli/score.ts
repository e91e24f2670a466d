import type { Command } from "commander";
import { InputError } from "../errors/index.ts";
import { choiceFlag, keyFlag, numberFlag, wholeFlag } from "./flag-values.ts";
import { addNames } from "./name-list.ts";
import { EXIT } from "./report-error.ts";
import type { ScoreFlags } from "./score-flags.ts";
import { limitsOf } from "./score-limits.ts";
import { addSourceFlags } from "./source-flags.ts";
import type { Terminal } from "./terminal.ts";
import { addTrustFlags } from "./trust-flags.ts";

const rate = (flag: string) => numberFlag(`score: ${flag}`, "a number between 0 and 1", `give ${flag} 0.05 for 5 %`);

/** `unseen score`: scores a file, or a pipe of JSON Lines. */
export function addScore(program: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  const command = program
    .command("score")
    .summary("score rows, and flag those that are not normal")
    .description(
      "Scores rows with a model and flags those that are not normal. Writes every row in order, its columns as they came, then score (higher is more anomalous), p_value and flagged; where the model knows kinds of anomalies, nearest_class says which a flagged row is most like. `-` reads JSON Lines from a pipe, row by row.",
    )
    .usage("<file | -> -m <model.onnx> [options]")
    .argument(
      "<file>",
      "CSV, TSV, JSON Lines (also .gz, .zst), Parquet, a pattern in quotes, a folder of images, or - for a pipe",
    )
    .optionsGroup("Model and output:")
    .option("-m, --model <model.onnx>", "a model that unseen fit wrote (required)")
    .option("-o, --output <file>", ".csv, .tsv, .jsonl (also .gz, .zst) or .parquet (default: CSV on stdout)")
    .option(
      "--output-format <format>",
      "csv, tsv, jsonl or parquet, where the ending does not tell",
      choiceFlag("score: --output-format", ["csv", "tsv", "jsonl", "parquet"]),
    )
    .option("--only <all|flagged>", "which rows to write", choiceFlag("score: --only", ["all", "flagged"]))
    .option(
      "--keep <names>",
      "columns of the input to write: all, none (row numbers) or a,b",
      addNames("score: --keep"),
    )
    .option("--prefix <text>", "put before score, p_value, flagged and nearest_class, where the input has such names")
    .option(
      "--review [column]",
      "add an empty column to fill in by hand (default name: label), highest scores first; unseen tune reads it back",
    )
    .option("--json", "rows as JSON lines and the summary as JSON; with -o one JSON object on stdout")
    .option("--report <file.html>", "also write a report to read offline: flagged rows and why, figures, the guarantee")
    .option("--exit-code", "exit with 1 when rows were flagged")
    .option(
      "--workers <number>",
      "worker threads (default: all cores)",
      wholeFlag("score: --workers", "pass --workers 2"),
    )
    .helpOption("-h, --help", "print help");
  addTrustFlags(command, "score")
    .optionsGroup("Which rows to flag:")
    .option(
      "--false-alarm-rate <rate>",
      "flag a normal row with at most this probability (default: 0.01)",
      rate("--false-alarm-rate"),
    )
    .option("--fdr <rate>", "keep the share of normal rows among the flagged at most this, on average", rate("--fdr"))
    .option(
      "--procedure <name>",
      "for --fdr: benjamini-hochberg, or storey where many rows are anomalous",
      choiceFlag("score: --procedure", ["benjamini-hochberg", "storey"]),
    )
    .option(
      "--confidence <share>",
      "make the guarantee hold for this very calibration set with this confidence: 0.9",
      numberFlag("score: --confidence", "a number between 0 and 1", "give 0.9 for 90 %"),
    )
    .option(
      "--ties <conservative|random>",
      "how scores that equal calibration scores count; random needs --key",
      choiceFlag("score: --ties", ["conservative", "random"]),
    )
    .option("--key <number>", "the key of random ties", keyFlag)
    .optionsGroup("Compare with labels:")
    .option("--label <column>", "a column that says what each row is: prints AUROC, precision, recall")
    .option("--normal <values>", "the labels that are normal (default: those of the fit)", addNames("score: --normal"));
  addSourceFlags(command, "score")
    .addHelpText(
      "after",
      `
Examples:
  $ unseen score new.csv -m model.onnx -o scored.csv
  $ unseen score new.csv -m model.onnx --fdr 0.05 --only flagged -o flagged.parquet
  $ unseen score labelled.csv -m model.onnx --label Label --normal BENIGN -o scored.csv
  $ unseen score new.csv -m model.onnx -o scored.csv --report report.html
  $ unseen score new.csv -m model.onnx --only flagged --review -o review.csv
  $ unseen score new.csv -m model.onnx --keep none > scores.csv
  $ cat rows.jsonl | unseen score - -m model.onnx > scored.jsonl
  $ unseen score today.csv -m model.onnx --exit-code -o scored.csv || mail -s "look at today" me
`,
    )
    .action(async (file: string, flags: ScoreFlags) => {
      if (flags.model === undefined)
        throw new InputError("score: --model: expected a model file, got none; pass -m model.onnx");
      const limits = limitsOf(flags, flags.model, "score");
      if (limits !== null && terminal.guard.supervise !== null) return finish(await terminal.guard.supervise(limits));
      const flagged =
        file === "-"
          ? await (await import("./score-pipe.ts")).scorePipe(flags.model, flags, terminal)
          : await (await import("./score-file.ts")).scoreFile(file, flags.model, flags, terminal);
      if (flags.exitCode && flagged > 0) finish(EXIT.flagged);
    });
}
