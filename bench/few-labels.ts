/**
 * What a few labelled anomalies are worth: `logistic` beside its label-free score alone and beside itself without it.
 *
 * Protocol, per table, key and number of labels: equal rows are taken once; half of the normal rows, at most 3,000, are
 * for training, and so many anomalous rows are known, each smaller set within the larger. Tested are the other normal
 * rows, at most 3,000, and the other anomalous ones, at most 2,000: the same for every number of labels. Columns are
 * prepared as `fit` does it, by the training rows. AUROC and average precision × 100; a table's value is its mean over keys.
 *
 * Defaults of `logistic` were chosen on the first five tables; the others were looked at afterwards.
 *
 *   tsx bench/few-labels.ts [--sets a,b] [--labels 5,10,20] [--keys 0,1,2] [--options '{"ridge":1}'] [--workers 0]
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openSource, selectionOf } from "../src/data/index.ts";
import { type Known, scoreRows } from "../src/detect/index.ts";
import { inputColumns, prepared, prepareRows, schemaOf } from "../src/model/index.ts";
import {
  auroc,
  averagePrecision,
  key as keyOf,
  type Matrix,
  permutation,
  type Table,
  takeRows,
  takeTableRows,
} from "../src/numeric/index.ts";
import { integer, jsonObject, machine, report, runBenchmark } from "./command-line.ts";
import { dataFolder } from "./labelled-set.ts";
import { candidate } from "./shelf.ts";
import { textTable } from "./text-table.ts";

const CHOSEN_ON = ["cardio", "mammography", "pageblocks", "satellite", "thyroid"];
const OTHERS =
  "annthyroid breastw campaign fault mnist optdigits pima satimage-2 vertebral waveform wpbc nsl-kdd".split(" ");
const [MOST_TRAINED, MOST_NORMAL, MOST_ANOMALOUS] = [3000, 3000, 2000];

type Pair = readonly [auroc: number, ap: number];

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      sets: { type: "string", default: [...CHOSEN_ON, ...OTHERS].join(",") },
      labels: { type: "string", default: "5,10,20" },
      keys: { type: "string", default: "0,1,2" },
      options: { type: "string", default: "{}" },
      workers: { type: "string" },
    },
  });
  const labels = values.labels.split(",").map((count) => integer("labels", count, 1));
  const keys = values.keys.split(",").map((key) => integer("keys", key));
  const workers = values.workers === undefined ? undefined : integer("workers", values.workers);
  const given = jsonObject("options", values.options);
  const own = candidate("logistic", given);
  const tried = [
    own,
    candidate("logistic", { ...given, base: "none" }),
    candidate("auto"),
    ...(own.options["base"] === "auto" || own.options["base"] === "none"
      ? []
      : [candidate(own.options["base"] as string)]),
  ];
  const sets = values.sets.split(",");
  const found = new Map<string, Pair[]>();
  const cell = (set: string, name: string, count: number) => `${set} ${name} ${count}`;
  for (const set of sets) {
    const all = await readLabelled(set);
    for (const key of keys) {
      const { train, known, test, truth } = await divide(all, key, Math.max(...labels), workers);
      for (const { name, detector, options } of tried) {
        for (const count of labels) {
          const asked = detector.labels === undefined ? {} : { known: someOf(known, count) };
          const before =
            detector.labels === undefined && count !== labels[0] ? found.get(cell(set, name, labels[0])) : 0;
          const pair = before ? before[before.length - 1] : await measure(asked);
          found.set(cell(set, name, count), [...(found.get(cell(set, name, count)) ?? []), pair]);
        }
        async function measure(asked: { known?: Known }): Promise<Pair> {
          const context = { key: keyOf(key).for("detector"), workers, ...asked };
          const scores = await scoreRows(await detector.fit(train, options, context), test, { workers });
          return [100 * auroc(truth, scores), 100 * averagePrecision(truth, scores)];
        }
      }
    }
    report(`${set}: ${tried.map(({ name }) => show(mean(found.get(cell(set, name, labels[0])) ?? []))).join("  ")}`);
  }
  console.log(`${sets.length} tables, keys ${keys.join(", ")}; ${machine()}; AUROC / average precision × 100\n`);
  const rows = (names: readonly string[]) =>
    tried.map(({ name }) => [
      name,
      ...labels.map((count) => show(mean(names.map((set) => mean(found.get(cell(set, name, count)) ?? []))))),
    ]);
  for (const [title, names] of [
    ["chosen on", sets.filter((set) => CHOSEN_ON.includes(set))],
    ["others", sets.filter((set) => !CHOSEN_ON.includes(set))],
    ...sets.map((set) => [set, [set]] as const),
  ] as const)
    if (names.length > 0) console.log(`${textTable([[`${title}, known:`, ...labels.map(String)], ...rows(names)])}\n`);
});

function mean(pairs: readonly Pair[]): Pair {
  return [
    pairs.reduce((total, [a]) => total + a, 0) / pairs.length,
    pairs.reduce((total, [, b]) => total + b, 0) / pairs.length,
  ];
}

function show([a, b]: Pair): string {
  return `${a.toFixed(1)} / ${b.toFixed(1)}`;
}

/** The first `count` of the known rows, or as many as there are. */
function someOf(known: Matrix, count: number): Known {
  const rows = takeRows(
    known,
    Uint32Array.from({ length: Math.min(count, known.rows) }, (_, i) => i),
  );
  return { rows, classes: Array.from({ length: rows.rows }, () => "anomalous") };
}

