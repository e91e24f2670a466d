/**
 * What `discover` finds and how surely: npm run bench:discover -- --only A,D --windows 20 --keys 0,1,2
 *
 * Protocols A to E of docs/discover.md, each with every key; one file a protocol, a row a key and case. Measurements are
 * kept in bench/results as they come; an interrupted run goes on.
 */
import { parseArgs } from "node:util";
import { integer } from "./command-line.ts";
import { exponentialBenchmark } from "./discover-exponential.ts";
import { mixtureBenchmark } from "./discover-mixture.ts";
import { nullBenchmark } from "./discover-null.ts";
import { higgsPlantings, intrusionPlantings, plantedBenchmark } from "./discover-planted.ts";
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

const protocols: Readonly<Record<string, (seed: number) => Promise<readonly Measurement[]>>> = {
  A: (seed) => exponentialBenchmark(seed, 400, values.fresh),
  B: (seed) => mixtureBenchmark(seed, windows, values.fresh, say),
  C: async (seed) => plantedBenchmark(await higgsPlantings(), windows, seed, values.fresh, say),
  D: async (seed) => plantedBenchmark(await intrusionPlantings(), windows, seed, values.fresh, say),
  E: (seed) => nullBenchmark(seed, values.fresh, say),
  speed: (seed) => speedBenchmark(seed),
};

for (const name of values.only.split(",")) {
  const rows: Measurement[] = [];
  for (const key of keys) rows.push(...(await protocols[name](key)).map((row) => ({ key, ...row })));
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
