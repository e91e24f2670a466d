import type { Command } from "commander";
import type { SourceOptions } from "../data/index.ts";
import { choiceFlag } from "./flag-values.ts";
import { addNames } from "./name-list.ts";

/** The flags of {@link SourceOptions}, under their heading in the help. */
export function addSourceFlags(command: Command, who: string): Command {
  return command
    .optionsGroup("Reading the file:")
    .option("--where <condition>", "take only rows that meet an SQL condition: \"split = 'train'\"")
    .option("--sql <query>", 'compute columns first: "select *, a / b as ratio from input"')
    .option("--delimiter <character>", "between two cells of a CSV file (default: found)", delimiter)
    .option(
      "--header <yes|no|auto>",
      "whether the first line names the columns (default: auto)",
      choiceFlag(`${who}: --header`, ["yes", "no", "auto"]),
    )
    .option(
      "--missing <texts>",
      'more spellings of a missing value: "n/a,-"; repeatable',
      addNames(`${who}: --missing`),
    )
    .option(
      "--format <format>",
      "csv, tsv, jsonl or parquet, where the ending does not tell",
      choiceFlag(`${who}: --format`, ["csv", "tsv", "jsonl", "parquet"]),
    );
}

/** What was given of them. */
export function sourceOptions({ sql, where, delimiter, header, missing, format }: SourceOptions): SourceOptions {
  return { sql, where, delimiter, header, missing, format };
}

function delimiter(text: string): string {
  return text === "\\t" || text === "tab" ? "\t" : text;
}
