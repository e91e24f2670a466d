import { expect, it } from "vitest";
import { detectors } from "../src/detect/index.ts";
import { fit, load } from "../src/index.ts";
import { key, normal } from "../src/numeric/index.ts";
import { briefOptions, withKnown } from "./portable/known.ts";

/** Enough rows for neighbors to be picked in single precision. */
const ROWS = 6500;

const columns = (seed: number, rows: number) =>
  Object.fromEntries(["a", "b", "c"].map((name) => [name, new Float64Array(rows).map(normal(key(seed).for(name)))]));

it.each(detectors.filter(({ holds }) => holds === "rows"))(
  "a model of $name that holds thousands of rows scores alike once it is loaded again",
  async (detector) => {
    const { columns: rows, told } = withKnown(detector.name, columns(1, ROWS));
    using model = await fit(rows, { ...told, ...briefOptions(detector.name), key: 0, detector: detector.name });
    using again = await load(model.bytes);
    const fresh = columns(2, 50);
    expect((await again.score(fresh)).scores).toEqual((await model.score(fresh)).scores);
  },
  60_000,
);
