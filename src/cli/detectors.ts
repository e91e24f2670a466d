import type { Command } from "commander";
import type { Terminal } from "./terminal.ts";

/** `unseen detectors`: the shelf. */
export function addDetectors(program: Command, terminal: Terminal): void {
  program
    .command("detectors")
    .summary("list the detectors with their options, costs and papers")
    .description(
      "Lists the detectors: what each does, its options with default and range, cost, what a model holds, paper.",
    )
    .argument("[name]", "only this one")
    .option("--json", "one JSON object on stdout")
    .helpOption("-h, --help", "print help")
    .addHelpText(
      "after",
      `
Examples:
  $ unseen detectors
  $ unseen detectors knn
  $ unseen detectors --json
`,
    )
    .action(async (name: string | undefined, { json = false }: { json?: boolean }) => {
      await (await import("./show-detectors.ts")).showDetectors(name, json, terminal);
    });
}
