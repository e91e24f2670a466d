/**
 * Protocols C and D: windows of 500 background rows with 1 % (5 %) of another kind, against 2,000 background rows, 99
 * toys by permutation; SparKer, MMD-FUSE and the classifier test on the same rows, and 1-NN distance as row score.
 */
import { join } from "node:path";
import {
  c2st,
  fitPreparation,
  mmdFuse,
  prepareRows,
  type Samples,
  type SparkerOptions,
  sparker,
  sparkerOptions,
} from "../src/discover/index.ts";
import {
  type Key,
  key as keyOf,
  type Matrix,
  matrix,
  median,
  normal,
  permutation,
  stackRows,
  takeRows,
} from "../src/numeric/index.ts";
import { parseOptions } from "../src/options/index.ts";
import { tableFromFile } from "./discover-tables.ts";
import { dataFolder } from "./labelled-set.ts";
import { type Measurement, openJournal } from "./results.ts";

export interface Planting {
  readonly data: string;
  readonly kind: string;
  /** Background rows, and rows to plant. */
  readonly pool: Matrix;
  readonly plant: (count: number, key: Key) => Matrix;
  readonly count: number;
  /** How many kernels the specification takes for rows that spread as these do. */
  readonly specifiedKernels: number;
}

const WINDOW = 500;
const REFERENCE = 2000;
const TOYS = 99;

const INTRUSION_ASIDE = "id,Flow ID,Src IP,Src Port,Dst IP,Dst Port,Protocol,Timestamp,Attempted Category".split(",");
const CLASSES = ["Botnet", "Infiltration", "DoS Slowloris", "DoS Slowhttptest", "Web Attack - Brute Force"];

export async function intrusionPlantings(): Promise<readonly Planting[]> {
  const { rows, labels } = await tableFromFile(
    join(dataFolder(), "intrusion/cicids2017-improved.parquet"),
    "Label",
    INTRUSION_ASIDE,
  );
  const of = (label: string) =>
    takeRows(
      rows,
      labels.flatMap((own, i) => (own === label ? [i] : [])),
    );
  const pool = of("BENIGN");
  return CLASSES.map((kind) => {
    const signal = of(kind);
    return {
      data: "cicids2017-improved",
      kind,
      pool,
      plant: (count, key) => drawn(signal, count, key),
      count: 5,
      specifiedKernels: 10,
    };
  });
}

export async function higgsPlantings(): Promise<readonly Planting[]> {
  const { rows, labels } = await tableFromFile(join(dataFolder(), "physics/higgs-sample.parquet"), "label", []);
  const of = (label: string) =>
    takeRows(
      rows,
      labels.flatMap((own, i) => (Number(own) === Number(label) ? [i] : [])),
    );
  const [pool, signal] = [of("0"), of("1")];
  const deviations = Array.from({ length: pool.columns }, (_, j) => {
    const values = Array.from({ length: pool.rows }, (_, i) => pool.values[i * pool.columns + j]);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
  });
  const cluster = (count: number, key: Key) => {
    const next = normal(key.for("noise"));
    const [at] = permutation(key.for("row"), pool.rows);
    const d = pool.columns;
    return matrix(
      count,
      d,
      Float64Array.from(
        { length: count * d },
        (_, i) => pool.values[at * d + (i % d)] + 0.1 * deviations[i % d] * next(),
      ),
    );
  };
  const base = { data: "higgs-sample", pool, specifiedKernels: 4 };
  return [
    { ...base, kind: "planted cluster, 1 %", plant: cluster, count: 5 },
    { ...base, kind: "signal, 1 %", plant: (count, key) => drawn(signal, count, key), count: 5 },
    { ...base, kind: "signal, 5 %", plant: (count, key) => drawn(signal, count, key), count: 25 },
  ];
}

function drawn(rows: Matrix, count: number, key: Key): Matrix {
  return takeRows(rows, permutation(key, rows.rows).subarray(0, count));
}

/** The fits of `discover`, or those of the specification: 10 or 4 kernels, lambda .1, one start. */
export type PlantedFit = "default" | "specified";

