import { createRequire } from "node:module";
import { CommanderError } from "commander";
import { InputError, Interrupted } from "../errors/index.ts";
import type { Terminal } from "./terminal.ts";
import { version } from "./version.ts";
import { visible } from "./visible.ts";
import { ReaderGone } from "./write-out.ts";

/** What a program that started `unseen` is told. */
export const EXIT = { ok: 0, flagged: 1, input: 2, bug: 70, interrupted: 130 } as const;

/** Says what went wrong on standard error, as a JSON line with `json`, and returns the exit code. */
export function reportError(error: unknown, { say, err, signal }: Terminal, json: boolean): number {
  if (error instanceof ReaderGone) return EXIT.ok;
  const tell = (text: string, exitCode: number) => {
    say(json ? JSON.stringify({ error: text, exitCode }) : `${err.red("error")}: ${visible(text)}`);
    return exitCode;
  };
  if (error instanceof Interrupted || signal.aborted) {
    say(json ? JSON.stringify({ error: "interrupted", exitCode: EXIT.interrupted }) : "interrupted");
    return EXIT.interrupted;
  }
  if (error instanceof InputError) return tell(error.message, EXIT.input);
  if (error instanceof CommanderError && error.code === "commander.help") return EXIT.input; // the help was printed
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : tell(usageText(error), EXIT.input);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const cause = error instanceof Error && error.cause instanceof Error ? `\ncaused by ${error.cause.stack}` : "";
  if (json) return tell(`${stack}${cause}`, EXIT.bug);
  say(`${err.red("error")}: ${stack}${cause}`);
  say(`\nThis is a bug in unseen, not in your data. Please report the lines above, ${bugsUrl()}`);
  say(`with the command: unseen ${version}, Node ${process.version}, ${process.platform} ${process.arch}.`);
  return EXIT.bug;
}

/** Commander's message as one line: "error: unknown option '--fd'\n(Did you mean --fdr?)". */
function usageText({ message, code }: CommanderError): string {
  const text = message
    .replace(/^error: /, "")
    .replace(/\s*\n\((.*)\)$/s, "; $1")
    .replace("; Did", "; did");
  if (code === "commander.excessArguments")
    return `${text.replace(/\. Expected (.*)\.$/, ": expected $1")}; quote a pattern, so that the shell leaves it whole: "*.csv"`;
  return text.includes("; did") ? text : `${text}; --help shows what is expected`;
}

function bugsUrl(): string {
  const { bugs } = createRequire(import.meta.url)("../../package.json") as { bugs?: { url?: string } };
  return bugs?.url === undefined ? "to where you got it from," : `at ${bugs.url},`;
}
