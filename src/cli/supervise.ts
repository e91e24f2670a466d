import { type ChildProcess, fork } from "node:child_process";
import { InputError, Interrupted } from "../errors/index.ts";
import type { Limits } from "./guard.ts";
import { residentMegabytes } from "./resident-memory.ts";

/** The environment variable that tells a child who watches it: the number of the parent's process. */
export const WATCHER = "UNSEEN_WATCHER";

/** How often a child is looked at. */
const EVERY_MILLISECONDS = 200;

/** How long a child that was asked to stop is waited for. */
const GRACE_MILLISECONDS = 3000;

/**
 * Runs this command line again in a child process, with the same streams, and gives its exit code. The child is ended,
 * and what it left is taken away, when a call of the model takes too long or the child too much memory; so it is when
 * the model ends the child, as a graph can that crashes ONNX Runtime. Throws an InputError that says which, and
 * Interrupted when `signal` fired and the child did not stop of itself.
 *
 * It is a limit, not a sandbox: the child has the rights of the caller.
 */
export async function supervise(
  limits: Limits,
  { signal, onStart }: { signal: AbortSignal; onStart: (child: ChildProcess) => void },
): Promise<number> {
  const env = { ...process.env, [WATCHER]: String(process.pid) };
  const child = fork(process.argv[1], process.argv.slice(2), { stdio: "inherit", env });
  onStart(child);
  const ended = new Promise<{ code: number | null; by: NodeJS.Signals | null }>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, by) => resolve({ code, by }));
  });
  let reason: string | null = null;
  const kill = (why: string | null) => {
    reason ??= why;
    child.kill("SIGKILL");
  };
  const calls = watchCalls(child);
  const look = setInterval(async () => {
    if (calls.silentSeconds() > limits.seconds) return kill(tooSlow(limits));
    if (limits.megabytes === null) return;
    const megabytes = await residentMegabytes(child.pid!);
    if (megabytes > limits.megabytes) kill(tooLarge(limits, megabytes));
  }, EVERY_MILLISECONDS);
  let grace: NodeJS.Timeout | undefined;
  const stop = () => {
    if (child.connected) child.send("interrupt", () => {});
    grace = setTimeout(kill, GRACE_MILLISECONDS, null);
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  try {
    const { code, by } = await ended;
    if (by === null && code !== null && code < 256) return code;
    await clearUp(child.pid!, limits.output);
    if (signal.aborted && reason === null) throw new Interrupted(`${limits.who}: interrupted`);
    throw new InputError(reason ?? crashed(limits, by ?? `exit code ${code}`, calls.underWay()));
  } finally {
    clearInterval(look);
    clearTimeout(grace);
    signal.removeEventListener("abort", stop);
  }
}

/** Counts the calls that are under way, and the time since one last ended. A process that was stopped loses no time. */
function watchCalls(child: ChildProcess) {
  let [underWay, silent, last] = [0, 0, performance.now()];
  child.on("message", (event) => {
    if (event === "begin" && underWay++ > 0) return;
    if (event === "end") underWay--;
    silent = 0;
  });
  return {
    underWay: () => underWay > 0,
    silentSeconds() {
      const now = performance.now();
      if (underWay > 0) silent += Math.min(now - last, 5 * EVERY_MILLISECONDS);
      last = now;
      return silent / 1000;
    },
  };
}

/** The data layer is loaded only here: a watcher whose child ends in good order needs none of it. */
async function clearUp(pid: number, output: string | undefined): Promise<void> {
  (await import("../data/index.ts")).removeRemains(pid, output);
}

const tooSlow = ({ who, model, seconds }: Limits) =>
  `${who}: ${model}: expected each call of the model to end within ${seconds} s, got one that did not, and ended it; ` +
  "if you trust the file, raise --time-limit or pass --trust";

const tooLarge = ({ who, model, megabytes: most }: Limits, megabytes: number) =>
  `${who}: ${model}: expected at most ${most} MB of memory, got ${Math.round(megabytes)}, and ended it; ` +
  "if you trust the file, raise --memory-limit, pass --workers 1, or pass --trust";

function crashed({ who, model }: Limits, by: string, underWay: boolean): string {
  const cause =
    by === "SIGKILL"
      ? "somebody ended the process, or the system did because memory ran out; free some, or pass --workers 1"
      : "the file may be damaged, or made to do harm: do not trust it, fit the model anew";
  return `${who}: ${model}: expected ${underWay ? "a model that runs" : "rows that can be read"}, but the process was ended by ${by}; ${cause}`;
}
