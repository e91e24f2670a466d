import type { Readable, Writable } from "node:stream";
import pc from "picocolors";
import { type Guard, unguarded } from "./guard.ts";

/** What a command talks to. Tests hand in streams of their own. */
export interface Streams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Fires on Ctrl-C. */
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Who watches while a model runs; nobody when left out. */
  readonly guard?: Guard;
}

export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The streams, and how to write on them: in color or not, how wide. */
export interface Terminal extends Required<Streams> {
  /** The command line, without `node` and the script's path: for a report, which says how to get it again. */
  readonly argv: readonly string[];
  /** Colors for standard output and for standard error: each only where that stream is a terminal. */
  readonly out: Paint;
  readonly err: Paint;
  /** Columns of text to write on standard error; 100 at most, since longer lines are hard to read. */
  readonly width: number;
  /** Writes lines to standard error. */
  readonly say: (text: string) => void;
}

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
}

/** Columns of text to write on standard output. */
export function outputWidth({ columns }: OutputStream): number {
  return Math.max(40, Math.min(100, columns ?? 100));
}

/** A terminal over streams. NO_COLOR switches colors off. */
export function terminalOf(streams: Streams, argv: readonly string[] = []): Terminal {
  const { stderr, stdout, env = process.env, signal = new AbortController().signal, guard = unguarded } = streams;
  const paint = (stream: OutputStream) =>
    pc.createColors(stream.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb");
  return {
    ...streams,
    argv,
    env,
    signal,
    guard,
    out: paint(stdout),
    err: paint(stderr),
    width: outputWidth(stderr),
    say: (text) => void stderr.write(`${text}\n`),
  };
}
