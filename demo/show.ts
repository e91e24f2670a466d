import pc from "picocolors";
import { capturedRun } from "../src/cli/captured-run.ts";
import { runCli } from "../src/cli/run-cli.ts";
import { wrapText } from "../src/cli/wrap-text.ts";

const width = Math.max(40, Math.min(100, process.stdout.columns ?? 100));

/** Prints a line. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function heading(text: string): void {
  say(`\n${pc.bold(pc.cyan(`── ${text} `.padEnd(width, "─")))}`);
}

/** Prints a wrapped text. */
export function paragraph(text: string): void {
  say(wrapText(text, width));
}

/** Shows a command line with --json, runs it and returns the object that it prints. */
export async function unseenJson(...argv: readonly string[]): Promise<unknown> {
  say(`\n${pc.green("$")} ${pc.bold(`unseen ${argv.join(" ")}`)}`);
  const { code, stdout } = await capturedRun(argv);
  if (code !== 0) throw new Error(`demo: unseen ${argv.join(" ")} ended with ${code}`);
  return JSON.parse(stdout);
}

/** Shows a command line as one would type it, and runs it. Everything goes to one stream, to keep its order. */
export async function unseen(...argv: readonly string[]): Promise<void> {
  say(`\n${pc.green("$")} ${pc.bold(`unseen ${argv.join(" ")}`)}`);
  const { stdin, stdout } = process;
  const code = await runCli(argv, { stdin, stdout, stderr: stdout });
  if (code !== 0) throw new Error(`demo: unseen ${argv.join(" ")} ended with ${code}`);
}
