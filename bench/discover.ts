/**
 * What `discover` finds and how surely: npm run bench:discover -- --only A,D --windows 20
 *
 * Protocols A to E of docs/discover.md. Measurements are kept in bench/results as they come; an interrupted run goes on.
 */
import { parseArgs } from "node:util";
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
    key: { type: "string", default: "0" },
    fresh: { type: "boolean", default: false },
  },
});
const [windows, seed] = [Number(values.windows), Number(values.key)];
const say = (text: string) => void process.stderr.write(`${text}\n`);

const protocols: Readonly<Record<string, () => Promise<readonly Measurement[]>>> = {
  A: () => exponentialBenchmark(seed, 400, values.fresh),
  B: () => mixtureBenchmark(seed, windows, values.fresh, say),
  C: async () => plantedBenchmark(await higgsPlantings(), windows, seed, values.fresh, say),
  D: async () => plantedBenchmark(await intrusionPlantings(), windows, seed, values.fresh, say),
  E: () => nullBenchmark(seed, values.fresh, say),
  speed: () => speedBenchmark(seed),
};

for (const name of values.only.split(",")) {
  const rows = await protocols[name]();
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
