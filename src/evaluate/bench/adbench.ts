import { type Key, permutation, sample } from "../../numeric/index.ts";
import type { ManifestEntry } from "./manifest.ts";
import { measureMatrix } from "./measure-matrix.ts";
import { rowLimits } from "./row-limits.ts";
import { DETECTOR_LAYERS, type Suite, VARIANTS } from "./suite.ts";

/** Anomalous test rows that a cap leaves at least, where there are as many: measures of fewer mean little. */
const LEAST_ANOMALIES = 50;

/** ADBench: one-class, half of the normal rows train. Classical tables and embeddings stand apart. */
export const adbench: Suite = {
  name: "adbench",
  summary: "classical tables and embeddings; half of the normal rows train",
  protocol: "adbench-one-class/1",
  sentence: (caps) =>
    `half of the normal rows, drawn by the key, train; the other half and all anomalous rows test; ${rowLimits(caps)}, ` +
    `in their proportion but at least ${LEAST_ANOMALIES} anomalous ones where there are as many; equal rows may stand on both sides`,
  variants: VARIANTS,
  layers: DETECTOR_LAYERS,
  tasks: (entries) =>
    entries
      .filter(({ group, classes }) => group === "adbench" && classes?.["0"] !== undefined)
      .map((entry) => ({
        set: entry.name,
        part: isEmbedding(entry) ? "embeddings" : "classical",
        entries: [entry],
        trainRows: Math.floor(entry.classes!["0"] / 2),
      })),
  measure: measureMatrix(({ labels }, { maxTrain, maxTest }, draw) => {
    const places = Uint32Array.from(labels, (_, row) => row);
    const [normal, anomalous] = [0, 1].map((label) => places.filter((row) => labels[row] === label));
    const order = permutation(draw.for("split"), normal.length);
    const half = Math.floor(normal.length / 2);
    const train = order
      .slice(0, half)
      .sort()
      .map((place) => normal[place]);
    const rest = order
      .slice(half)
      .sort()
      .map((place) => normal[place]);
    const share = anomalous.length / (anomalous.length + rest.length);
    const kept = Math.max(Math.round(share * maxTest), Math.min(LEAST_ANOMALIES, anomalous.length));
    const fits = anomalous.length + rest.length <= maxTest;
    return {
      train: drawn(train, maxTrain, draw.for("train")),
      test: Uint32Array.from([
        ...drawn(rest, fits ? rest.length : maxTest - Math.min(kept, anomalous.length), draw.for("normal")),
        ...drawn(anomalous, fits ? anomalous.length : kept, draw.for("anomalous")),
      ]),
    };
  }),
};

/** The manifest tells by the folder of the source: `CV_by_ResNet18`, `NLP_by_RoBERTa`. */
function isEmbedding({ source }: ManifestEntry): boolean {
  return /\b(CV|NLP)_by_/.test(source);
}

function drawn(rows: Uint32Array, count: number, key: Key): Uint32Array {
  return sample(key, rows.length, count).map((place) => rows[place]);
}
