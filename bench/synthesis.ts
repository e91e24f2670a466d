/**
 * Zero-shot outlier synthesis beside its controls: what do made outliers teach about real ones?
 *
 * The classical tables of ADBench, one class, clean split: the normal rows of a table in random order, half of them train, the
 * other half and all anomalous rows test, at most 20,000 of each; columns standardized. AUROC and average precision, the
 * mean over keys; differences to 1-NN with a bootstrap interval over tables. OddBench is measured by
 * `npm run bench:oddbench -- --detectors outlier-synthesis`.
 *
 *   tsx bench/synthesis.ts [--tables a,b | --all] [--keys 42,43,44] [--ablations] [--methods TEXT] [--markdown] [--fresh]
 *
 * Without --tables the first 20 tables; --all takes the 29. `--ablations` measures the variants of the method on the ten tables
 * named for them, on whose test labels the method's default was looked at before: nothing is chosen by them. `--methods`
 * takes only those whose name contains the text. Results are kept as they come and not measured twice unless --fresh.
 */
import { parseArgs } from "node:util";
import { detectors, scoreRows } from "../src/detect/index.ts";
import { InputError } from "../src/errors/index.ts";
import { version } from "../src/model/version.ts";
import { auroc, averagePrecision, key as keyOf, pairedBootstrap, permutation, takeRows } from "../src/numeric/index.ts";
import { parseOptions } from "../src/options/index.ts";
import { integer, machine, report, runBenchmark } from "./command-line.ts";
import { type LabelledSet, readSet } from "./labelled-set.ts";
import { markdownTable } from "./markdown-table.ts";
import { type Measurement, openJournal, writeParquet } from "./results.ts";
import { ABLATION_TABLES, ABLATIONS, CLASSICAL, CONTROLS, type Contender, FIRST_TIER } from "./synthesis-contenders.ts";
import { textTable } from "./text-table.ts";

/** The most rows of either side. */
const MOST_ROWS = 20_000;

interface Measured extends Measurement {
  readonly auroc: number;
  readonly averagePrecision: number;
  readonly seconds: number;
  readonly rows: number;
  readonly columns: number;
}

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      tables: { type: "string" },
      all: { type: "boolean", default: false },
      keys: { type: "string", default: "42,43,44" },
      methods: { type: "string", default: "" },
      ablations: { type: "boolean", default: false },
      markdown: { type: "boolean", default: false },
      fresh: { type: "boolean", default: false },
    },
  });
  const usual = values.ablations ? ABLATION_TABLES : values.all ? CLASSICAL : FIRST_TIER;
  const tables = values.tables?.split(",") ?? usual;
  const keys = values.keys.split(",").map((key) => integer("keys", key));
  const known = values.ablations ? ABLATIONS : CONTROLS;
  const tried = known.filter(({ name }, i) => i === 0 || name.includes(values.methods));
  if (tried.length < 2)
    throw new InputError(
      `bench: --methods: expected a part of ${known.map(({ name }) => name).join(", ")}, got ${values.methods}`,
    );
  const journal = openJournal<Measured>("synthesis", values.fresh);
  const all: Measurement[] = [];
  for (const table of tables) {
    let read: Promise<LabelledSet> | undefined; // only where something is to be measured
    for (const key of keys)
      for (const contender of tried) {
        const { name, detector, options } = contender;
        const measured = await journal.once({ table, key, detector, options: JSON.stringify(options), version }, () => {
          read ??= readSet(table);
          return read.then((set) => measure(set, key, contender));
        });
        all.push({ table, key, method: name, ...measured });
      }
  }
  const written = await writeParquet(values.ablations ? "synthesis-ablations" : "synthesis", all);
  const write = values.markdown ? markdownTable : textTable;
  console.log(`${tables.length} tables, keys ${keys.join(", ")}; ${machine()}\n`);
  console.log(write(cells(all, tables, tried)));
  report(`written: ${written}`);
});

/** One fit and its test rows. */
async function measure(set: LabelledSet, key: number, { name, detector, options }: Contender): Promise<Measured> {
  const draw = keyOf(key).for("split");
  const places = [...set.labels.keys()];
  const normal = places.filter((i) => set.labels[i] === 0);
  const order = Array.from(permutation(draw, normal.length), (i) => normal[i]);
  const half = Math.floor(order.length / 2);
  const train = order.slice(0, half).slice(0, MOST_ROWS);
  const rest = [...order.slice(half), ...places.filter((i) => set.labels[i] === 1)];
  const test = Array.from(permutation(draw.for("test"), rest.length), (i) => rest[i]).slice(0, MOST_ROWS);
  const found = detectors.find((one) => one.name === detector)!;
  const started = performance.now();
  const fitted = await found.fit(takeRows(set.rows, train), parseOptions(detector, found.options, options), {
    key: keyOf(key).for("fit"),
    workers: 0,
  });
  const seconds = (performance.now() - started) / 1000;
  const scores = await scoreRows(fitted, takeRows(set.rows, test), { workers: 0 });
  const labels = test.map((i) => set.labels[i]);
  const measured = {
    auroc: auroc(labels, scores),
    averagePrecision: averagePrecision(labels, scores),
    seconds,
    rows: train.length,
    columns: set.rows.columns,
  };
  report(
    `${set.name} key ${key} ${name}: ${seconds.toFixed(1)} s, AUROC ${measured.auroc.toFixed(4)}, AP ${measured.averagePrecision.toFixed(4)}`,
  );
  return measured;
}

/** A line a method: means over tables of the means over keys, differences to the first method, seconds a fit. */
function cells(
  all: readonly Measurement[],
  tables: readonly string[],
  tried: readonly Contender[],
): readonly (readonly string[])[] {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const perTable = (method: string, field: string) =>
    tables.map((table) =>
      mean(all.filter((row) => row["table"] === table && row["method"] === method).map((row) => row[field] as number)),
    );
  const difference = (method: string, field: string) => {
    const [one, other] = [perTable(method, field), perTable(tried[0].name, field)];
    if (tables.length < 2) return "";
    const interval = pairedBootstrap(one, other, keyOf(0).for("bootstrap"));
    return `${points(interval.difference)} [${points(interval.low)}, ${points(interval.high)}]`;
  };
  return [
    ["", "AUROC", `− ${tried[0].name}`, "AP", `− ${tried[0].name}`, "s a fit (median)"],
    ...tried.map(({ name }, i) => [
      name,
      (100 * mean(perTable(name, "auroc"))).toFixed(2),
      i === 0 ? "" : difference(name, "auroc"),
      (100 * mean(perTable(name, "averagePrecision"))).toFixed(2),
      i === 0 ? "" : difference(name, "averagePrecision"),
      middle(perTable(name, "seconds")).toFixed(1),
    ]),
  ];
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function points(share: number): string {
  return `${share >= 0 ? "+" : "−"}${Math.abs(100 * share).toFixed(1)}`;
}
