import { add, constant, multiply, ndArray, overRows, type Tensor } from "../../graph/index.ts";
import {
  adam,
  asConstants,
  constantRate,
  inference,
  initialize,
  type Layer,
  type Packed,
  shuffled,
  type Trained,
  train,
} from "../../nn/index.ts";
import { columnMeans, type Key, type Matrix, matrix, sample, stackRows, takeRows } from "../../numeric/index.ts";
import type { FitContext, Known } from "../detector.ts";
import { float32Rows, trainingRun } from "../network-input.ts";
import { EMBEDDING } from "./encoders.ts";
import { dualCentroidLoss, hypersphereLoss } from "./losses.ts";

export const LOSSES = ["hypersphere", "dual-centroid"] as const;

export interface StageOneOptions {
  readonly loss: (typeof LOSSES)[number];
  readonly margin: number;
  readonly noise: number;
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly decay: number;
}

/** Of each round at least this share is known anomalous: where they are fewer, they come more often. */
const LEAST_SHARE = 1 / 8;

/** Rounds over the rows that are enough, and steps that are always taken. */
const [MOST_ROUNDS, ALWAYS] = [100, 200];

/** Known rows, at most `most` of a class, drawn by key. */
export function cappedKnown(known: Known, most: number, key: Key): Known {
  const ofClass = new Map<string, number[]>();
  known.classes.forEach((name, row) => {
    const own = ofClass.get(name);
    if (own) own.push(row);
    else ofClass.set(name, [row]);
  });
  const places = [...ofClass]
    .flatMap(([name, own]) => Array.from(sample(key.for(name), own.length, most), (at) => own[at]))
    .sort((a, b) => a - b);
  return { rows: takeRows(known.rows, places), classes: places.map((row) => known.classes[row]) };
}

/** Steps to take: those asked for, but no more than a hundred rounds over the rows where these are 200 steps or more. */
export function stageOneSteps(steps: number, rows: number, batch: number): number {
  return Math.min(steps, Math.max(ALWAYS, MOST_ROUNDS * Math.ceil(rows / batch)));
}

/** Embeddings by an encoder with the given parameters: float64 rows × d → rows × 32. */
export function embedding(network: Layer, packed: Packed): (x: Tensor) => Tensor {
  const values = asConstants(network.parameters, packed, "float64");
  return (x) => network.forward(values, x, inference);
}

/**
 * Stage 1: trains the encoder so that normal rows gather and known anomalous ones stay a margin away; the last parameters
 * are kept. Both are scaled rows, n × d and m × d, m ≥ 1; batches are drawn from all of them, in no order of classes.
 */
export async function stageOne(
  network: Layer,
  normal: Matrix,
  anomalous: Matrix,
  options: StageOneOptions,
  chunk: number,
  context: FitContext,
): Promise<Trained> {
  const { loss, margin, noise, batch, learningRate, decay } = options;
  const key = context.key.for("stage 1");
  const start = initialize(network.parameters, key.for("parameters"));
  // c: the mean embedding of normal rows under the initial encoder, fixed from then on.
  const { signal, workers } = context;
  const first = await overRows(embedding(network, start), normal, { chunk, signal, workers });
  const mean = columnMeans(matrix(normal.rows, EMBEDDING, first));
  const center = constant(ndArray("float32", [EMBEDDING], Float32Array.from(mean)));
  const x = float32Rows(stackRows(normal, anomalous));
  const rows = x.shape[0];
  const y = ndArray("float32", [rows], new Float32Array(rows).fill(1, normal.rows));
  const round = placesOfRound(normal.rows, anomalous.rows);
  return train(
    {
      parameters: network.parameters,
      data: { x, y },
      loss: (values, { x, y }, layers) => {
        const seen = noise > 0 ? add(x, multiply(layers.draw("noise", x.shape as number[], "normal"), noise)) : x;
        const z = network.forward(values, seen, layers);
        return loss === "hypersphere" ? hypersphereLoss(z, y, center, margin) : dualCentroidLoss(z, y, margin);
      },
    },
    {
      optimizer: adam({ decay }),
      schedule: constantRate(learningRate),
      steps: stageOneSteps(options.steps, rows, batch),
      batch,
      batches: (_, size, key) => {
        const drawn = shuffled(round.length, size, key);
        return (step) => drawn(step).map((at) => round[Number(at)]);
      },
      clip: 1,
      key,
      start,
      ...trainingRun(context, ".pretrain"),
    },
  );
}

/** The rows of a round: each of n normal ones once, each of m anomalous ones as often as it takes to be an eighth. */
export function placesOfRound(n: number, m: number): BigInt64Array {
  const times = Math.max(1, Math.ceil((LEAST_SHARE / (1 - LEAST_SHARE)) * (n / m)));
  return BigInt64Array.from({ length: n + times * m }, (_, i) => BigInt(i < n ? i : n + ((i - n) % m)));
}
