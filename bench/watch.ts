/**
 * Drift: does `watch` raise its alarm where rows changed, and only as often as it says where they did not?
 *
 * Four sets whose rows came in an order that is known: the model learns from the earlier half, and watches the later
 * half in its order. Controls: the same rows shuffled, 20 times, halves learned from and watched alike, so that they are
 * exchangeable by construction. Both levels, 5 % and 1 %, for columns and for scores; every set with every detector.
 *
 * Ends with code 1 where more controls raise an alarm than 99.9 % of draws would at that level.
 *
 *   tsx bench/watch.ts [--quick] [--seeds 20] [--detectors mahalanobis,isolation-forest] [--fresh]
 */
import { parseArgs } from "node:util";
import { type FitOptions, fit, type Watched } from "../src/model/index.ts";
import { incompleteBeta, key as keyOf, permutation, type Table } from "../src/numeric/index.ts";
import { integer, machine, report, runBenchmark } from "./command-line.ts";
import { columnsOf, type RawColumns, readRaw } from "./order-rows.ts";
import { type Measurement, openJournal, writeParquet } from "./results.ts";
import { textTable } from "./text-table.ts";

const LEVELS = [0.05, 0.01];

interface WatchedSet {
  readonly name: string;
  readonly file: string;
  readonly where: string;
  /** Columns that tell when a row came; none where the file is in order. */
  readonly order: readonly string[];
  /** Only every n-th row in order. */
  readonly every?: number;
  readonly ignore: readonly string[];
  /** How the order is known. */
  readonly why: string;
}

const SETS: readonly WatchedSet[] = [
  {
    name: "sensors",
    file: "sensors/suthaharan-single-hop.parquet",
    where: "label = 0",
    order: ["reading"],
    ignore: ["label", "reading", "mote_id", "indoor"],
    why: "the running number of the reading, of four motes side by side",
  },
  {
    name: "flows",
    file: "intrusion/cicids2017-improved.parquet",
    where: "Label = 'BENIGN'",
    order: ["Timestamp"],
    ignore: ["Label", "id", "Flow ID", "Src IP", "Dst IP", "Src Port", "Dst Port", "Timestamp"],
    why: "the time of each flow, five days of July 2017",
  },
  {
    name: "collisions",
    file: "physics/cms-zee.parquet",
    where: "true",
    order: ["Run", "Event"],
    ignore: ["Run", "Event"],
    why: "the number of the run and of the event in it, of the year 2011",
  },
  {
    name: "connections",
    file: "intrusion/kddcup99-10-percent.parquet",
    where: "label IN ('normal', 'normal.')",
    order: [],
    every: 4,
    ignore: ["label"],
    why: "the file: counts over the last 100 connections (dst_host_count) go on from row to row, correlation 0.96; every fourth row",
  },
];

interface Result extends Measurement {
  readonly set: string;
  readonly detector: string;
  /** The number of the shuffle; null for rows in their order. */
  readonly seed: number | null;
  readonly level: number;
  readonly learned: number;
  readonly calibration: number;
  readonly watched: number;
  readonly alarm: boolean;
  /** Of rows in their order. */
  readonly alarmRow: number | null;
  readonly largestLog10: number;
  readonly bulkLog10: number;
  readonly tailLog10: number;
  readonly columns: number;
  readonly moved: number;
  readonly names: string;
  /** The same with all earlier rows as reference, instead of the 512 that the model holds. */
  readonly movedWhole: number;
  readonly namesWhole: string;
  readonly smallShare: number;
  readonly aboveMedian: number;
  readonly seconds: number;
}

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      seeds: { type: "string" },
      detectors: { type: "string" },
      fresh: { type: "boolean", default: false },
    },
  });
  const seeds = integer("seeds", values.seeds ?? (values.quick ? "3" : "20"), 1);
  const detectors = (values.detectors ?? (values.quick ? "mahalanobis" : "mahalanobis,isolation-forest")).split(",");
  const journal = openJournal<Measurement>("watch", values.fresh);
  const results: Result[] = [];
  for (const set of SETS) {
    const table = await readRaw(set.file, set.where);
    const inOrder = rowsInOrder(set, table);
    for (const detector of detectors) {
      for (const seed of [null, ...Array(seeds).keys()]) {
        const shuffle = () => permutation(keyOf(seed!).for(set.name), inOrder.length).map((i) => inOrder[i]);
        const order = seed === null ? inOrder : shuffle();
        const half = order.length >> 1;
        const measure = () =>
          measureHalves(
            { set: set.name, detector, seed },
            { key: 0, detector, ignore: set.ignore, calibration: "split", workers: 0 },
            columnsOf(table, order.subarray(0, half)),
            columnsOf(table, order.subarray(half)),
          );
        const measured = await journal.once({ set: set.name, detector, seed }, async () => ({
          results: JSON.stringify(await measure()),
        }));
        results.push(...(JSON.parse(String(measured["results"])) as Result[]));
      }
      report(`${set.name}, ${detector}`);
    }
  }
  console.log(`${machine()}\n`);
  for (const { name, why } of SETS) console.log(`${name}: in order by ${why}`);
  console.log(`\nThe later half after the earlier one\n\n${textTable(orderTable(results))}`);
  console.log(`\nShuffled controls, ${seeds} each\n\n${textTable(controlTable(results))}`);
  console.log("\nColumns that moved, at 1 %, with their distances\n");
  for (const { set, detector, seed, level, names, namesWhole } of results)
    if (seed === null && level === 0.01 && detector === detectors[0])
      console.log(`${set}\n  512 rows: ${names || "none"}\n  all earlier rows: ${namesWhole || "none"}`);
  await writeParquet(`watch${values.quick ? "-quick" : ""}`, results);
  if (tooManyAlarms(results)) process.exitCode = 1;
});

