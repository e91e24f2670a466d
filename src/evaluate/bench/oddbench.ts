import { type Key, sample } from "../../numeric/index.ts";
import { measureMatrix } from "./measure-matrix.ts";
import { rowLimits } from "./row-limits.ts";
import { DETECTOR_LAYERS, type Suite, VARIANTS } from "./suite.ts";

/** OddBench: tables with a fixed split, whose training rows are all normal. */
export const oddbench: Suite = {
  name: "oddbench",
  summary: "tables with a fixed split; training rows are all normal",
  protocol: "oddbench/1",
  sentence: (caps) => `OddBench's fixed split, training rows all normal, ${rowLimits(caps)}`,
  variants: VARIANTS,
  layers: DETECTOR_LAYERS,
  tasks: (entries) =>
    entries
      .filter(({ group, train }) => group === "oddbench" && train !== undefined)
      .map((entry) => ({ set: entry.name, part: "", entries: [entry], trainRows: entry.train! })),
  measure: measureMatrix((set, { maxTrain, maxTest }, draw) => ({
    train: drawn(set.train, maxTrain, draw.for("train")),
    test: drawn(set.test, maxTest, draw.for("test")),
  })),
};

function drawn(rows: Uint32Array, count: number, key: Key): Uint32Array {
  return sample(key, rows.length, count).map((place) => rows[place]);
}
