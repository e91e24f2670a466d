#!/usr/bin/env node
import type { Guard } from "./guard.ts";
import { runCli } from "./run-cli.ts";
import { supervise } from "./supervise.ts";
import { isSupervised, supervisedGuard } from "./supervised.ts";

// The first Ctrl-C asks the work to stop and clean up. The second kills: ending in good order would wait for native
// code. A supervised process leaves that to the one that watches it, which gets the same signals from a terminal.
const supervised = isSupervised();
const interrupt = new AbortController();
let kill = supervised ? () => {} : () => void process.kill(process.pid, "SIGKILL");
for (const name of ["SIGINT", "SIGTERM"] as const)
  process.on(name, () => {
    if (interrupt.signal.aborted) kill();
    interrupt.abort();
  });

const supervisor: Guard = {
  supervise: (limits) =>
    supervise(limits, {
      signal: interrupt.signal,
      onStart: (child) => {
        kill = () => void child.kill("SIGKILL");
      },
    }),
  onCall: () => {},
};
const guard = supervised ? supervisedGuard(() => interrupt.abort()) : supervisor;

const { stdin, stdout, stderr } = process;
const code = await runCli(process.argv.slice(2), { stdin, stdout, stderr, signal: interrupt.signal, guard });

// Everything written is handed on before the end; streams and worker threads left open do not hold it up.
const flushed = (stream: NodeJS.WriteStream) =>
  new Promise<void>((resolve) => {
    stream.on("error", () => resolve());
    stream.write("", () => resolve());
  });
await Promise.all([flushed(stdout), flushed(stderr)]);
process.exit(code);
