#!/usr/bin/env node
import { runCli } from "./run-cli.ts";

// The first Ctrl-C asks the work to stop and clean up. The second kills: ending in good order would wait for native code.
const interrupt = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const)
  process.on(name, () => {
    if (interrupt.signal.aborted) process.kill(process.pid, "SIGKILL");
    interrupt.abort();
  });

const { stdin, stdout, stderr } = process;
const code = await runCli(process.argv.slice(2), { stdin, stdout, stderr, signal: interrupt.signal });

// Everything written is handed on before the end; streams and worker threads left open do not hold it up.
const flushed = (stream: NodeJS.WriteStream) =>
  new Promise<void>((resolve) => {
    stream.on("error", () => resolve());
    stream.write("", () => resolve());
  });
await Promise.all([flushed(stdout), flushed(stderr)]);
process.exit(code);
