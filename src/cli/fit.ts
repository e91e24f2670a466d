import type { Command } from "commander";
import { addColumnFlags } from "./column-flags.ts";
import type { FitFlags } from "./fit-flags.ts";
import { choiceFlag, contaminationFlag, keyFlag, wholeFlag } from "./flag-values.ts";
import { addNames } from "./name-list.ts";
import { addSourceFlags } from "./source-flags.ts";
import type { Terminal } from "./terminal.ts";

/** `unseen fit`: learns from a file and writes the model. */
export function addFit(program: Command, terminal: Terminal): void {
  const command = program
    .command("fit")
    .summary("learn what normal rows look like, and write a model")
    .description(
      "Learns what normal rows look like and writes one ONNX file: preparation of the columns, detector, calibration. All rows are taken as normal, or those that a label column says are.",
    )
    .usage("<file> -o <model.onnx> [options]")
    .argument(
      "<file>",
      "CSV, TSV, JSON Lines (also .gz, .zst) or Parquet; a pattern such as 'logs/*.csv' in quotes; or a folder of PNG or JPEG images",
    )
    .allowUnknownOption() // the flags of the detector, which are read when it is loaded
    .allowExcessArguments()
    .optionsGroup("What to learn:")
    .option("-o, --output <model.onnx>", "where the model goes (required)")
    .option("--label <column>", "a column that says what each row is; only rows that are --normal are learned from")
    .option("--normal <values>", "the labels that are normal: BENIGN; repeatable", addNames("fit: --normal"))
    .option(
      "--known-classes <values>",
      "logistic learns from rows of other labels too: those that it may know (default: all); repeatable",
      addNames("fit: --known-classes"),
    );
  addColumnFlags(command, "fit")
    .option(
      "--image-size <HxW>",
      "bring the images of a folder to this size: 28x28; or how flat lists of pixels are laid out: 20x30x3",
    )
    .optionsGroup("How to learn:")
    .option(
      "--detector <name>",
      "auto, knn, mahalanobis, …: unseen detectors lists them; its own options are flags too, as in --detector knn --k 5",
      "auto",
    )
    .option("--key <number>", "whatever is drawn is drawn by it: equal key, equal model", keyFlag, 0)
    .option(
      "--calibration <auto|split|cross>",
      "p-values by held-out rows, by folds, or by the number of rows (of groups; folds with --time; held out where a network trains on images)",
      choiceFlag("fit: --calibration", ["auto", "split", "cross"]),
      "auto",
    )
    .option(
      "--group <column>",
      "rows of equal value hang together (session, device, person): whole groups calibrate, p-values are for new groups",
    )
    .option("--time <column>", "rows follow in time (numbers or times): later ones calibrate what earlier ones taught")
    .option(
      "--contamination <share|auto>",
      "drop this share of the rows as the least like the others before learning, as 0.05 if about 5 % may be anomalous; auto guesses it",
      contaminationFlag,
    )
    .option(
      "--checkpoint <file>",
      "maf, autoencoder, deep-svdd: keep training there every 30 s and at Ctrl-C; the same command goes on from it",
    )
    .option(
      "--no-rows",
      "a model without any training row; auto, knn and lof need rows and refuse, and logistic with such a --base",
    )
    .option(
      "--workers <number>",
      "worker threads (default: all cores)",
      wholeFlag("fit: --workers", "pass --workers 2"),
    );
  addSourceFlags(command, "fit")
    .optionsGroup("Output:")
    .option("--json", "one JSON object on stdout, progress as JSON lines on stderr")
    .helpOption("-h, --help", "print help")
    .addHelpText(
      "after",
      `
Examples:
  $ unseen fit normal.parquet --ignore id,timestamp -o model.onnx
  $ unseen fit labelled.csv --label Label --normal BENIGN -o model.onnx
  $ unseen fit labelled.csv --label Label --normal BENIGN --detector logistic -o model.onnx
  $ unseen fit both.parquet --where "split = 'train'" --ignore split,label -o model.onnx
  $ unseen fit mostly-normal.csv --contamination 0.05 -o model.onnx
  $ unseen fit photos --detector firm --image-size 32x32 -o model.onnx
  $ unseen fit pixels.parquet --column pixels=image --detector knn --scaling none -o model.onnx
  $ unseen fit 'logs/*.jsonl.gz' --detector knn --k 5 --column zip=category -o model.onnx
`,
    )
    .action(async (_file, flags: FitFlags, command: Command) => {
      // Commander leaves the detector's flags among the arguments.
      const own = command.options.flatMap(({ long }) => (long === undefined ? [] : [long]));
      await (await import("./fit-file.ts")).fitFile(command.args, own, flags, terminal);
    });
}
