import { parseArgs } from "node:util";
import { fuzz } from "./fuzz.ts";

// npm run fuzz -- --inputs 50000 --seed 1
const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "50000" },
    seed: { type: "string", default: "1" },
    first: { type: "string", default: "0" },
    seconds: { type: "string", default: "30" },
  },
});
const [inputs, seed, first, seconds] = [values.inputs, values.seed, values.first, values.seconds].map(Number);
const started = performance.now();
const { counts, findings } = await fuzz({
  inputs,
  seed,
  first,
  seconds,
  onProgress: (done, found) => process.stderr.write(`${done} of ${inputs} inputs, ${found} findings\n`),
});
console.table(counts);
for (const { index, kind, what } of findings)
  console.log(`\n${kind}: --seed ${seed} --inputs 1 --first ${index}\n${what.trim()}`);
console.log(
  `\n${inputs} inputs, seed ${seed}, ${findings.length} findings, ${Math.round((performance.now() - started) / 1000)} s`,
);
process.exitCode = findings.length === 0 ? 0 : 1;
