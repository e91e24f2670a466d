import { Readable, Writable } from "node:stream";
import { runCli } from "./run-cli.ts";

/** What a command line wrote. */
export interface CapturedRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process with streams in memory: for tests and the demo. */
export async function capturedRun(
  argv: readonly string[],
  {
    stdin = [],
    ...rest
  }: { stdin?: Iterable<string> | AsyncIterable<string>; signal?: AbortSignal; tty?: boolean } = {},
): Promise<CapturedRun> {
  const [stdout, stderr] = [capture(rest.tty), capture(rest.tty)];
  const code = await runCli(argv, {
    stdin: stdin instanceof Readable ? stdin : Readable.from(stdin),
    stdout,
    stderr,
    signal: rest.signal,
    env: {},
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function capture(isTTY = false): Writable & { text: () => string; isTTY: boolean } {
  let text = "";
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  return Object.assign(stream, { text: () => text, isTTY });
}
