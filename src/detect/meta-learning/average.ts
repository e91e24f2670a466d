import { add, divide, overRows, type Tensor } from "../../graph/index.ts";
import { auroc, type Matrix } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
import type { Snapshot } from "./carried.ts";
import { type InputStep, judged } from "./scores.ts";

export const AVERAGES = ["weights", "scores"] as const;
export type AverageName = (typeof AVERAGES)[number];

/** Networks whose scores are averaged. */
const LAST = 5;

/** Networks that the mean of the weights is judged against. */
const MOST_JUDGED = 10;

/** What the mean of the weights may fall behind the networks that it is the mean of, in AUROC. */
const TOLERATED = 0.005;

/** One score of several networks. */
export interface Averaged {
  /** Scaled rows × d → rows. */
  readonly score: (x: Tensor) => Tensor;
  /** The networks in it. */
  readonly networks: readonly Snapshot[];
  readonly by: AverageName;
  /** AUROC of the mean of the weights and the mean AUROC of the networks, where both were measured. */
  readonly measured: { readonly weights: number; readonly each: number } | null;
}

/** Scaled rows that training did not see: normal ones first, then some of known classes. */
export interface Validation {
  readonly rows: Matrix;
  readonly normal: number;
}

/** The mean of the vectors, in float64 on the way: equal ones stay to the bit. */
export function meanSnapshot(snapshots: readonly Snapshot[]): Snapshot {
  const mean = (vectors: readonly Float32Array[]) =>
    Float32Array.from(vectors[0], (first, i) => {
      let total = 0;
      for (const vector of vectors) total += vector[i] - first;
      return first + total / vectors.length;
    });
  return {
    encoder: mean(snapshots.map(({ encoder }) => encoder)),
    classifier: mean(snapshots.map(({ classifier }) => classifier)),
    t: mean(snapshots.map(({ t }) => Float32Array.of(t)))[0],
  };
}

/** The mean of the scores of networks. */
export function meanScore(networks: readonly Snapshot[], columns: number, step: InputStep): (x: Tensor) => Tensor {
  const each = networks.map((network) => judged(network, columns, step).score);
  return (x) => divide(each.map((score) => score(x)).reduce(add), networks.length);
}

/**
 * One score of the networks of the last episodes; none is selected. `weights`: their mean as one network, unless on rows of known classes
 * that were held out it falls more than .005 AUROC behind the mean of the networks' own; then, and with `scores`, the mean of the
 * scores of the last five.
 */
export async function averaged(
  snapshots: readonly Snapshot[],
  name: AverageName,
  columns: number,
  step: InputStep,
  validation: Validation | null,
  { signal, workers }: FitContext,
): Promise<Averaged> {
  const last = snapshots.slice(-LAST);
  const byScores = (measured: Averaged["measured"]): Averaged => ({
    score: meanScore(last, columns, step),
    networks: last,
    by: "scores",
    measured,
  });
  if (name === "scores") return byScores(null);
  const whole = meanSnapshot(snapshots);
  const byWeights = { score: judged(whole, columns, step).score, networks: [whole], by: "weights" as const };
  if (validation === null || snapshots.length === 1) return { ...byWeights, measured: null };
  const separation = async (network: Snapshot) => {
    const { score } = judged(network, columns, step);
    const scores = await overRows(score, validation.rows, { chunk: CHUNK, signal, workers });
    return separationOf(scores.subarray(0, validation.normal), scores.subarray(validation.normal));
  };
  const weights = await separation(whole);
  const some = spaced(snapshots, MOST_JUDGED);
  let each = 0;
  for (const network of some) each += (await separation(network)) / some.length;
  const measured = { weights, each };
  return weights < each - TOLERATED ? byScores(measured) : { ...byWeights, measured };
}

/** At most `most` of a list, evenly spaced, the last among them. */
function spaced<T>(list: readonly T[], most: number): readonly T[] {
  const stride = Math.ceil(list.length / most);
  return list.filter((_, i) => (list.length - 1 - i) % stride === 0);
}

/** Rows that a network scores in one call within some 60 MB. */
export const CHUNK = 512;

/** AUROC of anomalous against normal scores. */
export function separationOf(normal: Float64Array, anomalous: Float64Array): number {
  const labels = new Uint8Array(normal.length + anomalous.length).fill(1, normal.length);
  const scores = new Float64Array(labels.length);
  scores.set(normal);
  scores.set(anomalous, normal.length);
  return auroc(labels, scores);
}
