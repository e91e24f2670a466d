import {
  constant,
  divide,
  encode,
  float64,
  gather,
  input,
  int64,
  mapRows,
  maximum,
  minimum,
  ndArray,
  overRows,
  reshape,
  square,
  subtract,
  sum,
  type Tensor,
} from "../../graph/index.ts";
import { initialize, type Packed, type Trained } from "../../nn/index.ts";
import { columnMeans, columnOf, type Matrix, matrix, sample, stackRows, takeRows } from "../../numeric/index.ts";
import type { ScalingName } from "../../prepare/index.ts";
import type { FitContext, Known, NearestClass } from "../detector.ts";
import { nearestDistances, nearestOther, nearestRows, type Precision, rowsAtOnce } from "../nearest.ts";
import { precisionFor } from "../nearest-precision.ts";
import { holdOut, networkInput } from "../network-input.ts";
import { EMBEDDING, type EncoderName, encoder, tokensOf } from "./encoders.ts";
import { cappedKnown, embedding, type StageOneOptions, stageOne } from "./stage-one.ts";
import { type StageTwoOptions, stageTwo } from "./stage-two.ts";

export interface SculptOptions {
  readonly encoder: EncoderName;
  readonly scaling: ScalingName;
  readonly maxPerClass: number;
  readonly maxRows: number;
  readonly stageOne: StageOneOptions;
  readonly stageTwo: StageTwoOptions;
}

/** What both stages say of rows; each a float64 number a row, higher is more anomalous. */
export interface Views {
  /** ℓ(z), the negative log-likelihood of the embedding. */
  readonly flow: Tensor;
  /** ‖z − c_b‖². */
  readonly center: Tensor;
  /** ‖z − c_a‖²; null without known rows. */
  readonly anomalousCenter: Tensor | null;
  /** Distance to the nearest normal embedding, standardized. */
  readonly nearest: Tensor;
  /** Distance to the nearest normal row, scaled. */
  readonly plain: Tensor;
}

/** Both stages, trained. */
export interface Sculpted {
  /** Prepared rows × d to what is said of them. */
  readonly views: (x: Tensor) => Views;
  /** The class of the nearest known row of stage 1, scaled; null without any. */
  readonly nearestClass: NearestClass | null;
  /** Prepared normal rows that neither stage was trained on; all where there are too few to hold some out. */
  readonly reference: Matrix;
  /** Whether the rows of `reference` took part in training. */
  readonly allSeen: boolean;
  /** The distance of each normal row to the nearest other one, scaled: `views.plain`, the row itself left out. */
  readonly plainLeftOut: Float64Array;
  /** The largest ℓ of a normal row that the flow was trained on. */
  readonly largestFlow: number;
  /** The known rows of stage 1; null without any. */
  readonly known: Known | null;
  readonly stageOne: Trained | null;
  readonly stageTwo: Trained;
  readonly chunk: number;
}

/** Embeddings, standardized, are cut at ± this. */
const FAR = 1e3;

/** Added to the deviation of each entry of the embedding: normal rows may have none left. */
const LEAST_DEVIATION = 1e-6;

/** What an encoder may hold in one call. */
const BYTES = 6e7;

/** Both stages on prepared rows, n × d normal and m × d known anomalous ones; without these stage 1 is left out. */
export async function sculpt(
  rows: Matrix,
  known: Known | null,
  options: SculptOptions,
  context: FitContext,
): Promise<Sculpted> {
  const { key, signal, workers } = context;
  // 1. Scaled by all rows of stage 1; a tenth of the normal rows takes no part.
  const { training, heldOut } = holdOut(rows, key.for("held-out"));
  const kept = known && cappedKnown(known, options.maxPerClass, key.for("known rows"));
  const all = kept ? stackRows(training, kept.rows) : training;
  const { forward, scaled } = await networkInput(options.scaling, all, context);
  const part = (from: number, to: number) =>
    matrix(to - from, rows.columns, scaled.values.subarray(from * rows.columns, to * rows.columns));
  const normal = part(0, training.rows);
  const anomalous = part(training.rows, all.rows);
  // 2. to 4. The encoder, trained where there is something to keep away.
  const network = encoder(options.encoder, rows.columns);
  const chunk = rowsOfEncoder(options.encoder, rows.columns);
  const evaluated = { chunk, signal, workers };
  const first: Trained | null = kept
    ? await stageOne(network, normal, anomalous, options.stageOne, chunk, staged(context, "train the encoder"))
    : null;
  const packed: Packed = first ?? initialize(network.parameters, key.for("stage 1").for("parameters"));
  const embedScaled = embedding(network, packed);
  const embeddings = async (of: Matrix) => matrix(of.rows, EMBEDDING, await overRows(embedScaled, of, evaluated));
  // 5. Centers.
  const z = await embeddings(normal);
  const center = columnMeans(z);
  const anomalousCenter = kept ? float64(columnMeans(await embeddings(anomalous))) : null;
  // 6. The flow, on standardized embeddings; those of v1 stay as they are.
  const { mean, deviation } = options.stageTwo.flow === "v1" ? asTheyAre() : spreadOf(z, center);
  const standardized = (z: Tensor) =>
    minimum(maximum(divide(subtract(z, float64(mean)), float64(deviation)), -FAR), FAR);
  const latent = async (z: Matrix) => matrix(z.rows, EMBEDDING, await overRows(standardized, z, { workers: 0 }));
  const trainingLatent = await latent(z);
  const heldOutLatent =
    heldOut &&
    (await latent(
      await embeddings(matrix(heldOut.rows, rows.columns, await overRows(forward, heldOut, { signal, workers }))),
    ));
  const second = await stageTwo(trainingLatent, heldOutLatent, options.stageTwo, staged(context, "train the flow"));
  const likelihoods = await overRows(second.score, trainingLatent, { signal, workers });
  // 7. What distances are taken to.
  const latentReference = referenceOf(
    takeRows(trainingLatent, sample(key.for("latent"), normal.rows, options.maxRows)),
  );
  const plainRows = takeRows(rows, sample(key.for("rows"), rows.rows, options.maxRows));
  const plainScaled = matrix(plainRows.rows, rows.columns, await overRows(forward, plainRows, { signal, workers }));
  const plainReference = referenceOf(plainScaled);
  const precision = await precisionFor(plainScaled, 1, context);
  return {
    nearestClass: kept && (await classOfNearest(anomalous, kept.classes, forward, context)),
    views(x) {
      const scaled = forward(x);
      const z = embedScaled(scaled);
      const zs = standardized(z);
      return {
        flow: second.score(zs),
        center: squaredDistance(z, float64(center)),
        anomalousCenter: anomalousCenter && squaredDistance(z, anomalousCenter),
        nearest: toNearest(zs, latentReference, "double"),
        plain: toNearest(scaled, plainReference, precision),
      };
    },
    reference: heldOut ?? training,
    allSeen: heldOut === null,
    plainLeftOut: await leftOut(plainScaled, context),
    largestFlow: likelihoods.reduce((a, b) => Math.max(a, b)),
    known: kept,
    stageOne: first,
    stageTwo: second.trained,
    chunk: Math.min(chunk, rowsAtOnce(plainRows.rows)),
  };
}