/** Measures windows of plantings in turn, the first window of each, then the second …; from the journal where known. */
export async function plantedBenchmark(
  plantings: readonly Planting[],
  fit: PlantedFit,
  windows: number,
  seed: number,
  fresh: boolean,
  say: (text: string) => void,
): Promise<readonly Measurement[]> {
  const journal = openJournal<Measurement>("discover-planted", fresh);
  const measured = new Map<Planting, Measurement[]>(plantings.map((planting) => [planting, []]));
  for (let i = 0; i < windows; i++)
    for (const planting of plantings) {
      const { data, kind, count } = planting;
      const identity = { data, kind, count, i, seed, window: WINDOW, reference: REFERENCE };
      const key = keyOf(seed).for(data).for(kind).for(i);
      const options = optionsOf(fit, planting);
      const how: Measurement =
        fit === "specified"
          ? {}
          : {
              starts: options.starts,
              ridge: options.ridge,
              alone: options.alone,
              begin: options.begin,
              ladder: options.ladder,
            };
      const own = await journal.once({ ...identity, toys: TOYS, ...how }, () =>
        ofSparker(samplesOf(planting, key), count, options, key),
      );
      const peers = await journal.once({ ...identity, what: "peers" }, () =>
        ofPeers(samplesOf(planting, key), count, key),
      );
      const one = { ...own, ...peers };
      measured.get(planting)!.push(one);
      say(`${data}, ${kind}, window ${i + 1}: p ${one["sparker_p"]}, recall ${one["recall"]}, ${one["seconds"]} s`);
    }
  return plantings.map((planting) => summary(planting, measured.get(planting)!));
}

function optionsOf(fit: PlantedFit, { specifiedKernels }: Planting): SparkerOptions {
  const given =
    fit === "specified"
      ? { kernels: specifiedKernels, starts: 1, ridge: 0.1, alone: "none", begin: "rows", ladder: "pairs" }
      : {};
  return parseOptions("sparker", sparkerOptions, { deal: "permute", ...given });
}

/** Planted rows come first in the window, so that recall is counted by place. */
export function samplesOf({ pool, plant, count }: Planting, key: Key): Samples {
  const order = permutation(key.for("rows"), pool.rows);
  return {
    window: stackRows(plant(count, key.for("plant")), takeRows(pool, order.subarray(0, WINDOW - count))),
    reference: takeRows(pool, order.subarray(WINDOW, WINDOW + REFERENCE)),
  };
}

async function ofSparker(samples: Samples, planted: number, options: SparkerOptions, key: Key): Promise<Measurement> {
  const started = performance.now();
  const found = await sparker(samples, options, { key: key.for("sparker"), toys: TOYS });
  return {
    sparker_p: found.pValue,
    recall: recall(found.place.logRatios, planted),
    kernels: found.kernels,
    dimension: found.dimension,
    level: found.level,
    active: found.place.active,
    seconds: Number(((performance.now() - started) / 1000).toFixed(2)),
  };
}

/** The peers on the same rows, prepared alike. */
async function ofPeers({ window, reference }: Samples, planted: number, key: Key): Promise<Measurement> {
  const pooled = stackRows(window, reference);
  const rows = await prepareRows(fitPreparation("signed-log", pooled), pooled);
  const part = (from: number, to: number) =>
    takeRows(
      rows,
      Array.from({ length: to - from }, (_, i) => from + i),
    );
  const prepared = { window: part(0, window.rows), reference: part(window.rows, rows.rows), blocks: null };
  const mmd = await mmdFuse(prepared, { key: key.for("mmd"), permutations: 199 });
  const classifier = await c2st(prepared, { key: key.for("c2st"), permutations: 999 });
  return {
    mmd_p: mmd.pValue,
    c2st_p: classifier.pValue,
    recall_nearest: recall(nearestDistances(prepared.window, prepared.reference), planted),
  };
}

/** Share of the planted rows (the first `count`) among the 2 % of highest score. */
export function recall(scores: Float64Array, count: number): number {
  const top = Array.from(scores.keys())
    .sort((a, b) => scores[b] - scores[a])
    .slice(0, Math.max(count, Math.round(0.02 * scores.length)));
  return top.filter((row) => row < count).length / count;
}

function nearestDistances(window: Matrix, reference: Matrix): Float64Array {
  const d = window.columns;
  return Float64Array.from({ length: window.rows }, (_, i) => {
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j < reference.rows; j++) {
      let total = 0;
      for (let c = 0; c < d && total < least; c++)
        total += (window.values[i * d + c] - reference.values[j * d + c]) ** 2;
      least = Math.min(least, total);
    }
    return least;
  });
}

function summary({ data, kind, count }: Planting, all: readonly Measurement[]): Measurement {
  const of = (name: string) => all.map((one) => one[name] as number);
  const share = (name: string) => of(name).filter((p) => p <= 0.05).length / all.length;
  const mean = (name: string) => of(name).reduce((a, b) => a + b, 0) / all.length;
  return {
    data,
    kind,
    planted: count,
    windows: all.length,
    sparker_power: share("sparker_p"),
    sparker_median_p: median(of("sparker_p")),
    mmd_power: share("mmd_p"),
    mmd_median_p: median(of("mmd_p")),
    c2st_power: share("c2st_p"),
    c2st_median_p: median(of("c2st_p")),
    recall: mean("recall"),
    recall_nearest: mean("recall_nearest"),
    seconds: mean("seconds"),
  };
}
