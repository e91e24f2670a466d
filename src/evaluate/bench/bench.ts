import { createRequire } from "node:module";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { checkSignal, InputError } from "../../errors/index.ts";
import { version } from "../../model/index.ts";
import { codeIdentity } from "./code-identity.ts";
import { type Contestant, contestants } from "./contestant.ts";
import { type Entry, openJournal } from "./journal.ts";
import { checkedFile, type DataFolder } from "./manifest.ts";
import { planUnits, type Unit } from "./plan.ts";
import { type Outcome, runInProcesses } from "./process-pool.ts";
import { resultRows } from "./result-rows.ts";
import { type ResultRow, writeResults } from "./results.ts";
import type { Caps, Measured, Suite, Task } from "./suite.ts";
import { type LeftOut, timeLimit } from "./time-limit.ts";
import type { UnitJob } from "./unit-process.ts";

/** What to measure, how, and where results go. */
export interface BenchOptions {
  readonly suite: Suite;
  readonly folder: DataFolder;
  /** The folder of results: `<suite>.jsonl` as they come, `<suite>-….parquet` at the end. */
  readonly results: string;
  /** Detectors by name, with some of their options; all that learn from normal rows alone when left out. */
  readonly detectors?: readonly string[];
  readonly options?: Readonly<Record<string, unknown>>;
  /** Sets by name; all when left out. */
  readonly sets?: readonly string[];
  readonly keys: readonly number[];
  readonly caps: Caps;
  /** Units measured at once, each by a process of one thread. */
  readonly workers?: number;
  /** Detectors whose mean fit on the first sets of a part takes more seconds of a processor are left out. */
  readonly seconds: number;
  /** Measures again what the journal holds. */
  readonly fresh?: boolean;
  /** Takes what other code of this version measured. */
  readonly anyCode?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BenchProgress) => void;
}

/** How far it is: units, of them those that were found in the journal, and what is under way. */
export interface BenchProgress {
  readonly done: number;
  readonly total: number;
  readonly found: number;
  readonly set: string;
}

/** What came out. */
export interface Bench {
  readonly rows: readonly ResultRow[];
  readonly who: readonly Contestant[];
  readonly leftOut: readonly LeftOut[];
  /** Units measured now, and found measured. */
  readonly measured: number;
  readonly found: number;
  /** Found, but by other code, and so measured again. */
  readonly outdated: number;
  /** Units whose process crashed or that failed by our fault, with the reason; not kept in the journal. */
  readonly failed: readonly { readonly set: string; readonly name: string; readonly reason: string }[];
  readonly parquet: string;
}

/**
 * Runs a suite: every contestant on every set, in processes, from where an earlier run was interrupted, and writes a
 * Parquet file with one row a unit. The same results folder may be used by runs with other settings.
 *
 * Throws an InputError where data, names or options are not as expected, and Interrupted when the signal fires; what is
 * measured by then is kept.
 */
