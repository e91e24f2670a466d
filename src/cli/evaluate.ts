import type { Command } from "commander";
import { addColumnFlags } from "./column-flags.ts";
import type { EvaluateFlags } from "./evaluate-flags.ts";
import { choiceFlag, numberFlag, wholeFlag } from "./flag-values.ts";
import { addNames } from "./name-list.ts";
import { addSourceFlags } from "./source-flags.ts";
import type { Terminal } from "./terminal.ts";

const whole = (flag: string) => wholeFlag(`evaluate: ${flag}`, `pass ${flag} 4000`);

/** `unseen evaluate`: measures detectors on labelled rows. */
export function addEvaluate(program: Command, terminal: Terminal): void {
  const command = program
    .command("evaluate")
    .summary("measure how good detectors are, on labelled rows")
    .description(
      "Divides labelled rows as a protocol says, fits detectors on the training rows alone, and measures scores and decisions on the others, beside controls: the nearest normal row (1-NN), and the untrained twin of what trains. Rows that are equal never train and test at once; columns that give the label away are named.",
    )
    .usage("<file> --label <column> --normal <values> [options]")
    .argument("<file>", "CSV, TSV, JSON Lines (also .gz, .zst) or Parquet; a pattern such as 'logs/*.csv' in quotes")
    .allowUnknownOption() // the flags of the protocol, which are read when it is loaded
    .allowExcessArguments()
    .optionsGroup("What to evaluate:")
    .option("--label <column>", "a column that says what each row is (required)")
    .option(
      "--normal <values>",
      "the labels that are normal: BENIGN; the others are classes of anomalies (required)",
      addNames("evaluate: --normal"),
    )
    .option(
      "--detectors <names>",
      "auto,logistic; with options of their own: knn:k=5:metric=manhattan; unseen detectors lists them (default: auto)",
      addNames("evaluate: --detectors"),
    )
    .option("--protocol <name>", "how rows are divided, see below", "one-class")
    .option(
      "--keys <numbers>",
      "0,1,2: splits and detectors draw anew for each, and runs are averaged (default: 0)",
      addNames("evaluate: --keys"),
    )
    .option(
      "--level <p>",
      "the rule, fixed in advance: rows with a p-value of at most this are flagged (default: 0.01)",
      numberFlag("evaluate: --level", "a number between 0 and 1", "pass --level 0.05"),
    )
    .option(
      "--calibration <auto|split|cross>",
      "p-values by held-out rows, by folds, or by the number of rows (default: auto)",
      choiceFlag("evaluate: --calibration", ["auto", "split", "cross"]),
    )
    .option("--max-train <rows>", "learn from at most so many rows, drawn", whole("--max-train"))
    .option("--max-test <rows>", "test with at most so many rows, drawn", whole("--max-test"));
  addColumnFlags(command, "evaluate")
    .option("--group <column>", "rows of equal value hang together (session, device, person): they stay on one side")
    .option("--time <column>", "a column of times or numbers that tells earlier rows from later ones; for shift")
    .option(
      "--workers <number>",
      "worker threads (default: all cores)",
      wholeFlag("evaluate: --workers", "pass --workers 2"),
    );
  addSourceFlags(command, "evaluate")
    .optionsGroup("Output:")
    .option("--report <file.html>", "also write a report to read offline: figures, curves, classes, doubts")
    .option("--json", "one JSON object on stdout, progress as JSON lines on stderr")
    .helpOption("-h, --help", "print help")
    .addHelpText(
      "after",
      `
Protocols, with their own options:
  one-class      learns from a share of the normal rows (--train-share 0.5); the others and all
                 anomalies test
  unseen-class   each class of anomalies is held out in turn; detectors that take labels know a share
                 of the others (--known-share 0.5); classes of fewer than --least-rows 10 are not held
                 out; --train-share
  few-labels     detectors that take labels know a few anomalies (--labels 5,10,20); --train-share
  contaminated   a share of anomalies hides among the rows learned from (--contamination 0.05);
                 --train-share
  shift          learns from the past (--past-share 0.5) and scores what comes after, by --time COLUMN;
                 test rows that equal a training row: --duplicates keep or drop
  fixed-split    a column says it (--split-column split, --train train, --test test); --duplicates

Examples:
  $ unseen evaluate labelled.csv --label Label --normal BENIGN
  $ unseen evaluate labelled.csv --label Label --normal BENIGN --protocol unseen-class --detectors auto,logistic
  $ unseen evaluate labelled.csv --label Label --normal BENIGN --report report.html
  $ unseen evaluate labelled.csv --label attack --normal 0 --detectors auto,knn:k=5,maf --keys 0,1,2
  $ unseen evaluate log.parquet --label fault --normal 0 --protocol shift --time at --past-share 0.7
  $ unseen evaluate both.parquet --label y --normal 0 --protocol fixed-split --split-column part --json > result.json
`,
    )
    .action(async (_file, flags: EvaluateFlags, command: Command) => {
      // Commander leaves the protocol's flags among the arguments.
      const own = command.options.flatMap(({ long }) => (long === undefined ? [] : [long]));
      await (await import("./evaluate-file.ts")).evaluateFile(command.args, own, flags, terminal);
    });
}
