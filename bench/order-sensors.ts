import { key as keyOf, permutation, type Table } from "../src/numeric/index.ts";
import { columnsOf, pValuesOf, readRaw, shareAtMost } from "./order-rows.ts";
import type { Measurement } from "./results.ts";

/** Learned from are the normal readings up to this number of each mote. */
const LEARNED = 1500;
/** As many readings as `--time` calibrates on: the horizon that it speaks of. */
const NEXT = 300;

/** The last reading that all motes have. */
const LAST = 4417;

/** How rows are chosen and calibrated. */
export const SENSOR_WAYS = {
  "random rows, plain": {},
  "first 1,500, plain": {},
  "first 1,500, --time reading": { time: "reading" },
  "first 1,500, --time reading --calibration split": { time: "reading", calibration: "split" },
  "first 1,500, --group mote_id": { group: "mote_id" },
} as const;

export type SensorWay = keyof typeof SENSOR_WAYS;

/** What a fit on early readings does to later ones: shares of normal rows with p ≤ level. */
export interface SensorResult extends Measurement {
  readonly way: string;
  readonly method: string;
  readonly units: number;
  readonly warnings: number;
  readonly learned: number;
  readonly next: number;
  readonly rest: number;
}

/** The normal readings of the four motes. */
export function readSensors(): Promise<Table> {
  return readRaw("sensors/suthaharan-single-hop.parquet", "label = 0");
}

/** Fits on early (or random) readings, and measures the next 300 readings of each mote and all others at each level. */
export async function measureSensors(
  table: Table,
  way: SensorWay,
  detector: string,
  seed: number,
  levels: readonly number[],
): Promise<SensorResult> {
  const reading = readingsOf(table);
  const places = Uint32Array.from({ length: table.rows }, (_, row) => row);
  const early = places.filter((row) => reading[row] <= LEARNED);
  const random = permutation(keyOf(seed).for("sensors"), table.rows);
  const learn = way.startsWith("random") ? random.slice(0, early.length).sort() : early;
  const learned = new Set(learn);
  const rest = places.filter((row) => !learned.has(row));
  const next = rest.filter((row) => reading[row] > LEARNED && reading[row] <= LEARNED + NEXT);
  const options = { key: seed, detector, ignore: ["label", "reading"], ...SENSOR_WAYS[way] };
  const [inputs, fresh] = [columnsOf(table, learn), columnsOf(table, rest)];
  const { pValues, ...facts } = await pValuesOf(inputs, fresh, options);
  const place = new Map(Array.from(rest, (row, i) => [row, i]));
  const soon = Float64Array.from(next, (row) => pValues[place.get(row)!]);
  return {
    way,
    ...facts,
    learned: learn.length,
    next: next.length,
    rest: rest.length,
    ...Object.fromEntries(
      levels.flatMap((level) => [
        [`next ${level}`, shareAtMost(soon, level)],
        [`rest ${level}`, shareAtMost(pValues, level)],
      ]),
    ),
  };
}

/** Fits anew every 300 readings on all before, from 1,500 on, and measures the next 300: as one who scores as they come. */
export async function measureRolling(
  table: Table,
  way: SensorWay,
  detector: string,
  seed: number,
  levels: readonly number[],
): Promise<Measurement> {
  const reading = readingsOf(table);
  const places = Uint32Array.from({ length: table.rows }, (_, row) => row);
  const options = { key: seed, detector, ignore: ["label", "reading"], ...SENSOR_WAYS[way] };
  const shares: number[][] = [];
  for (let until = LEARNED; until + NEXT <= LAST; until += NEXT) {
    const learn = places.filter((row) => reading[row] <= until);
    const next = places.filter((row) => reading[row] > until && reading[row] <= until + NEXT);
    const { pValues } = await pValuesOf(columnsOf(table, learn), columnsOf(table, next), options);
    shares.push(levels.map((level) => shareAtMost(pValues, level)));
  }
  const ofLevel = (place: number) => shares.map((share) => share[place]).sort((a, b) => a - b);
  return {
    way,
    fits: shares.length,
    ...Object.fromEntries(
      levels.flatMap((level, place) => [
        [`mean ${level}`, ofLevel(place).reduce((a, b) => a + b, 0) / shares.length],
        [`median ${level}`, ofLevel(place)[shares.length >> 1]],
        [`worst ${level}`, ofLevel(place)[shares.length - 1]],
      ]),
    ),
  };
}

function readingsOf(table: Table): Float64Array {
  return table.columns.find(({ name }) => name === "reading")!.values as Float64Array;
}
