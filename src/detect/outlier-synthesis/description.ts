import {
  add,
  concatenate,
  divide,
  expandDims,
  float64,
  logarithm,
  mean,
  multiply,
  overRows,
  slice,
  square,
  subtract,
  type Tensor,
} from "../../graph/index.ts";
import { asConstants, inference, type ParameterTree, train, type Values } from "../../nn/index.ts";
import { columnMeans, columnOf, type Matrix, matrix } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
import { float32Rows, trainingNote, trainingRun } from "../network-input.ts";
import type { Autoencoder } from "./autoencoders.ts";
import { bounded, unbounded } from "./bounded.ts";
import { HOW_TO_TRAIN, stepsFor } from "./networks.ts";

/** Level 1: what rows are described by. */
export interface Description {
  /** p. */
  readonly size: number;
  /** Scaled rows to their features h: float64 rows × d → rows × p. */
  readonly features: (x: Tensor) => Tensor;
  /** The mean of the log-residuals r_m, rows × d → rows; null where nothing is rebuilt. */
  readonly residual: ((x: Tensor) => Tensor) | null;
  /** What a decoder makes of features, rows × p → rows × d: the scaled row, but for what the encoder lost of it. */
  readonly decoded: (h: Tensor) => Tensor;
  /** Rows to describe in one call. */
  readonly chunk: number;
  readonly notes: readonly string[];
}

/** Rows in one call of networks of columns. */
const CHUNK = 8192;

export interface DescriptionOptions {
  /** Training steps; 0 leaves the networks untrained. */
  readonly steps: number;
  /** Whether log-residuals stand beside the codes. */
  readonly features: "full" | "codes";
  /** Rows in a step: 256 when left out. */
  readonly batch?: number;
  /** Whether a step is long enough for all cores. */
  readonly onAllCores?: boolean;
  readonly chunk?: number;
}

/** What a mean squared residual is enlarged by before its logarithm, and a deviation before it divides. */
const [LEAST_RESIDUAL, LEAST_DEVIATION] = [1e-4, 1e-3] as const;
/** Values of a feature are limited to so many times the largest of training before they are decoded. */
const BEYOND = 1.5;

/** r = ½ ln(mean_j (x − x̂)_j² + 1e-4): rows × d twice → rows. */
export function logResidual(x: Tensor, rebuilt: Tensor): Tensor {
  return multiply(logarithm(add(mean(square(subtract(x, rebuilt)), 1), LEAST_RESIDUAL)), 0.5);
}

/**
 * Trains autoencoders on scaled rows `fit`, n × d, and describes rows by their codes and log-residuals, standardized by
 * `fit` and bounded. They share no parameter: one graph, the sum of their mean squared errors. `held` rows choose the one
 * that decodes; `fit` rows where there are none.
 */
export async function describeRows(
  fit: Matrix,
  held: Matrix | null,
  networks: readonly Autoencoder[],
  { steps, features, batch = HOW_TO_TRAIN.batch, onAllCores = false, chunk = CHUNK }: DescriptionOptions,
  context: FitContext,
): Promise<Description> {
  const within = { signal: context.signal, workers: context.workers, chunk };
  const parameters: ParameterTree = Object.fromEntries(
    networks.map(({ encode, decode }, m) => [m, { encode: encode.parameters, decode: decode.parameters }]),
  );
  const partsOf = (values: Values<ParameterTree>, m: number) =>
    values[m] as unknown as { readonly encode: Values; readonly decode: Values };
  const trained = await train(
    {
      parameters,
      data: { x: float32Rows(fit) },
      loss: (values, { x }, layers) =>
        networks
          .map(({ encode, decode, noise }, m) => {
            const seen =
              noise === 0 ? x : add(x, multiply(layers.draw(`noise ${m}`, x.shape as number[], "normal"), noise));
            const { encode: e, decode: f } = partsOf(values, m);
            const rebuilt = decode.forward(f, encode.forward(e, seen, layers), layers);
            return mean(mean(square(subtract(x, rebuilt)), 1), 0);
          })
          .reduce(add),
    },
    {
      ...HOW_TO_TRAIN,
      ...(onAllCores && { threads: undefined }),
      batch,
      steps: stepsFor(steps, fit.rows, batch),
      key: context.key.for("level 1"),
      ...trainingRun(context, ".pretrain"),
    },
  );
  const values = asConstants(parameters, trained, "float64");
  const code = (x: Tensor, m: number) => networks[m].encode.forward(partsOf(values, m).encode, x, inference);
  const decode = (c: Tensor, m: number) => networks[m].decode.forward(partsOf(values, m).decode, c, inference);

  const members = networks.map((_, m) => m);
  const column = (values: Tensor) => expandDims(values, 1);
  const residuals = (x: Tensor) =>
    concatenate(
      members.map((m) => column(logResidual(x, decode(code(x, m), m)))),
      1,
    );
  const raw = (x: Tensor) => {
    const codes = members.map((m) => code(x, m));
    if (features === "codes") return concatenate(codes, 1);
    return concatenate([...codes, ...codes.map((c, m) => column(logResidual(x, decode(c, m))))], 1);
  };
  const widths = networks.map(({ code }) => code);
  const size = widths.reduce((a, b) => a + b) + (features === "codes" ? 0 : members.length);
  const seen = matrix(fit.rows, size, await overRows(raw, fit, within));
  const { center, deviation, most } = spreadOf(seen);
  // m*: the autoencoder with the lowest mean squared error.
  const judged = held ?? fit;
  const errors: number[] = [];
  for (const m of members) {
    const each = await overRows((x) => mean(square(subtract(x, decode(code(x, m), m))), 1), judged, within);
    errors.push(each.reduce((a, b) => a + b, 0) / each.length);
  }
  const best = errors.indexOf(Math.min(...errors));
  const from = widths.slice(0, best).reduce((a, b) => a + b, 0);
  const own = (entries: Float64Array) => float64(entries.slice(from, from + widths[best]));
  return {
    size,
    features: (x) => bounded(divide(subtract(raw(x), float64(center)), float64(deviation))),
    residual: (x) => mean(residuals(x), 1),
    decoded: (h) => {
      const codes = unbounded(slice(h, 1, from, from + widths[best]), own(most));
      return decode(add(multiply(codes, own(deviation)), own(center)), best);
    },
    chunk,
    notes: [`autoencoders: ${trainingNote(trained)}`],
  };
}

/** Rows as they are, without a level 1: h = x. */
export function plainDescription(columns: number): Description {
  return { size: columns, features: (x) => x, residual: null, decoded: (h) => h, chunk: CHUNK, notes: [] };
}

/** Mean and deviation (+ 1e-3) of each feature, and the largest standardized magnitude, times 1.5. */
function spreadOf(seen: Matrix): { center: Float64Array; deviation: Float64Array; most: Float64Array } {
  const center = columnMeans(seen);
  const away = Array.from(center, (middle, j) => columnOf(seen, j).map((value) => value - middle));
  const deviation = Float64Array.from(
    away,
    (values) => Math.sqrt(values.reduce((total, value) => total + value * value, 0) / seen.rows) + LEAST_DEVIATION,
  );
  const most = Float64Array.from(
    away,
    (values, j) => (BEYOND * values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)) / deviation[j],
  );
  return { center, deviation, most };
}