interface Labelled {
  readonly table: Table;
  readonly columns: ReturnType<typeof inputColumns>;
  readonly anomalous: readonly boolean[];
}

/** A table of the data folder, equal rows once. */
async function readLabelled(name: string): Promise<Labelled> {
  const kdd = name === "nsl-kdd";
  const file = kdd ? "intrusion/nsl-kdd-train-20.parquet" : `adbench/${name}.parquet`;
  using source = await openSource(join(dataFolder(), file), {});
  const schema = await schemaOf(source, { label: "label" });
  const selection = selectionOf(schema);
  const read = await source.read([...selection, { name: "label", as: "text" }]);
  const columns = read.columns.slice(0, selection.length);
  const seen = new Set<string>();
  const places = Uint32Array.from({ length: read.rows }, (_, row) => row).filter((row) => {
    const text = JSON.stringify(columns.map(({ values }) => values[row]));
    return !seen.has(text) && seen.add(text);
  });
  const normal = kdd ? "normal" : "0";
  const labels = read.columns[selection.length].values as readonly string[];
  return {
    table: takeTableRows({ rows: read.rows, columns }, places),
    columns: inputColumns(schema),
    anomalous: Array.from(places, (row) => labels[row] !== normal),
  };
}

/** Training, known and test rows, prepared as the training rows teach. */
async function divide({ table, columns, anomalous }: Labelled, key: number, labels: number, workers?: number) {
  const order = [...permutation(keyOf(key).for("rows"), table.rows)];
  const [normals, odd] = [order.filter((row) => !anomalous[row]), order.filter((row) => anomalous[row])];
  const half = Math.floor(normals.length / 2);
  const take = (rows: readonly number[]) => takeTableRows(table, Uint32Array.from(rows));
  const { features, rows: train } = await prepareRows(take(normals.slice(0, Math.min(half, MOST_TRAINED))), columns, {
    workers,
  });
  const places = [...normals.slice(half, half + MOST_NORMAL), ...odd.slice(labels, labels + MOST_ANOMALOUS)];
  return {
    train,
    known: await prepared(features, take(odd.slice(0, labels)), { workers }),
    test: await prepared(features, take(places), { workers }),
    truth: Uint8Array.from(places, (row) => (anomalous[row] ? 1 : 0)),
  };
}