/** The rows by the time at which they came. */
function rowsInOrder({ order, every = 1 }: WatchedSet, table: Table): Uint32Array {
  const times = order.map((name) => table.columns.find((column) => column.name === name)!.values as Float64Array);
  return Uint32Array.from({ length: table.rows }, (_, row) => row)
    .sort((a, b) => times.reduce((sign, time) => sign || time[a] - time[b], 0) || a - b)
    .filter((_, place) => place % every === 0);
}

/**
 * Learns from one half, watches the other; columns also against all rows of the first half. Wealth and p-values do not
 * depend on the level, so one look at 1 % tells both; only the row of the alarm takes another.
 */
async function measureHalves(
  identity: Pick<Result, "set" | "detector" | "seed">,
  options: FitOptions,
  past: RawColumns,
  future: RawColumns,
): Promise<Result[]> {
  using model = await fit(past, options);
  const own = { alpha: Math.min(...LEVELS), key: identity.seed ?? 0, workers: 0 };
  const started = performance.now();
  const watched = await model.watch(future, own);
  const seconds = (performance.now() - started) / 1000;
  const whole = await model.watch(future, { ...own, reference: past });
  const { wealth, bulk, tail, pValues, aboveMedian, calibrationRows } = watched.scores!;
  const results: Result[] = [];
  for (const level of LEVELS) {
    const alarm = wealth.largestLog10 >= -Math.log10(level);
    const again =
      identity.seed === null && level !== own.alpha ? await model.watch(future, { ...own, alpha: level }) : watched;
    results.push({
      ...identity,
      level,
      learned: model.manifest.calibration.learned,
      calibration: calibrationRows,
      watched: watched.rows,
      alarm,
      alarmRow: identity.seed === null ? again.scores!.wealth.alarmRow : null,
      largestLog10: wealth.largestLog10,
      bulkLog10: bulk.largestLog10,
      tailLog10: tail.largestLog10,
      columns: watched.columns.length,
      ...movedAt(watched, level),
      movedWhole: movedAt(whole, level).moved,
      namesWhole: movedAt(whole, level).names,
      smallShare: pValues[0].share,
      aboveMedian,
      seconds,
    });
  }
  return results;
}

/** How many columns moved at a level, and which, with their distances. */
function movedAt({ columns }: Watched, level: number): { readonly moved: number; readonly names: string } {
  const moved = columns.filter(({ pValue }) => pValue <= level).sort((a, b) => b.effect - a.effect);
  return { moved: moved.length, names: moved.map(({ name, effect }) => `${name} ${effect.toFixed(2)}`).join(", ") };
}

function orderTable(results: readonly Result[]): string[][] {
  return [
    ["set", "detector", "level", "calibration", "watched", "alarm at row", "largest wealth", "bulk", "tail", "p ≤ 1 %", "above median", "moved", "moved, all earlier rows"], // biome-ignore format: a row
    ...results
      .filter(({ seed }) => seed === null)
      .map((r) => [
        r.set,
        r.detector,
        String(r.level),
        String(r.calibration),
        String(r.watched),
        r.alarmRow === null ? "none" : String(r.alarmRow),
        ...[r.largestLog10, r.bulkLog10, r.tailLog10].map((log10) => `10^${log10.toFixed(1)}`),
        `${(100 * r.smallShare).toFixed(1)} %`,
        `${(100 * r.aboveMedian).toFixed(0)} %`,
        `${r.moved} of ${r.columns}`,
        `${r.movedWhole} of ${r.columns}`,
      ]),
  ];
}

function controlTable(results: readonly Result[]): string[][] {
  return [
    [
      "set",
      "detector",
      "level",
      "alarms",
      "largest wealth",
      "with a moved column",
      "columns called moved",
      "with a moved column, all earlier rows",
    ],
    ...groups(results).map((group) => {
      const [{ set, detector, level, columns }] = group;
      const named = group.reduce((sum, { moved }) => sum + moved, 0);
      return [
        set,
        detector,
        String(level),
        `${group.filter(({ alarm }) => alarm).length} of ${group.length}`,
        (10 ** Math.max(...group.map(({ largestLog10 }) => largestLog10))).toPrecision(3),
        `${group.filter(({ moved }) => moved > 0).length} of ${group.length}`,
        `${named} of ${columns * group.length}`,
        `${group.filter(({ movedWhole }) => movedWhole > 0).length} of ${group.length}`,
      ];
    }),
  ];
}

/** The controls of one set, detector and level together. */
function groups(results: readonly Result[]): readonly (readonly Result[])[] {
  const controls = results.filter(({ seed }) => seed !== null);
  const nameOf = ({ set, detector, level }: Result) => `${set} ${detector} ${level}`;
  return [...new Set(controls.map(nameOf))].map((name) => controls.filter((result) => nameOf(result) === name));
}

/** Whether alarms, of scores or of columns, are more than chance gives in 999 of 1,000 such benchmarks. */
function tooManyAlarms(results: readonly Result[]): boolean {
  return groups(results).some((group) =>
    [
      group.filter(({ alarm }) => alarm).length,
      group.filter(({ moved }) => moved > 0).length,
      group.filter(({ movedWhole }) => movedWhole > 0).length,
    ].some(
      // P(at least k of n) at the level = I_level(k, n − k + 1).
      (k) => k > 0 && incompleteBeta(k, group.length - k + 1, group[0].level) < 0.001,
    ),
  );
}
