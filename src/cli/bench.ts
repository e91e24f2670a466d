import type { Command } from "commander";
import type { BenchFlags } from "./bench-suite.ts";
import { numberFlag, wholeFlag } from "./flag-values.ts";
import { addNames } from "./name-list.ts";
import type { Terminal } from "./terminal.ts";

/** `unseen bench`: how well detectors do on a collection of data sets. */
export function addBench(program: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  const rows = (flag: string) => wholeFlag(`bench: ${flag}`, `pass ${flag} 4000`);
  program
    .command("bench")
    .summary("measure detectors on a collection of data sets")
    .description(
      "Measures detectors on every data set of a suite, beside 1-NN and untrained twins, and writes one row a measurement as Parquet. Goes on where an earlier run was interrupted.",
    )
    .argument("<suite>", "oddbench, adbench or intrusion")
    .optionsGroup("What to measure:")
    .option("--data <folder>", "data sets with manifest.json (default: UNSEEN_DATA, ./data or ../shared/data)")
    .option("--sets <names>", "only these sets: wine,pima; repeatable", addNames("bench: --sets"))
    .option(
      "--detectors <names>",
      "only these, beside 1-NN: auto,lof; default: all that learn from normal rows alone",
      addNames("bench: --detectors"),
    )
    .option("--options <json>", 'options of the detectors: {"k":5}')
    .option("--keys <numbers>", "whatever is drawn is drawn by them: 0,1,2; every key is a run", "0")
    .option("--max-train <rows>", "the most training rows of a set", rows("--max-train"), 4000)
    .option("--max-test <rows>", "the most test rows of a set", rows("--max-test"), 8000)
    .option("--all", "all rows, however many")
    .option(
      "--seconds <number>",
      "leave out detectors whose mean fit on the first five sets takes more processor time",
      numberFlag("bench: --seconds", "a number of seconds", "pass --seconds 5"),
      5,
    )
    .optionsGroup("How to run:")
    .option("--results <folder>", "where measurements are kept", "bench-results")
    .option(
      "--workers <number>",
      "measurements at once, one thread each (default: all cores)",
      wholeFlag("bench: --workers", "pass --workers 2"),
    )
    .option("--fresh", "measure again what is there")
    .option("--trust-journal", "take what other code of this version measured")
    .optionsGroup("Output:")
    .option("--json", "one JSON object on stdout, progress as JSON lines on stderr")
    .helpOption("-h, --help", "print help")
    .addHelpText(
      "after",
      `
Examples:
  $ unseen bench oddbench --data ~/oddbench
  $ unseen bench adbench --sets wine,pima --detectors auto,lof
  $ unseen bench oddbench --detectors knn --options '{"scaling":"signed-log"}' --keys 0,1,2
`,
    )
    .action(async (suite: string, flags: BenchFlags) => {
      await (await import("./bench-suite.ts")).benchSuite(suite, flags, terminal, finish);
    });
}
