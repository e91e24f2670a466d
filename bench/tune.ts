/**
 * What `tune` makes of 1 to 20 labelled anomalies: the tuned model beside the model as it was, beside each of its heads
 * alone, and beside `logistic` and `boosted`, which learn from the same labels anew.
 *
 * Protocol, per table and key: equal rows are taken once. R is half of the normal rows, at most 1,500; the first 20
 * anomalous rows drawn are for labels, each smaller set within the larger. Tested are the other normal rows, at most 3,000,
 * and the anomalous ones after the first 20, at most 1,500: the same for every number of labels. The model is `knn` with one
 * neighbor, as `fit` fits it on R, and `tune` is given its file: it compares with the up to 512 rows that the file stores.
 * `logistic` and `boosted` learn from all of R. AUROC and average precision × 100.
 *
 *   npm run bench:tune -- [--sets a,b] [--labels 1,2,5,10,20] [--keys 0,1,2,3,4] [--fresh]
 *
 * What was measured stands in bench/results/tune.jsonl as it comes; an interrupted run goes on. At the end
 * bench/results/tune.parquet has a row a table, key and number of labels.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openSource, selectionOf } from "../src/data/index.ts";
import { type Known, scoreRows } from "../src/detect/index.ts";
import {
  fit,
  inputColumns,
  type Model,
  prepared,
  prepareRows,
  readModelFile,
  schemaOf,
  tune,
} from "../src/model/index.ts";
import { readReferenceRows } from "../src/model/read-reference-rows.ts";
import { fitHeads, tailsOf } from "../src/model/tune/heads.ts";
import { everyRow } from "../src/model/tune/tune-rows.ts";
import { headColumns, valuesOf } from "../src/model/tune/values.ts";
import {
  auroc,
  averagePrecision,
  key as keyOf,
  matrix,
  permutation,
  stackTables,
  type Table,
  takeRows,
  takeTableRows,
} from "../src/numeric/index.ts";
import { integer, machine, report, runBenchmark } from "./command-line.ts";
import { dataFolder } from "./labelled-set.ts";
import { type Measurement, openJournal, writeParquet } from "./results.ts";
import { candidate } from "./shelf.ts";
import { tuneTable } from "./tune-table.ts";

const SETS = "annthyroid cardio fault mammography optdigits pageblocks pima satellite thyroid waveform".split(" ");
const [MOST_NORMAL, MOST_TESTED, MOST_ANOMALOUS, LABELLED] = [1500, 3000, 1500, 20];

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      sets: { type: "string", default: SETS.join(",") },
      labels: { type: "string", default: "1,2,5,10,20" },
      keys: { type: "string", default: "0,1,2,3,4" },
      fresh: { type: "boolean", default: false },
    },
  });
  const counts = values.labels.split(",").map((count) => integer("labels", count, 1));
  const keys = values.keys.split(",").map((key) => integer("keys", key));
  const journal = openJournal<Measurement>("tune", values.fresh);
  const rows: Measurement[] = [];
  for (const key of keys)
    for (const set of values.sets.split(",")) {
      let divided: Divided | undefined;
      let model: Model | undefined;
      for (const labels of counts) {
        const measured = await journal.once({ set, key, labels }, async () => {
          divided ??= await divide(set, key);
          model ??= await fit(columnsOf(divided.normal), {
            key,
            detector: "knn",
            options: { k: 1 },
            columns: divided.kinds,
            workers: 0,
          });
          return { set, key, labels, ...(await measure(model, divided, labels, key)) };
        });
        rows.push(measured);
        report(
          `${set} key ${key}, ${labels}: before ${show(measured, "free")}, tuned ${show(measured, "tuned")}, logistic ${show(measured, "logistic")}, boosted ${show(measured, "boosted")}; ${measured["verdict"]}`,
        );
      }
      model?.[Symbol.dispose]();
    }
  const path = await writeParquet("tune", rows);
  console.log(`${machine()}; ${path}\n\n${tuneTable.render(rows)}`);
});

function show(measured: Measurement, arm: string): string {
  return `${Number(measured[`${arm}_auroc`]).toFixed(1)}/${Number(measured[`${arm}_ap`]).toFixed(1)}`;
}

interface Divided {
  readonly kinds: Readonly<Record<string, "numeric" | "category" | "boolean" | "timestamp">>;
  readonly columns: ReturnType<typeof inputColumns>;
  readonly normal: Table;
  readonly known: Table;
  readonly test: Table;
  readonly truth: Uint8Array;
}

async function divide(name: string, key: number): Promise<Divided> {
  using source = await openSource(join(dataFolder(), `adbench/${name}.parquet`), {});
  const schema = await schemaOf(source, { label: "label" });
  const selection = selectionOf(schema);
  const read = await source.read([...selection, { name: "label", as: "text" }]);
  const raw = { rows: read.rows, columns: read.columns.slice(0, selection.length) };
  const seen = new Set<string>();
  const places = Array.from({ length: read.rows }, (_, row) => row).filter((row) => {
    const text = JSON.stringify(raw.columns.map(({ values }) => values[row]));
    return !seen.has(text) && seen.add(text);
  });
  const labels = read.columns[selection.length].values;
  const order = Array.from(permutation(keyOf(key).for("rows"), places.length), (i) => places[i]);
  const normals = order.filter((row) => labels[row] === "0");
  const odd = order.filter((row) => labels[row] !== "0");
  const half = Math.floor(normals.length / 2);
  const tested = [...normals.slice(half, half + MOST_TESTED), ...odd.slice(LABELLED, LABELLED + MOST_ANOMALOUS)];
  const columns = inputColumns(schema);
  return {
    kinds: Object.fromEntries(columns.map(({ name, kind }) => [name, kind])),
    columns,
    normal: takeTableRows(raw, normals.slice(0, Math.min(half, MOST_NORMAL))),
    known: takeTableRows(raw, odd.slice(0, LABELLED)),
    test: takeTableRows(raw, tested),
    truth: Uint8Array.from(tested, (row) => (labels[row] === "0" ? 0 : 1)),
  };
}

function columnsOf({ columns }: Table, more: Readonly<Record<string, readonly string[]>> = {}) {
  return { ...Object.fromEntries(columns.map(({ name, values }) => [name, values])), ...more };
}

async function measure(model: Model, divided: Divided, labels: number, key: number): Promise<Measurement> {
  const { normal, test, truth, columns } = divided;
  const known = takeTableRows(
    divided.known,
    Uint32Array.from({ length: labels }, (_, i) => i),
  );
  const both = (arm: string, scores: Float64Array) => ({
    [`${arm}_auroc`]: 100 * auroc(truth, scores),
    [`${arm}_ap`]: 100 * averagePrecision(truth, scores),
  });
  const started = performance.now();
  const marked = columnsOf(known, { label: Array.from({ length: labels }, () => "anomalous") });
  const tuned = await tune(model.bytes, marked, { key, workers: 0 });
  const seconds = (performance.now() - started) / 1000;
  const before = await model.score(columnsOf(test), { workers: 0 });
  const after = tuned.model === null ? before : await tuned.model.score(columnsOf(test), { workers: 0 });
  tuned.model?.[Symbol.dispose]();
  const alarms = (pValues: Float64Array, level: number) =>
    pValues.filter((p, i) => truth[i] === 0 && p <= level).length / truth.filter((label) => label === 0).length;
  const heads = await headScores(model, known, test, key);
  const { rows: train, features } = await prepareRows(normal, columns, { workers: 0 });
  const context = {
    key: keyOf(key).for("detector"),
    workers: 0,
    known: {
      rows: await prepared(features, known, { workers: 0 }),
      classes: Array.from({ length: labels }, () => "anomalous"),
    } satisfies Known,
  };
  const tested = await prepared(features, test, { workers: 0 });
  const anew = async (name: string) => {
    const { detector, options } = candidate(name);
    return both(name, await scoreRows(await detector.fit(train, options, context), tested, { workers: 0 }));
  };
  return {
    normals: normal.rows,
    columns: normal.columns.length,
    tested_normals: truth.filter((label) => label === 0).length,
    tested_anomalies: truth.filter((label) => label === 1).length,
    verdict: tuned.verdict,
    gain: tuned.gain?.mean ?? null,
    gain_low: tuned.gain?.low ?? null,
    gain_high: tuned.gain?.high ?? null,
    heads: tuned.blend?.heads ?? "mean",
    seconds: Number(seconds.toFixed(2)),
    false_alarms_before: alarms(before.pValues, 0.05),
    false_alarms_after: alarms(after.pValues, 0.05),
    ...both("free", before.scores),
    ...both("tuned", after.scores),
    ...both("offset", heads[0]),
    ...both("logistic_head", heads[1]),
    ...both("boosted_head", heads[2]),
    ...(await anew("logistic")),
    ...(await anew("boosted")),
  };
}

/** The tails of each head alone, on the same rows as `tune`. */
async function headScores(model: Model, known: Table, test: Table, key: number): Promise<readonly Float64Array[]> {
  const file = await readModelFile(model.bytes);
  const reference = readReferenceRows(file)!;
  const stored = file.manifest.referenceRows.scores;
  const features = headColumns(file, stackTables([reference, known]));
  const all = await valuesOf(file, features, stackTables([reference, known, test]), { workers: 0 });
  const taught = reference.rows + known.rows;
  const free = all.scores.slice();
  if (stored) free.set(stored, 0);
  const rows = { free, columns: all.columns, normals: reference.rows, anomalies: known.rows };
  const teaching = {
    ...rows,
    free: free.slice(0, taught),
    columns: takeRows(
      all.columns,
      Uint32Array.from({ length: taught }, (_, i) => i),
    ),
  };
  const heads = await fitHeads(teaching, everyRow(rows), keyOf(key).for("heads"), async () => {});
  const places = Array.from({ length: test.rows }, (_, i) => taught + i);
  return tailsOf(
    heads,
    { ...rows, columns: matrix(all.columns.rows, all.columns.columns, all.columns.values) },
    places,
  ).slice(1);
}
