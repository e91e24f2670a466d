/**
 * What `discover` finds and how surely: npm run bench:discover -- --only A,D --windows 20 --keys 0,1,2
 *
 * Protocols A to E of docs/discover.md, what was tried to make A better (`remedies`), the law of t for centers that
 * stay (`law`), C and D as specified (`C-specified`, `D-specified`), each with every key; one file a protocol, a row a key and case. Measurements are
 * kept in bench/results as they come; an interrupted run goes on.
 */
import { parseArgs } from "node:util";
import { InputError } from "../src/errors/index.ts";
import { integer } from "./command-line.ts";
import { exponentialBenchmark } from "./discover-exponential.ts";
import { lawBenchmark } from "./discover-law.ts";
import { mixtureBenchmark } from "./discover-mixture.ts";
import { nullBenchmark } from "./discover-null.ts";
import {
  higgsPlantings,
  intrusionPlantings,
  type PlantedFit,
  type Planting,
  plantedBenchmark,
} from "./discover-planted.ts";
import { plantedRemediesBenchmark } from "./discover-planted-remedies.ts";
import { remediesBenchmark } from "./discover-remedies.ts";
import { speedBenchmark } from "./discover-speed.ts";
import { type Measurement, writeParquet } from "./results.ts";
import { textTable } from "./text-table.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "speed,A,B,C,D,E" },
    windows: { type: "string", default: "20" },
    keys: { type: "string", default: "0" },
    fresh: { type: "boolean", default: false },
  },
});
const windows = integer("windows", values.windows);
const keys = values.keys.split(",").map((key) => integer("keys", key));
const say = (text: string) => void process.stderr.write(`${text}\n`);

/** Rows of each key in turn, the key before them. */
async function eachKey(of: (seed: number) => Promise<readonly Measurement[]>): Promise<readonly Measurement[]> {
  const rows: Measurement[] = [];
  for (const key of keys) rows.push(...(await of(key)).map((row) => ({ key, ...row })));
  return rows;
}

const planted = (plantings: () => Promise<readonly Planting[]>, fit: PlantedFit) => async () => {
  const all = await plantings();
  return eachKey((seed) => plantedBenchmark(all, fit, windows, seed, values.fresh, say));
};

const protocols: Readonly<Record<string, () => Promise<readonly Measurement[]>>> = {
  A: () => eachKey((seed) => exponentialBenchmark(seed, 400, values.fresh)),
  remedies: () => remediesBenchmark(keys, values.fresh, say),
  law: () => eachKey((seed) => lawBenchmark(seed)),
  B: () => eachKey((seed) => mixtureBenchmark(seed, windows, values.fresh, say)),
  C: planted(higgsPlantings, "default"),
  D: planted(intrusionPlantings, "default"),
  "C-specified": planted(higgsPlantings, "specified"),
  "D-specified": planted(intrusionPlantings, "specified"),
  "planted-remedies": () => eachKey((seed) => plantedRemediesBenchmark(seed, windows, values.fresh, say)),
  E: () => eachKey((seed) => nullBenchmark(seed, windows, values.fresh, say)),
  "E-brief": () => eachKey((seed) => nullBenchmark(seed, windows, values.fresh, say, true)),
  speed: () => eachKey(speedBenchmark),
};

for (const name of values.only.split(",")) {
  const protocol = protocols[name];
  if (!protocol)
    throw new InputError(`bench: --only: expected some of ${Object.keys(protocols).join(", ")}, got ${name}`);
  const rows = await protocol();
  console.log(`\nprotocol ${name}`);
  for (const row of rows)
    console.log(
      textTable(
        Object.entries(row).map(([column, value]) => [
          column,
          typeof value === "number" ? String(Number(value.toPrecision(4))) : String(value),
        ]),
      ),
      "\n",
    );
  say(await writeParquet(`discover-${name}`, rows));
}
