import type { Command } from "commander";
import { InputError } from "../errors/index.ts";
import { DISCOVER_METHODS, discoverOptionList } from "../model/index.ts";
import { addColumnFlags } from "./column-flags.ts";
import type { DiscoverFlags } from "./discover-flags.ts";
import { choiceFlag, keyFlag, numberFlag, wholeFlag } from "./flag-values.ts";
import { addSourceFlags } from "./source-flags.ts";
import type { Terminal } from "./terminal.ts";

/** `unseen discover`: is there anything new in a window of rows, and where? */
export function addDiscover(program: Command, terminal: Terminal): void {
  const command = program
    .command("discover")
    .summary("is there anything new in these rows as a whole, and where?")
    .description(
      "Compares a window of rows with a reference and answers for the window as a whole: one p-value, and the places in the columns where it has more rows than the reference, or fewer, even if no single row stands out. Needs no model and no labels.",
    )
    .usage("<window> --reference <file> [options]")
    .argument("<window>", "CSV, TSV, JSON Lines (also .gz, .zst), Parquet, or a pattern in quotes")
    .optionsGroup("What to compare with, and how surely:")
    .option("--reference <file>", "rows as they usually are (required)")
    .option("--reference-where <condition>", "take only rows of the reference that meet an SQL condition")
    .option(
      "--method <name>",
      "sparker (default), mmd-fuse, c2st, or all",
      choiceFlag("discover: --method", DISCOVER_METHODS),
    )
    .option(
      "--toys <number>",
      "windows where nothing is new that tell chance (default: 300)",
      wholeFlag("discover: --toys", "pass --toys 300"),
    )
    .option("--quick", "99 toys: p-values from 0.01 up")
    .option("--precise", "1,000 toys: p-values from 0.001 up")
    .option(
      "--expected <rows>",
      "how many rows such a window usually has: a surplus of rows then counts",
      numberFlag("discover: --expected", "a number of rows", "pass --expected 2000"),
    )
    .option("--group <column>", "equal values mark rows that hang together: whole groups are dealt")
    .option(
      "--power <share>",
      "also tell how often such a share of anomalous rows would be found",
      numberFlag("discover: --power", "a share between 0 and 1", "pass --power 0.01"),
    )
    .option("--signal <file>", "the rows that --power plants (default: rows of the window that the fit names)")
    .option("--controls", "also run the test with a part taken away, and where nothing is new")
    .option("--key <number>", "the key of whatever is drawn (default: 0)", keyFlag)
    .optionsGroup("Output:")
    .option("-o, --output <file>", "the window's rows with f and what each kernel adds: .csv, .tsv, .jsonl or .parquet")
    .option("--save <file.onnx>", "f of a row as an ONNX file: raw columns in, score out")
    .option("--report <file.html>", "a report to read offline, with figures")
    .option("--json", "the answer as JSON")
    .option("--checkpoint <file>", "where toys are kept as they come; an interrupted run goes on from it")
    .option(
      "--workers <number>",
      "worker threads (default: all cores)",
      wholeFlag("discover: --workers", "pass --workers 2"),
    )
    .helpOption("-h, --help", "print help")
    .optionsGroup("The test itself (fix before looking):");
  for (const { flag, sentence, default: usual } of discoverOptionList())
    command.option(`${flag} <value>`, `${sentence} (default: ${usual})`);
  command.optionsGroup("Columns:");
  addColumnFlags(command, "discover");
  addSourceFlags(command, "discover")
    .addHelpText(
      "after",
      `
Examples:
  $ unseen discover today.csv --reference normal.parquet --ignore id,timestamp
  $ unseen discover today.csv --reference normal.parquet --method all --quick
  $ unseen discover today.csv --reference normal.parquet --power 0.01 -o rows.csv --report report.html
  $ unseen discover flows.parquet --reference flows.parquet --where "day = 5" --reference-where "day < 5"
`,
    )
    .action(async (window: string, flags: DiscoverFlags) => {
      if (flags.reference === undefined)
        throw new InputError(
          "discover: --reference: expected a file of usual rows, got none; pass --reference normal.csv",
        );
      const argv = ["unseen", ...(program as Command & { readonly rawArgs: readonly string[] }).rawArgs];
      await (await import("./discover-run.ts")).discoverRows(window, flags.reference, flags, terminal, argv);
    });
}