/** Progress under the name of a stage. */
function staged(context: FitContext, stage: string): FitContext {
  const { onProgress } = context;
  return { ...context, ...(onProgress && { onProgress: (progress) => onProgress({ ...progress, stage }) }) };
}

/** Rows that an encoder takes in one call within some 60 MB. */
function rowsOfEncoder(name: EncoderName, columns: number): number {
  const tokens = tokensOf(name, columns);
  const bytes = 8 * (1024 + tokens * (4 * 256 + 4 * tokens) + 70 * columns);
  return Math.max(1, Math.min(4096, Math.floor(BYTES / bytes)));
}

function spreadOf(z: Matrix, mean: Float64Array): { mean: Float64Array; deviation: Float64Array } {
  const deviation = mean.map((center, j) => {
    const total = columnOf(z, j).reduce((sum, value) => sum + (value - center) ** 2, 0);
    return Math.sqrt(total / z.rows) + LEAST_DEVIATION;
  });
  return { mean, deviation };
}

function asTheyAre(): { mean: Float64Array; deviation: Float64Array } {
  return { mean: new Float64Array(EMBEDDING), deviation: new Float64Array(EMBEDDING).fill(1) };
}

function referenceOf({ rows, columns, values }: Matrix): Tensor {
  return constant(ndArray("float64", [rows, columns], values));
}

/** rows × k, reference n × k → rows. */
function toNearest(x: Tensor, reference: Tensor, precision: Precision): Tensor {
  return reshape(nearestDistances(x, reference, 1, "euclidean", precision), [x.shape[0]]);
}

/** Which class the nearest of the scaled known rows has: among seen classes distances name more rightly than embeddings. */
async function classOfNearest(
  known: Matrix,
  classOf: readonly string[],
  forward: (x: Tensor) => Tensor,
  context: FitContext,
): Promise<NearestClass> {
  const classes = [...new Set(classOf)].sort();
  const reference = referenceOf(known);
  const precision = await precisionFor(known, 1, context);
  const places = int64(classOf.map((name) => classes.indexOf(name)));
  return {
    classes,
    of(x) {
      const { places: nearest } = nearestRows(forward(x), reference, 1, "euclidean", precision);
      return gather(places, reshape(nearest, [x.shape[0]]));
    },
  };
}

/** ‖z − c‖², rows × k → rows. */
function squaredDistance(z: Tensor, center: Tensor): Tensor {
  return sum(square(subtract(z, center)), 1);
}

/** The distance of each row to the nearest other one. Quadratic. */
async function leftOut(rows: Matrix, { signal, workers }: FitContext): Promise<Float64Array> {
  const reference = referenceOf(rows);
  const x = input("x", "float64", ["rows", rows.columns]);
  const distances = nearestOther(x, reference, input("self", "int64", ["rows"]));
  const feeds = {
    x: ndArray("float64", [rows.rows, rows.columns], rows.values),
    self: ndArray(
      "int64",
      [rows.rows],
      BigInt64Array.from({ length: rows.rows }, (_, i) => BigInt(i)),
    ),
  };
  const chunk = rowsAtOnce(rows.rows);
  const { out } = await mapRows(encode({ out: distances }), rows.rows, feeds, { chunk, signal, workers });
  return out.data as Float64Array;
}
