import { fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSource, writeScored } from "../../src/data/index.ts";
import { detectors } from "../../src/detect/index.ts";
import { fit } from "../../src/model/index.ts";
import { withKnown } from "../portable/known.ts";
import { orders, timestamps } from "../portable/orders.ts";
import type { Task, Told } from "./child.ts";
import { KINDS, type Kind, kindOf } from "./kinds.ts";

export interface FuzzOptions {
  readonly inputs: number;
  readonly seed: number;
  /** The number of the first input: a finding is seen again with `inputs: 1, first: its number`. */
  readonly first?: number;
  /** The longest that one input may take. */
  readonly seconds?: number;
  readonly onProgress?: (done: number, findings: number) => void;
}

/** An input that ended neither well nor in an InputError. */
export interface Finding {
  readonly index: number;
  readonly kind: Kind;
  readonly what: string;
}

export interface Fuzzed {
  readonly counts: Readonly<Record<Kind, { works: number; refused: number }>>;
  readonly findings: readonly Finding[];
}

/** Runs inputs in a child process, which is started anew where one ends it or takes too long. */
export async function fuzz(options: FuzzOptions): Promise<Fuzzed> {
  const { inputs, seed, first = 0, seconds = 30, onProgress } = options;
  const folder = mkdtempSync(join(tmpdir(), "unseen-fuzz-"));
  const counts = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, { works: 0, refused: 0 }])) as Record<
    Kind,
    { works: number; refused: number }
  >;
  const findings: Finding[] = [];
  try {
    await writeStarts(folder);
    for (let next = first; next < first + inputs; ) {
      const { upTo, death } = await runChild({ seed, from: next, to: first + inputs, folder }, seconds, (told) => {
        const kind = kindOf(told.ended);
        if (told.outcome === "fails") findings.push({ index: told.ended, kind, what: told.message });
        else counts[kind][told.outcome]++;
        if ((told.ended + 1) % 1000 === 0) onProgress?.(told.ended + 1 - first, findings.length);
      });
      if (death !== null) findings.push({ index: upTo, kind: kindOf(upTo), what: death });
      next = upTo + 1;
    }
    return { counts, findings };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a child until it is through or ends otherwise: at which input, and how. */
function runChild(
  task: Task,
  seconds: number,
  onEnd: (told: Extract<Told, { ended: number }>) => void,
): Promise<{ readonly upTo: number; readonly death: string | null }> {
  const tsx = createRequire(import.meta.url).resolve("tsx");
  const child = fork(join(import.meta.dirname, "child.ts"), [], {
    execArgv: ["--import", tsx],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  return new Promise((resolve) => {
    let [at, stderr, hung] = [task.from, "", false];
    let timer: NodeJS.Timeout | undefined;
    child.stderr!.on("data", (data) => {
      stderr = `${stderr}${data}`.slice(-2000);
    });
    child.on("message", (told: Told) => {
      clearTimeout(timer);
      if ("ended" in told) return onEnd(told);
      at = told.begins;
      timer = setTimeout(() => {
        hung = true;
        // With NODE_OPTIONS=--report-on-signal Node then writes where it is; without, this ends it.
        child.kill("SIGUSR2");
        setTimeout(() => child.kill("SIGKILL"), 2000);
      }, seconds * 1000);
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve({ upTo: task.to - 1, death: null });
      const how = hung ? `took longer than ${seconds} s` : `ended the process (${signal ?? `exit code ${code}`})`;
      resolve({ upTo: at, death: `${how}\n${stderr}` });
    });
    child.send(task);
  });
}

/** What inputs are bent from: a model of every detector, and a Parquet file. */
async function writeStarts(folder: string): Promise<void> {
  for (const { name } of detectors) {
    const { columns, told } = withKnown(name, orders(1, 40), orders(3, 10, true));
    using model = await fit(columns, { key: 7, detector: name, columns: timestamps, ...told });
    await model.save(join(folder, `${name}.onnx`));
  }
  writeFileSync(join(folder, "good.csv"), "a,b\n1,x\n2,y\n");
  using source = await openSource(orders(2, 20));
  const store = await source.openScores();
  await store.append(new Float64Array(20), new Float64Array(20));
  await writeScored(source, store, { path: join(folder, "table.parquet"), flagged: 0 });
}
