// node score.mjs columns.json model.onnx …: scores and p-values by onnxruntime-node alone, for several batch sizes.
import { readFileSync } from "node:fs";
import { InferenceSession, Tensor } from "onnxruntime-node";

const [file, ...models] = process.argv.slice(2);
const columns = JSON.parse(readFileSync(file, "utf8"));
const rows = Object.values(columns)[0].length;

/** The inputs for rows `from` to `to`: doubles with NaN for missing, texts with "<missing>". */
function feedsOf(session, from, to) {
  const feeds = {};
  for (const { name, type } of session.inputMetadata) {
    const values = columns[name].slice(from, to);
    feeds[name] =
      type === "string"
        ? new Tensor(
            "string",
            values.map((text) => text ?? "<missing>"),
            [values.length],
          )
        : new Tensor(
            "float64",
            Float64Array.from(values, (x) => Number(x ?? NaN)),
            [values.length],
          );
  }
  return feeds;
}

for (const model of models) {
  const session = await InferenceSession.create(readFileSync(model));
  const results = {};
  for (const batch of [1, 7, 1024]) {
    const [score, pValue] = [[], []];
    for (let from = 0; from < rows; from += batch) {
      const out = await session.run(feedsOf(session, from, Math.min(from + batch, rows)));
      score.push(...out.score.data);
      pValue.push(...out.p_value.data);
    }
    results[batch] = { score, pValue };
  }
  console.log(JSON.stringify(results));
}
