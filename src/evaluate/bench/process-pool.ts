import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { checkSignal } from "../../errors/index.ts";

/** What became of one job in a child process. */
export type Outcome<R> =
  | { readonly kind: "done"; readonly result: R }
  /** The work threw what its caller can fix. */
  | { readonly kind: "refused"; readonly message: string }
  /** The work threw anything else, or its process ended, twice. */
  | { readonly kind: "failed"; readonly message: string };

/** What a child sends back. */
export type Reply<R> = { readonly result: R } | { readonly error: string; readonly refused: boolean };

/**
 * Runs jobs in child processes, `processes` at once, each job in the order `next` hands them out; null ends. A process
 * that ends under a job is replaced and the job tried once more, so that a crash of native code costs one job and not
 * the run. When the signal fires the children are killed, which hold nothing, and Interrupted is thrown.
 */
export async function runInProcesses<J, R>(
  script: URL,
  options: {
    readonly processes: number;
    readonly next: () => J | null;
    /** What the child is told of a job: plain data. */
    readonly message: (job: J) => object;
    readonly onOutcome: (job: J, outcome: Outcome<R>) => void;
    readonly signal?: AbortSignal;
  },
): Promise<void> {
  const { processes, next, message, onOutcome, signal } = options;
  const children = new Set<Child<R>>();
  let over = false;
  const stop = () => {
    over = true;
    for (const child of children) child.kill();
  };
  signal?.addEventListener("abort", stop, { once: true });
  const lane = async () => {
    let child: Child<R> | null = null;
    const attempt = async (job: J): Promise<Outcome<R>> => {
      if (child === null || child.ended()) {
        if (child) children.delete(child);
        child = startChild<R>(script);
        children.add(child);
      }
      return child.ask(message(job));
    };
    for (;;) {
      checkSignal(signal, "bench");
      const job = next();
      if (job === null) break;
      let outcome = await attempt(job);
      if (outcome.kind === "failed" && !over) outcome = await attempt(job);
      checkSignal(signal, "bench");
      if (over) break; // another lane threw
      onOutcome(job, outcome);
    }
  };
  try {
    checkSignal(signal, "bench");
    await Promise.all(Array.from({ length: processes }, lane));
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

interface Child<R> {
  readonly ask: (message: object) => Promise<Outcome<R>>;
  readonly ended: () => boolean;
  readonly kill: () => void;
}

/** The most of a child's standard error that is kept, to say why it ended. */
const TAIL = 2000;

function startChild<R>(script: URL): Child<R> {
  const path = fileURLToPath(script);
  const child: ChildProcess = fork(path, [], {
    // From the sources, TypeScript is read as the tests and `npm run` do; the package holds JavaScript.
    execArgv: path.endsWith(".ts")
      ? ["--import", pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href]
      : [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let [said, over] = ["", false];
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-TAIL);
  });
  const end = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(`its process was ended by ${signal ?? `exit code ${code}`}`));
  }).then((reason) => {
    over = true;
    return reason;
  });
  return {
    ended: () => over,
    kill: () => void child.kill("SIGKILL"),
    async ask(told) {
      const reply = new Promise<Reply<R>>((resolve) =>
        child.once("message", (message) => resolve(message as Reply<R>)),
      );
      child.send(told, () => {}); // that it has gone shows in its end
      const answer = await Promise.race([reply, end]);
      if (typeof answer === "string")
        return { kind: "failed", message: [answer, said.trim().split("\n").at(-1)].filter(Boolean).join(": ") };
      if ("result" in answer) return { kind: "done", result: answer.result };
      return { kind: answer.refused ? "refused" : "failed", message: answer.error };
    },
  };
}
