// One measurement of `auto` in a process of its own, so that its memory can be told: what rows columns key.
// "detector" is the detector alone; "fit" is the library from columns in memory to a model with p-values.
import { detectors, scoreRows } from "../dist/detect/index.js";
import { fit } from "../dist/index.js";
import { key as keyOf, matrix, normal } from "../dist/numeric/index.js";

const [what, rows, columns, scored] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const key = keyOf("speed");
const cloud = (name, n) => {
  const next = normal(key.for(name));
  return matrix(n, columns, Float64Array.from({ length: n * columns }, next));
};
const [train, test] = [cloud("train", rows), cloud("test", scored)];
const auto = detectors.find((detector) => detector.name === "auto");

const started = performance.now();
if (what === "detector") {
  const fitted = await auto.fit(train, auto.options.parse({}), { key });
  if (scored > 0) await scoreRows(fitted, test);
} else {
  const named = Array.from({ length: columns }, (_, j) => [
    `x${j}`,
    Float64Array.from({ length: rows }, (_, i) => train.values[i * columns + j]),
  ]);
  (await fit(Object.fromEntries(named), { detector: "auto", key: 0 }))[Symbol.dispose]();
}
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ seconds, megabytes: process.resourceUsage().maxRSS / 1000 }));
