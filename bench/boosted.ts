/**
 * Boosted trees beside scikit-learn's HistGradientBoostingClassifier: AUROC and the time of a fit.
 *
 * Protocol: 10 tables of ADBench, all rows; per key half of either class, drawn, is for training and the other for testing.
 * Both grow 100 trees of at most 31 leaves of at least 20 rows, rate 0.1, no L2, equal weights, no early stopping
 * (scikit-learn's defaults), turn by turn in one run, each on one thread, and scikit-learn with its own choice of threads
 * too where `--all-threads` asks for it. Processor time and time by the clock, medians over keys; three fits of each warm up.
 * The Python is found by UNSEEN_PYTHON.
 *
 *   npm run bench:boosted -- [--sets a,b] [--keys 0,1,2,3,4] [--all-threads] [--fresh]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { auroc, type Key, key as keyOf, type Matrix, permutation, takeRows } from "../src/numeric/index.ts";
import { boostedLogits, growBoosted } from "../src/trees/index.ts";
import { boostedTable } from "./boosted-table.ts";
import { integer, machine, report, runBenchmark } from "./command-line.ts";
import { readSet } from "./labelled-set.ts";
import { type Measurement, openJournal, writeParquet } from "./results.ts";

const SETS = "annthyroid,cardio,fault,mammography,optdigits,pageblocks,pima,satellite,thyroid,waveform";
const OPTIONS = { rounds: 100, rate: 0.1, leaves: 31, minRows: 20, l2: 0 };
const THEIRS = {
  max_iter: OPTIONS.rounds,
  learning_rate: OPTIONS.rate,
  max_leaf_nodes: OPTIONS.leaves,
  min_samples_leaf: OPTIONS.minRows,
  l2_regularization: OPTIONS.l2,
};

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      sets: { type: "string", default: SETS },
      keys: { type: "string", default: "0,1,2,3,4" },
      "all-threads": { type: "boolean", default: false },
      fresh: { type: "boolean", default: false },
    },
  });
  const keys = values.keys.split(",").map((key) => integer("keys", key));
  const journal = openJournal("boosted", values.fresh);
  const [one, all] = [openPeer("1"), values["all-threads"] ? openPeer(undefined) : null];
  const folder = mkdtempSync(join(tmpdir(), "unseen-boosted-"));
  const rows: Measurement[] = [];
  try {
    let warm = 0;
    for (const name of values.sets.split(",")) {
      const { rows: features, labels } = await readSet(name);
      for (const key of keys) {
        const halves = halved(features, labels, keyOf(key).for(name));
        rows.push(
          await journal.once({ set: name, key, ...OPTIONS, threads: all ? "all" : "1" }, async () => {
            writeHalves(folder, halves);
            const task = { folder, columns: features.columns, options: { ...THEIRS, random_state: key } };
            for (; warm < 3; warm++) await Promise.all([ownFit(halves), one.fit(task), all?.fit(task)]);
            const own = await ownFit(halves);
            const theirs = await one.fit(task);
            const parallel = await all?.fit(task);
            return {
              set: name,
              key,
              rows: features.rows,
              columns: features.columns,
              anomalous: labels.reduce((total, label) => total + label, 0),
              auroc: 100 * own.auroc,
              peer_auroc: 100 * theirs.auroc,
              seconds: own.seconds,
              processor_seconds: own.processorSeconds,
              peer_seconds: theirs.seconds,
              peer_processor_seconds: theirs.processorSeconds,
              peer_seconds_all_threads: parallel?.seconds ?? null,
              peer: one.version(),
              machine: machine(),
            };
          }),
        );
        const last = rows[rows.length - 1];
        report(`${name}, key ${key}: ${Number(last["auroc"]).toFixed(2)}, ${Number(last["peer_auroc"]).toFixed(2)}`);
      }
    }
  } finally {
    await Promise.all([one.close(), all?.close()]);
    rmSync(folder, { recursive: true });
  }
  report(await writeParquet("boosted", rows));
  console.log(boostedTable.render(rows));
});

interface Halves {
  readonly train: Matrix;
  readonly trainLabels: Uint8Array;
  readonly test: Matrix;
  readonly testLabels: Uint8Array;
}

/** Half of either class, drawn, and the other half. */
function halved(rows: Matrix, labels: ArrayLike<number>, key: Key): Halves {
  const order = Array.from(permutation(key, rows.rows));
  const places: [number[], number[]] = [[], []];
  for (const label of [0, 1])
    order.filter((row) => labels[row] === label).forEach((row, i) => void places[i % 2].push(row));
  const of = (some: number[]) => Uint8Array.from(some, (row) => labels[row]);
  const [first, second] = places;
  return { train: takeRows(rows, first), trainLabels: of(first), test: takeRows(rows, second), testLabels: of(second) };
}

async function ownFit({ train, trainLabels, test, testLabels }: Halves) {
  const [started, used] = [performance.now(), process.cpuUsage()];
  const model = await growBoosted(train, trainLabels, OPTIONS);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(used);
  return { seconds, processorSeconds: (user + system) / 1e6, auroc: auroc(testLabels, boostedLogits(model, test)) };
}

function writeHalves(folder: string, { train, trainLabels, test, testLabels }: Halves): void {
  for (const [name, { values }] of Object.entries({ train, test }))
    writeFileSync(join(folder, `${name}.bin`), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  writeFileSync(join(folder, "train-labels.bin"), trainLabels);
  writeFileSync(join(folder, "test-labels.bin"), testLabels);
}

/** A Python process that fits on so many threads, or as many as it likes. */
function openPeer(threads: string | undefined) {
  const python = process.env["UNSEEN_PYTHON"] ?? "python3";
  const script = fileURLToPath(new URL("peers/boosted_sklearn.py", import.meta.url));
  const env = { ...process.env, ...(threads && { OMP_NUM_THREADS: threads }) };
  const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"], env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`boosted: ${python} ended; set UNSEEN_PYTHON to a Python with scikit-learn`);
    return JSON.parse(value);
  };
  let version = "";
  return {
    async fit(task: object): Promise<{ seconds: number; processorSeconds: number; auroc: number }> {
      if (version === "") ({ version } = await read());
      child.stdin.write(`${JSON.stringify(task)}\n`);
      return read();
    },
    version: () => version,
    async close() {
      child.stdin.end();
      if (child.exitCode === null) await new Promise((resolve) => child.once("exit", resolve));
    },
  };
}
