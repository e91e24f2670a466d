import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { columnOf, type Matrix, matrix, normal, sliceRows } from "../src/numeric/index.ts";
import type { Library } from "./speed-library.ts";
import { median, type Speed } from "./speed-result.ts";

const TREES = { rows: 49_000, columns: 9 };
const STORED = { rows: 50_000, columns: 64 };
/** The rows that `fit` holds out to calibrate beside those that it stores. */
const HELD_OUT = 2000;
const QUERIES = 8000;

/**
 * Isolation forest and nearest neighbor beside scikit-learn where a Python has it: medians of `runs` alternated runs.
 * Neighbors are those of a fitted model that is asked again and again, as scikit-learn's is; ours gives p-values too.
 */
export async function againstScikit(library: Library, runs: number): Promise<readonly Speed[]> {
  const { detectors, fit, scoreRows, key } = library;
  const forestRows = cloud(library, "forest", TREES.rows, TREES.columns);
  const rows = cloud(library, "stored", STORED.rows + HELD_OUT, STORED.columns);
  const stored = sliceRows(rows, 0, STORED.rows);
  const queries = cloud(library, "queries", QUERIES, STORED.columns);
  const fitted = (name: string, rows: Matrix) => {
    const detector = detectors.find((d) => d.name === name)!;
    return detector.fit(rows, detector.options.parse({}), { key: key("speed") });
  };
  const forest = await fitted("isolation-forest", forestRows);
  using neighbors = await fit(columnsOf(rows), { detector: "knn", key: 0 });
  const asked = columnsOf(queries);
  const tasks: Readonly<Record<string, () => Promise<unknown>>> = {
    "isolation forest, fit": () => fitted("isolation-forest", forestRows),
    "isolation forest, score": () => scoreRows(forest, forestRows),
    "nearest neighbor, score": () => neighbors.score(asked),
  };
  const scikit = openScikit([forestRows, stored, queries]);
  const out: Speed[] = [];
  for (const [name, task] of Object.entries(tasks)) {
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let run = 0; run <= runs; run++) {
      const started = performance.now();
      await task();
      ours.push((performance.now() - started) / 1000);
      if (scikit) theirs.push(await scikit.seconds(name));
    }
    // The first run of each warms up.
    const [own, other] = [median(ours.slice(1)), scikit ? median(theirs.slice(1)) : null];
    const work = name.startsWith("isolation")
      ? `${TREES.rows} × ${TREES.columns}`
      : `${QUERIES} queries among ${STORED.rows} × ${STORED.columns}`;
    out.push({ part: "d", what: `${name}, ${work}`, value: own, unit: "s", target: null, scikit: other });
  }
  await scikit?.close();
  return out;
}

interface Scikit {
  /** Seconds of one run of a task. */
  seconds(task: string): Promise<number>;
  close(): Promise<void>;
}

/** A Python process with the same rows; null where no Python has scikit-learn. */
function openScikit(matrices: readonly Matrix[]): Scikit | null {
  const python = process.env["UNSEEN_PYTHON"] ?? "python3";
  try {
    execFileSync(python, ["-c", "import sklearn"], { stdio: "ignore" });
  } catch {
    process.stderr.write(`speed: no scikit-learn in ${python}; set UNSEEN_PYTHON to a Python that has it\n`);
    return null;
  }
  const folder = mkdtempSync(join(tmpdir(), "unseen-speed-"));
  const places = matrices.flatMap(({ rows, columns, values }, i) => {
    const path = join(folder, `${i}.bin`);
    writeFileSync(path, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return [path, String(rows), String(columns)];
  });
  const script = fileURLToPath(new URL("speed-scikit.py", import.meta.url));
  const child = spawn(python, [script, ...places], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("speed: scikit-learn's process ended");
    return value;
  };
  const ready = read().then((version) => process.stderr.write(`speed: beside ${version}\n`));
  return {
    async seconds(task) {
      await ready;
      child.stdin.write(`${task}\n`);
      return Number(await read());
    },
    async close() {
      child.stdin.end();
      await new Promise((resolve) => child.once("exit", resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

/** Independent normal numbers. */
function cloud({ key }: Library, name: string, rows: number, columns: number): Matrix {
  const next = normal(key("speed").for(name));
  return matrix(rows, columns, Float64Array.from({ length: rows * columns }, next));
}

/** The columns of a matrix by name. */
function columnsOf(m: Matrix): Readonly<Record<string, Float64Array>> {
  return Object.fromEntries(Array.from({ length: m.columns }, (_, j) => [`x${j}`, columnOf(m, j)]));
}
