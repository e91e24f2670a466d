/**
 * Whether explanations are faithful, on one intrusion set and five of ADBench, for every detector: flagged anomalous
 * rows move towards normal when the three columns that an explanation names first are set to normal values, and how far
 * when three random ones are. Normal values and ranks come from held-out normal rows that neither model nor explanation
 * has seen: the values of the nearest of them, and their medians. Then how often a change of at most three columns is
 * found, scored again from its texts, and how long 1,000 rows of 20 columns take.
 *
 *   tsx bench/explain.ts [--cases a,b] [--detectors a,b] [--rows 100] [--key 0] [--fresh] [--speed-only | --no-speed]
 */
import { parseArgs } from "node:util";
import { detectors } from "../src/detect/index.ts";
import { type Explanation, fit, type Model, version } from "../src/model/index.ts";
import { key as keyOf, type Matrix, matrix, type Table, takeTableRows } from "../src/numeric/index.ts";
import { integer, machine, report, runBenchmark } from "./command-line.ts";
import { CASES, columnsOf, type ExplainCase, readCase } from "./explain-cases.ts";
import { faithfulness, type Replacement } from "./explain-faithful.ts";
import { measureSpeed } from "./explain-speed.ts";
import { type Measurement, openJournal, writeParquet } from "./results.ts";
import { textTable } from "./text-table.ts";

interface Explained extends Measurement {
  readonly set: string;
  readonly detector: string;
  readonly columns: number;
  /** Anomalous rows that are flagged, of those tried, and how many were explained. */
  readonly flagged: number;
  readonly explained: number;
  readonly exact: number;
  readonly gradients: number;
  readonly nearest_named: number;
  readonly nearest_random: number;
  readonly median_named: number;
  readonly median_random: number;
  /** Rows with a change of at most three columns, with a larger one only, and with none. */
  readonly small: number;
  readonly large: number;
  readonly none: number;
  /** Changes that the model scores normal when they are put into the row as texts. */
  readonly confirmed: number;
  /** Columns of the larger changes, on average. */
  readonly large_columns: number;
  readonly seconds: number;
}

const LEVEL = 0.01;

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      cases: { type: "string" },
      detectors: { type: "string" },
      rows: { type: "string", default: "100" },
      key: { type: "string", default: "0" },
      fresh: { type: "boolean", default: false },
      "speed-only": { type: "boolean", default: false },
      "no-speed": { type: "boolean", default: false },
    },
  });
  const [most, key] = [integer("rows", values.rows, 1), integer("key", values.key)];
  const names = values.detectors?.split(",") ?? detectors.map(({ name }) => name);
  console.log(`${machine()}; version ${version}; key ${key}\n`);
  if (!values["speed-only"]) {
    const journal = openJournal<Explained>("explain", values.fresh);
    const measured: Explained[] = [];
    for (const name of values.cases?.split(",") ?? CASES) {
      const table = await readCase(name, keyOf(key));
      for (const detector of names) {
        const identity = { set: name, detector, most, key };
        measured.push(await journal.once(identity, () => measure(table, detector, most, key)));
        report(`${name}: ${detector}`);
      }
    }
    const path = await writeParquet(
      `explain-key${key}`,
      measured.map((row) => ({ ...row, key, version, most })),
    );
    console.log(textTable(lines(measured)));
    console.log(`\nEvery set and detector: ${path}`);
  }
  if (!values["no-speed"]) console.log(`\n${textTable(await measureSpeed(names, key))}`);
});

