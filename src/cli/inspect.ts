import type { Command } from "commander";
import { addColumnFlags } from "./column-flags.ts";
import type { InspectFlags } from "./inspect-flags.ts";
import { addSourceFlags } from "./source-flags.ts";
import type { Terminal } from "./terminal.ts";

/** `unseen inspect`: what is in a file of rows, or in a model. */
export function addInspect(program: Command, terminal: Terminal): void {
  const command = program
    .command("inspect")
    .summary("show what is in a file of rows, or in a model")
    .description(
      "Shows what each column of a file is, whether it would be learned from and why; or what a model (.onnx) holds.",
    )
    .argument("<file>", "CSV, TSV, JSON Lines (also .gz, .zst), Parquet, a pattern in quotes, or a model (.onnx)")
    .option("--json", "one JSON object on stdout")
    .helpOption("-h, --help", "print help")
    .optionsGroup("Try other choices:");
  addSourceFlags(addColumnFlags(command, "inspect"), "inspect")
    .addHelpText(
      "after",
      `
Examples:
  $ unseen inspect flows.parquet
  $ unseen inspect flows.csv --ignore id,timestamp --column zip=category
  $ unseen inspect 'logs/*.jsonl.gz' --where "split = 'train'"
  $ unseen inspect model.onnx
`,
    )
    .action(async (file: string, flags: InspectFlags) => {
      if (/\.onnx$/i.test(file)) await (await import("./inspect-model.ts")).inspectModel(file, flags, terminal);
      else await (await import("./inspect-file.ts")).inspectFile(file, flags, terminal);
    });
}
