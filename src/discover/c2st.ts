import { InputError } from "../errors/index.ts";
import { mean, multiply, ndArray, overRows, reshape, type Tensor } from "../graph/index.ts";
import { adam, asConstants, constantRate, inference, mlp, softplus, train } from "../nn/index.ts";
import { logisticRegression, type Matrix, midranks, stackRows, takeRows } from "../numeric/index.ts";
import { type Blocks, ownDeal, randomDeal } from "./deal.ts";
import type { TestContext } from "./samples.ts";
import { addOne, type TwoSampleResult } from "./two-sample-test.ts";

export const CLASSIFIERS = ["mlp", "logistic"] as const;
export type Classifier = (typeof CLASSIFIERS)[number];

const HIDDEN = 64;
const STEPS = 300;
const BATCH = 256;
const RATE = 1e-3;

/**
 * A classifier two-sample test (Lopez-Paz and Oquab 2017): a classifier learns to tell half of the window from half of the
 * reference; its AUROC on the other halves is the statistic, ranked among permutations of their labels: exact given the
 * halves it learned from, if rows are exchangeable under the null. AUROC near ½: nothing found.
 *
 * mlp: two hidden layers of 64, 300 steps of Adam on batches of 256; logistic: ridge regression. Both samples weigh the
 * same in training. Prepared rows. **Differs from the paper:** AUROC instead of accuracy, permutations instead of the
 * normal limit. It gives no place, and misses small excesses: half of the rows go to training. O(steps + N log N).
 */
export async function c2st(
  {
    window,
    reference,
    blocks,
  }: { readonly window: Matrix; readonly reference: Matrix; readonly blocks: Blocks | null },
  {
    classifier = "mlp",
    permutations = 2000,
    key,
    signal,
    onProgress,
  }: TestContext & { readonly classifier?: Classifier; readonly permutations?: number },
): Promise<TwoSampleResult> {
  if (window.rows < 4 || reference.rows < 4)
    throw new InputError(
      `discover: c2st: expected at least 4 rows of each sample, got ${window.rows} and ${reference.rows}; it learns from half of them`,
    );
  onProgress?.({ stage: "c2st", done: 0, total: 1 });
  const rows = stackRows(window, reference);
  const labels = ownDeal(rows.rows, window.rows);
  const [learned, judged] = halves(labels, blocks, key.for("halves"));
  const of = (places: readonly number[]) => ({
    rows: takeRows(rows, places),
    labels: Uint8Array.from(places, (place) => labels[place]),
  });
  const [training, heldOut] = [of(learned), of(judged)];
  const score = await (classifier === "mlp" ? trainNetwork : trainLogistic)(training, {
    key: key.for("train"),
    signal,
  });
  const scores = await score(heldOut.rows);
  const count = heldOut.labels.reduce((a, b) => a + b, 0);
  const ranks = midranks(scores);
  const own = blocks && heldOutBlocks(judged, blocks, count);
  const nulls = Float64Array.from({ length: permutations }, (_, i) =>
    aurocOf(ranks, randomDeal(judged.length, count, own, key.for("permutation").for(i))),
  );
  const statistic = aurocOf(ranks, ownDeal(judged.length, count));
  return {
    method: "c2st",
    statistic,
    ...addOne(statistic, nulls),
    windowRows: window.rows,
    referenceRows: reference.rows,
    notes: [],
  };
}

/** AUROC of the rows dealt to the window, from midranks (1 to n) of all: ties count ½. O(n). */
export function aurocOf(ranks: ArrayLike<number>, deal: Uint8Array): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < deal.length; i++)
    if (deal[i] === 1) {
      sum += ranks[i];
      count++;
    }
  return (sum - (count * (count + 1)) / 2) / (count * (deal.length - count));
}

/** The rows to learn from and those to judge by, the window's first: half of each sample, by whole groups where there are any. */
function halves(labels: Uint8Array, blocks: Blocks | null, key: TestContext["key"]): readonly [number[], number[]] {
  const sides = [1, 0].map((label) => {
    const own = Array.from(labels.keys()).filter((row) => labels[row] === label);
    const half = Math.floor(own.length / 2);
    const places = blocks && Array.from(own, (row) => blocks.places[row]);
    const names = places && [...new Set(places)];
    const within = places &&
      names && {
        count: names.length,
        ofWindow: Math.max(1, Math.floor(names.length / 2)),
        places: Uint32Array.from(places, (place) => names.indexOf(place)),
      };
    if (within && within.count < 2)
      throw new InputError(
        `discover: c2st: expected at least 2 groups in the ${label === 1 ? "window" : "reference"}, got 1; leave --group out`,
      );
    const deal = randomDeal(own.length, half, within, key.for(label === 1 ? "window" : "reference"));
    return [own.filter((_, i) => deal[i] === 1), own.filter((_, i) => deal[i] === 0)];
  });
  return [sides.flatMap(([learned]) => learned), sides.flatMap(([, judged]) => judged)];
}

/** The blocks of the rows to judge by, which stand in this order: those of the window first. */
function heldOutBlocks(order: readonly number[], blocks: Blocks, count: number): Blocks {
  const names = new Map<number, number>();
  const places = Uint32Array.from(order, (row) => {
    const place = names.get(blocks.places[row]) ?? names.size;
    names.set(blocks.places[row], place);
    return place;
  });
  return { count: names.size, ofWindow: new Set(places.subarray(0, count)).size, places };
}

interface Labelled {
  readonly rows: Matrix;
  readonly labels: Uint8Array;
}

type Score = (rows: Matrix) => Promise<Float64Array> | Float64Array;

/** Weights that give both samples the same mass, 1 on average. */
function balance(labels: Uint8Array): Float64Array {
  const count = labels.reduce((a, b) => a + b, 0);
  const [ofWindow, ofReference] = [labels.length / (2 * count), labels.length / (2 * (labels.length - count))];
  return Float64Array.from(labels, (label) => (label === 1 ? ofWindow : ofReference));
}

async function trainNetwork(
  { rows, labels }: Labelled,
  { key, signal }: Pick<TestContext, "key" | "signal">,
): Promise<Score> {
  const network = mlp([rows.columns, HIDDEN, HIDDEN, 1]);
  const column = (values: ArrayLike<number>) => ndArray("float32", [labels.length, 1], Float32Array.from(values));
  const trained = await train(
    {
      parameters: network.parameters,
      data: {
        x: ndArray("float32", [rows.rows, rows.columns], Float32Array.from(rows.values)),
        side: column(Float32Array.from(labels, (label) => (label === 1 ? -1 : 1))),
        weight: column(balance(labels)),
      },
      loss: (values, { x, side, weight }, context) =>
        mean(multiply(softplus(multiply(network.forward(values, x, context), side)), weight), [0, 1]),
    },
    { optimizer: adam(), schedule: constantRate(RATE), steps: STEPS, batch: BATCH, key, signal },
  );
  const values = asConstants(network.parameters, trained, "float64");
  const logit = (x: Tensor) => reshape(network.forward(values, x, inference), [x.shape[0]]);
  return (judged) => overRows(logit, judged, { workers: 0, ...(signal && { signal }) });
}

async function trainLogistic({ rows, labels }: Labelled): Promise<Score> {
  const { coefficients } = await logisticRegression({ features: rows, labels, weights: balance(labels) }, { ridge: 1 });
  return (judged) =>
    Float64Array.from({ length: judged.rows }, (_, i) =>
      coefficients.reduce((sum, weight, j) => sum + weight * judged.values[i * judged.columns + j], 0),
    );
}