async function measure(table: ExplainCase, detector: string, most: number, key: number): Promise<Explained> {
  using model = await fitted(table, detector, key);
  const inputs = model.manifest.columns.map(({ name }) => name);
  const { pValues } = await model.score(columnsOf(table.anomalies));
  const level = Math.max(LEVEL, Math.ceil(1000 / (model.calibration.n + 1)) / 1000);
  const flagged = Array.from(pValues.keys()).filter((i) => pValues[i] <= level);
  const asked = takeTableRows(table.anomalies, flagged.slice(0, most));
  const started = performance.now();
  const explained = await model.explain(columnsOf(asked));
  const seconds = (performance.now() - started) / 1000;
  const score = async (rows: Matrix) => (await model.score(byName(inputs, rows))).scores;
  const heldOut = matrixOf(table.heldOut, inputs);
  const trial = {
    rows: matrixOf(asked, inputs),
    named: explained.map(({ contributions }) => contributions.map(({ column }) => inputs.indexOf(column))),
    heldOut,
    heldOutScores: await score(heldOut),
    score,
    key: keyOf(key).for(table.name),
  };
  const moved = async (replacement: Replacement) => faithfulness(trial, replacement);
  const [nearest, median] = [await moved("nearest"), await moved("median")];
  const large = explained.filter(({ change }) => change && !change.small);
  return {
    set: table.name,
    detector,
    columns: inputs.length,
    flagged: flagged.length,
    explained: explained.length,
    exact: explained.filter(({ method }) => method === "exact").length,
    gradients: explained.filter(({ method }) => method === "integrated gradients").length,
    nearest_named: nearest.named,
    nearest_random: nearest.random,
    median_named: median.named,
    median_random: median.random,
    small: explained.filter(({ change }) => change?.small).length,
    large: large.length,
    none: explained.filter(({ change }) => change === null).length,
    confirmed: await confirmed(model, asked, explained, level),
    large_columns: large.reduce((sum, { change }) => sum + change!.changes.length, 0) / Math.max(1, large.length),
    seconds,
  };
}

/** A model of the training rows; with known anomalous rows where the detector needs them. */
async function fitted({ train, known }: ExplainCase, detector: string, key: number): Promise<Model> {
  if (detectors.find(({ name }) => name === detector)?.labels !== "required")
    return fit(columnsOf(train), { detector, key });
  const columns = train.columns.map(({ name, values }, j) => [
    name,
    Float64Array.of(...(values as Float64Array), ...(known.columns[j].values as Float64Array)),
  ]);
  const label = [...Array(train.rows).fill("normal"), ...Array(known.rows).fill("anomalous")];
  return fit({ ...Object.fromEntries(columns), label }, { detector, key, label: "label", normal: "normal" });
}

/** How many changes are scored normal when their texts are read as values, as a person would enter them. */
async function confirmed(model: Model, rows: Table, explained: readonly Explanation[], level: number): Promise<number> {
  const changed = explained.flatMap(({ change }, i) => {
    if (!change) return [];
    const row = Object.fromEntries(rows.columns.map(({ name, values }) => [name, values[i] as unknown]));
    for (const { column, to } of change.changes) row[column] = to === "missing" ? null : to;
    return [row];
  });
  if (changed.length === 0) return 0;
  const { pValues } = await model.score(changed);
  return pValues.filter((p) => p > level).length;
}

function lines(measured: readonly Explained[]): string[][] {
  const head = ["set", "detector", "columns", "rows", "exact", "gradients", "to nearest", "random", "ratio"];
  const more = ["to median", "random", "ratio", "≤ 3 columns", "more", "none", "confirmed", "s"];
  const ratio = (named: number, random: number) =>
    random > 0 ? (named / random).toFixed(1) : named > 0 ? "∞" : named < random ? "lower" : "–";
  return [
    [...head, ...more],
    ...measured.map((m) => [
      m.set,
      m.detector,
      String(m.columns),
      String(m.explained),
      String(m.exact),
      String(m.gradients),
      m.nearest_named.toFixed(2),
      m.nearest_random.toFixed(2),
      ratio(m.nearest_named, m.nearest_random),
      m.median_named.toFixed(2),
      m.median_random.toFixed(2),
      ratio(m.median_named, m.median_random),
      String(m.small),
      String(m.large),
      String(m.none),
      String(m.confirmed),
      m.seconds.toFixed(1),
    ]),
  ];
}

function matrixOf(table: Table, names: readonly string[]): Matrix {
  const columns = names.map((name) => table.columns.find((column) => column.name === name)!.values as Float64Array);
  const out = matrix(table.rows, names.length);
  columns.forEach((values, j) => {
    for (let i = 0; i < table.rows; i++) out.values[i * names.length + j] = values[i];
  });
  return out;
}

function byName(names: readonly string[], rows: Matrix): Record<string, Float64Array> {
  return Object.fromEntries(
    names.map((name, j) => [
      name,
      Float64Array.from({ length: rows.rows }, (_, i) => rows.values[i * names.length + j]),
    ]),
  );
}
