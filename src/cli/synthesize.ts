import type { Command } from "commander";
import { FAMILY_WORDS, MADE_FAMILIES } from "../detect/index.ts";
import { InputError } from "../errors/index.ts";
import { keyFlag, wholeFlag } from "./flag-values.ts";
import { addNames } from "./name-list.ts";
import { limitsOf } from "./score-limits.ts";
import type { SynthesizeFlags } from "./synthesize-flags.ts";
import type { Terminal } from "./terminal.ts";
import { addTrustFlags } from "./trust-flags.ts";

/** `unseen synthesize`: outliers as a model's generators make them, for people to look at. */
export function addSynthesize(program: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  const command = program
    .command("synthesize")
    .summary("make outliers of a model's normal rows, to look at")
    .description(
      "Makes rows that are none of the normal ones, in the columns and units of the file that the model was fitted to: rows of several families, each odd in another way, and what the model makes of them. Every value is valid in its column.",
    )
    .usage("<model.onnx> -o <made.csv> [options]")
    .argument("<model>", "a model that unseen fit wrote")
    .optionsGroup("What to make, and where it goes:")
    .option("-o, --output <file>", "made rows as .csv or .jsonl (required)")
    .option("--rows <number>", "how many (default: 200)", wholeFlag("synthesize: --rows", "pass --rows 200"))
    .option(
      "--families <names>",
      `of ${MADE_FAMILIES.join(", ")} (default: what the model learned from, or all but outskirts); repeatable`,
      addNames("synthesize: --families"),
    )
    .option("--reference <file>", "normal rows to make them of (default: up to 512 that the model stores)")
    .option("--prefix <text>", "before the names of added columns, where the rows have them")
    .option("--key <number>", "whatever is drawn is drawn by it: equal key, equal rows", keyFlag, 0)
    .option("--json", "one JSON object on stdout, progress as JSON lines on stderr")
    .option(
      "--workers <number>",
      "worker threads (default: all cores)",
      wholeFlag("synthesize: --workers", "pass --workers 2"),
    )
    .helpOption("-h, --help", "print help");
  addTrustFlags(command, "synthesize")
    .addHelpText(
      "after",
      `
Examples:
  $ unseen synthesize model.onnx -o made.csv
  $ unseen synthesize model.onnx --rows 50 --families shuffle,extrapolate -o made.csv
  $ unseen synthesize model.onnx --families outskirts --reference normal.parquet -o made.jsonl

Added columns:
  family         how the row was made (below)
  generator_row  the normal row that it began as, by number; empty where there is none
  changed        what was moved from that row, the furthest first: wind 4.7 → 15.1; weather sun → snow; 2 more
  radius         its distance to the nearest normal row; 1 is the edge: 19 of 20 normal rows lie within it
  score          the model's, of the row as it stands here
  flagged        whether unseen score would flag it
A row with a large radius that is not flagged is one that the model would miss; below a radius of 1 no row is far from
all normal ones, and what is odd, if anything, is how its values go together.

Families:
${MADE_FAMILIES.map((family) => `  ${family.padEnd(12)} ${FAMILY_WORDS[family]}`).join("\n")}
`,
    )
    .action(async (model: string, flags: SynthesizeFlags) => {
      if (flags.output === undefined)
        throw new InputError("synthesize: --output: expected a path for the rows, got none; pass -o made.csv");
      if (flags.reference === "-")
        throw new InputError(
          "synthesize: --reference: expected a file, got a pipe (-); write the rows to a file first",
        );
      const limits = limitsOf(flags, model, "synthesize");
      if (limits !== null && terminal.guard.supervise !== null) return finish(await terminal.guard.supervise(limits));
      await (await import("./synthesize-file.ts")).synthesizeFile(model, flags.output, flags, terminal);
    });
}
