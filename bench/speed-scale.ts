import { execFileSync, spawn } from "node:child_process";
import { existsSync, linkSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { dist, type Library } from "./speed-library.ts";
import { median, type Speed } from "./speed-result.ts";

const COLUMNS = 80;
const ROWS = 1_000_000;
const names = Array.from({ length: COLUMNS }, (_, j) => `x${j}`);

export interface ScaleOptions {
  readonly runs: number;
  /** Millions of rows whose memory is measured beside that of one million: 10 takes some 20 s. */
  readonly millions: number;
}

/**
 * `unseen score` from start to end on 1,000,000 × 80 floats in Parquet, Mahalanobis, row numbers and scores out, beside
 * what DuckDB alone takes to hand out the same columns as doubles in a process of its own: medians of alternated runs, and
 * their ratio, from start to end of both processes and to the reading alone; the most memory of the process. With `millions` the same file is read so many times by a pattern.
 */
export async function largeFile({ fit }: Library, { runs, millions }: ScaleOptions): Promise<readonly Speed[]> {
  const main = `${dist}cli/main.js`;
  if (!existsSync(main)) {
    process.stderr.write("speed: part e: no dist/cli/main.js yet; skipped\n");
    return [];
  }
  const folder = mkdtempSync(join(tmpdir(), "unseen-scale-"));
  const place = (name: string) => join(folder, name);
  try {
    await makeRows(place("rows-0.parquet"), place("train.parquet"));
    using model = await fit(place("train.parquet"), { detector: "mahalanobis", key: 0 });
    await model.save(place("model.onnx"));
    const score = (input: string) =>
      wholeProcess([main, "score", input, "-m", place("model.onnx"), "--keep", "none", "-o", place("out.parquet")]);
    const [alone, whole, scored]: [number[], number[], Measured[]] = [[], [], []];
    for (let run = 0; run < runs; run++) {
      const started = performance.now();
      alone.push(readAsDoubles(place("rows-0.parquet")));
      whole.push((performance.now() - started) / 1000);
      scored.push(await score(place("rows-0.parquet")));
    }
    const [read, reader, seconds] = [alone, whole, scored.map((run) => run.seconds)].map(median);
    const memory = Math.max(...scored.map((run) => run.megabytes));
    const what = "unseen score, 1,000,000 × 80 floats, mahalanobis";
    const of = { part: "e", scikit: null };
    const out: Speed[] = [
      { ...of, what: "DuckDB alone hands out the same as doubles", value: read, unit: "s", target: null },
      { ...of, what: "the same, whole process", value: reader, unit: "s", target: null },
      { ...of, what: `${what}, whole process`, value: seconds, unit: "s", target: null },
      { ...of, what: `${what}, as many times DuckDB's process`, value: seconds / reader, unit: "×", target: 3 },
      { ...of, what: `${what}, as many times DuckDB's reading`, value: seconds / read, unit: "×", target: null },
      { ...of, what: `${what}, most memory of the process`, value: memory, unit: "MB", target: 1500 },
    ];
    if (millions > 1) {
      for (let i = 1; i < millions; i++) linkSync(place("rows-0.parquet"), place(`rows-${i}.parquet`));
      const large = await score(place("rows-*.parquet"));
      const more = `the same, ${millions},000,000 rows`;
      out.push({ ...of, what: `${more}, whole process`, value: large.seconds, unit: "s", target: null });
      out.push({ ...of, what: `${more}, most memory`, value: large.megabytes, unit: "MB", target: 1500 });
    }
    return out;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Normal rows: a million to score, and 20,000 others to learn from. */
async function makeRows(rows: string, train: string): Promise<void> {
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
  const draw = "(sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))::FLOAT";
  await connection.run("SELECT setseed(0.5)");
  for (const [path, count] of [
    [train, 20_000],
    [rows, ROWS],
  ] as const)
    await connection.run(
      `COPY (SELECT ${names.map((name) => `${draw} AS ${name}`).join(", ")} FROM range(${count})) TO '${path.replaceAll("'", "''")}' (FORMAT parquet)`,
    );
  connection.closeSync();
}

/** Seconds to open a database and take every chunk of the columns as vectors of doubles, in a process of its own. */
function readAsDoubles(path: string): number {
  const script = fileURLToPath(new URL("speed-read.mjs", import.meta.url));
  const said = execFileSync(process.execPath, [script, path, String(COLUMNS)], { encoding: "utf8" });
  const { rows, seconds } = JSON.parse(said);
  if (rows !== ROWS) throw new Error(`speed: ${rows} of ${ROWS} rows were read`);
  return seconds;
}

interface Measured {
  readonly seconds: number;
  readonly megabytes: number;
}

/** Runs Node as a process. Memory: the most that it or a process that it started has had, looked at every 20 ms. */
async function wholeProcess(argv: readonly string[]): Promise<Measured> {
  const started = performance.now();
  const child = spawn(process.execPath, argv, { stdio: "ignore" });
  let most = 0;
  const look = setInterval(() => {
    most = Math.max(most, ...processTree(child.pid!).map(peakMegabytes));
  }, 20);
  const code = await new Promise((resolve) => child.on("exit", resolve));
  clearInterval(look);
  if (code !== 0) throw new Error(`speed: ${argv[1]} ended with ${code}`);
  return { seconds: (performance.now() - started) / 1000, megabytes: most };
}

/** A process and those that it started. */
function processTree(pid: number): readonly number[] {
  const children = fromProc(`${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
  return [pid, ...children.flatMap(processTree)];
}

/** The most resident memory that a process has had; 0 where /proc does not tell. */
function peakMegabytes(pid: number): number {
  return (1024 * Number(/VmHWM:\s*(\d+)/.exec(fromProc(`${pid}/status`))?.[1] ?? 0)) / 1e6;
}

function fromProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch {
    return ""; // another system, or the process has ended
  }
}
