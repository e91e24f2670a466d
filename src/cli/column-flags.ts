import type { Command } from "commander";
import type { ColumnKind } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { addNames } from "./name-list.ts";

export interface ColumnFlags {
  readonly column?: Readonly<Record<string, ColumnKind>>;
  readonly ignore?: readonly string[];
}

/** The flags that overrule the guess of what columns are. */
export function addColumnFlags(command: Command, who: string): Command {
  return command
    .option("--ignore <names>", "leave columns aside: id,timestamp; repeatable", addNames(`${who}: --ignore`))
    .option(
      "--column <name=kind>",
      "numeric, category, boolean or timestamp, where the guess is wrong, or image for lists of pixels; repeatable",
      (text, before: Readonly<Record<string, string>> | undefined) => ({ ...before, ...nameAndKind(text, who) }),
    );
}

function nameAndKind(text: string, who: string): Record<string, string> {
  const at = text.lastIndexOf("=");
  if (at > 0 && at < text.length - 1) return { [text.slice(0, at)]: text.slice(at + 1) };
  throw new InputError(
    `${who}: --column: expected name=kind, got "${text}"; pass --column ${text.replace("=", "") || "zip"}=category`,
  );
}