export async function runBench(options: BenchOptions): Promise<Bench> {
  const { suite, folder, keys, caps, signal } = options;
  const who = contestants(options.detectors, options.options);
  const tasks = chosenTasks(suite, folder, options.sets);
  for (const entry of new Set(tasks.flatMap(({ entries }) => entries))) {
    checkSignal(signal, "bench");
    await checkedFile(folder, entry);
  }
  const onnxruntime: string = createRequire(import.meta.url)("onnxruntime-node/package.json").version;
  const units = planUnits(suite, tasks, who, { caps, keys, versions: { version, onnxruntime } });
  const code = codeIdentity(suite.layers);
  const workers = options.workers ?? availableParallelism();
  const made = { code, machine: machine(), node: process.versions.node, at_once: workers };
  using journal = openJournal<readonly Measured[]>(join(options.results, `${suite.name}.jsonl`), { ...options, code });
  const ids = new Set<string>();
  const distinct = units.filter((unit) => !ids.has(idOf(unit)) && ids.add(idOf(unit)));
  const entries = new Map<string, Entry<readonly Measured[]>>();
  const limit = timeLimit(options.seconds, suite, tasks, keys.length);
  const settle = (unit: Unit, entry: Entry<readonly Measured[]>) => {
    entries.set(idOf(unit), entry);
    if (entry.measured) limit.took(unit, entry.measured[0].fit_cpu_seconds);
  };
  for (const unit of distinct) {
    const entry = journal.find(unit.identity);
    if (entry) settle(unit, entry);
  }
  const found = entries.size;
  const outdated = options.anyCode ? 0 : journal.byOtherCode(distinct.map(({ identity }) => identity));
  const failures = new Map<string, string>();
  const queue = distinct.filter((unit) => !entries.has(idOf(unit)));
  let [at, underWay] = [0, 0];
  const report = (set: string) => {
    const left = queue.slice(at).filter((unit) => !limit.leavesOut(unit.contestant, unit.task)).length;
    const done = entries.size + failures.size;
    options.onProgress?.({ done, total: done + underWay + left, found, set });
  };
  await runInProcesses<Unit, readonly Measured[]>(unitProcess, {
    processes: Math.min(workers, Math.max(1, queue.length)),
    signal,
    next: () => {
      while (at < queue.length && limit.leavesOut(queue[at].contestant, queue[at].task)) at++;
      if (at === queue.length) return null;
      underWay++;
      return queue[at++];
    },
    message: (unit) => jobOf(unit, suite, folder, caps),
    onOutcome: (unit, outcome) => {
      underWay--;
      if (outcome.kind === "failed") failures.set(idOf(unit), outcome.message);
      else {
        const entry = { ...judged(outcome), ...made };
        journal.add(unit.identity, entry);
        settle(unit, entry);
      }
      report(unit.task.set);
    },
  });
  const rows = units.flatMap((unit): readonly ResultRow[] => {
    const [entry, failure] = [entries.get(idOf(unit)), failures.get(idOf(unit))];
    if (limit.leavesOut(unit.contestant, unit.task) && !limit.tried(unit.task)) return [];
    if (entry) return resultRows(suite, caps, unit, { version, onnxruntime }, entry);
    const crashed = { measured: null, error: failure?.split("\n")[0] ?? "", ...made };
    return failure === undefined ? [] : resultRows(suite, caps, unit, { version, onnxruntime }, crashed);
  });
  const parquet = join(options.results, `${fileName(options)}.parquet`);
  await writeResults(parquet, rows);
  return {
    rows,
    who,
    leftOut: limit.leftOut(who),
    measured: entries.size - found,
    found,
    outdated,
    failed: distinct.flatMap((unit) => {
      const reason = failures.get(idOf(unit));
      return reason === undefined ? [] : [{ set: unit.task.set, name: unit.contestant.name, reason }];
    }),
    parquet,
  };
}

const unitProcess = new URL(
  `./unit-process${import.meta.url.slice(import.meta.url.lastIndexOf("."))}`,
  import.meta.url,
);

const idOf = ({ identity }: Unit) => JSON.stringify(identity);

function jobOf({ task, contestant, measured, key }: Unit, suite: Suite, folder: DataFolder, caps: Caps): UnitJob {
  const work = { detector: contestant.detector.name, options: contestant.options, variant: measured, caps, seed: key };
  return { suite: suite.name, folder: { path: folder.path, entries: [] }, task, work };
}

function judged(outcome: Exclude<Outcome<readonly Measured[]>, { kind: "failed" }>) {
  return outcome.kind === "done"
    ? { measured: outcome.result, error: null }
    : { measured: null, error: outcome.message };
}

/** The tasks of the sets named. Throws an InputError where the folder has none. */
function chosenTasks(suite: Suite, folder: DataFolder, sets?: readonly string[]): readonly Task[] {
  const all = [...suite.tasks(folder.entries)].sort((a, b) =>
    a.part === b.part ? (a.set < b.set ? -1 : 1) : a.part < b.part ? -1 : 1,
  );
  if (all.length === 0)
    throw new InputError(
      `bench: --data: expected sets of ${suite.name} in ${join(folder.path, "manifest.json")}, got none; pass another folder`,
    );
  const unknown = sets?.find((name) => !all.some(({ set }) => set === name));
  if (unknown !== undefined)
    throw new InputError(
      `bench: --sets: expected names of ${suite.name} in manifest.json, got ${JSON.stringify(unknown)}; there are ${all.length}, such as ${all[0].set}`,
    );
  return sets === undefined ? all : all.filter(({ set }) => sets.includes(set));
}

/** "oddbench-4000-8000-key0", with the names of the detectors where not all took part, and "-part" for some sets. */
function fileName({ suite, caps, keys, detectors, options, sets }: BenchOptions): string {
  const rows = [caps.maxTrain, caps.maxTest].map((cap) => (Number.isFinite(cap) ? cap : "all"));
  const given = Object.entries(options ?? {}).map(([name, value]) => `${name}=${value}`);
  const parts = [
    suite.name,
    rows[0] === "all" && rows[1] === "all" ? "all" : rows.join("-"),
    `key${keys.join("-")}`,
    ...(detectors ?? []),
    ...given,
    ...(sets ? ["some-sets"] : []),
  ];
  return parts.join("-").replace(/[^\w.=-]/g, "_");
}

/** The machine, beside every number. */
function machine(): string {
  return `${availableParallelism()} cores, ${cpus()[0]?.model.trim() ?? "unknown"}`;
}
