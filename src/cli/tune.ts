import type { Command } from "commander";
import { InputError } from "../errors/index.ts";
import { choiceFlag, keyFlag, wholeFlag } from "./flag-values.ts";
import { addNames } from "./name-list.ts";
import { limitsOf } from "./score-limits.ts";
import { addSourceFlags } from "./source-flags.ts";
import type { Terminal } from "./terminal.ts";
import { addTrustFlags } from "./trust-flags.ts";
import type { TuneFlags } from "./tune-flags.ts";

/** `unseen tune`: makes a better model of one and a few labelled rows. */
export function addTune(program: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  const command = program
    .command("tune")
    .summary("make a better model of one and a few labelled rows")
    .description(
      "Makes a better model of a fitted one and 1 to 100 labelled rows, and says whether it is better on labels that it did not see. Rows may be labelled anomalous, normal or both, of one kind or several. A model that comes out worse is not written.",
    )
    .usage("<model.onnx> --labels <file> -o <tuned.onnx> [options]")
    .argument("<model>", "a model that unseen fit wrote")
    .optionsGroup("Labels and output:")
    .option(
      "--labels <file>",
      "rows with the model's columns and a column of labels, as score --review writes (required)",
    )
    .option("-o, --output <tuned.onnx>", "where the tuned model goes (required)")
    .option("--label <column>", "the column of labels; rows without one are left out (default: label)")
    .option(
      "--normal <values>",
      "the labels that are normal, all others are anomalous (default: 0, no, false, normal against 1, yes, true, anomalous); repeatable",
      addNames("tune: --normal"),
    )
    .option(
      "--reference <file>",
      "normal rows that the model did not learn from (default: up to 512 that it stores); from 2,000 on p-values are exact",
    )
    .option(
      "--fuse <auto|mean|max>",
      "mean: best for kinds that labels name; max: rows keep their old score where labels say less, so that other kinds are still found; auto: max for rows that score wrote",
      choiceFlag("tune: --fuse", ["auto", "mean", "max"]),
      "auto",
    )
    .option("--key <number>", "whatever is drawn is drawn by it: equal key and rows, equal model", keyFlag, 0)
    .option("--json", "one JSON object on stdout, progress as JSON lines on stderr")
    .option(
      "--workers <number>",
      "worker threads (default: all cores)",
      wholeFlag("tune: --workers", "pass --workers 2"),
    )
    .helpOption("-h, --help", "print help");
  addTrustFlags(command, "tune");
  addSourceFlags(command, "tune")
    .addHelpText(
      "after",
      `
Examples:
  $ unseen score new.csv -m model.onnx --only flagged --review -o review.csv
  … fill in the column label of review.csv: yes or no beside the rows you know …
  $ unseen tune model.onnx --labels review.csv -o tuned.onnx
  $ unseen tune model.onnx --labels 'review-*.csv' -o tuned.onnx
  $ unseen tune model.onnx --labels known.csv --label attack --normal none -o tuned.onnx
  $ unseen tune model.onnx --labels review.csv --reference more-normal.parquet -o tuned.onnx

With fewer than five labelled anomalies nothing can be shown, and the model is written all the same: on average it is
better. Labels of one kind of anomaly say nothing of others. docs/tune.md says what was measured.
`,
    )
    .action(async (model: string, flags: TuneFlags) => {
      if (flags.labels === undefined)
        throw new InputError("tune: --labels: expected a file of labelled rows, got none; pass --labels review.csv");
      if (flags.labels === "-" || flags.reference === "-")
        throw new InputError(
          `tune: ${flags.labels === "-" ? "--labels" : "--reference"}: expected a file, got a pipe (-), and rows are read more than once; save them first`,
        );
      const limits = limitsOf(flags, model, "tune");
      if (limits !== null && terminal.guard.supervise !== null) return finish(await terminal.guard.supervise(limits));
      await (await import("./tune-file.ts")).tuneFile(model, flags.labels, flags, terminal);
    });
}
