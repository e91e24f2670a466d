import { multiply, rectifier, reshape, type Tensor } from "../../graph/index.ts";
import {
  asConstants,
  batchNormalization,
  type Context,
  convolution,
  filled,
  heNormal,
  inference,
  type Layer,
  layerNormalization,
  linear,
  type Packed,
  type Parameter,
  type ParameterTree,
  packing,
  sequence,
  type Values,
} from "../../nn/index.ts";

/** Entries of a feature h, and of a projection u. */
export const [FEATURE, PROJECTION] = [128, 128];

const HIDDEN = 256;

export const NORMALIZATIONS = ["batch", "layer"] as const;
export type Normalization = (typeof NORMALIZATIONS)[number];

/**
 * A part of an encoder: a map without offset, normalization, ReLU. Convolutions have kernels of 3 × 3, stride 2 and a
 * border of one; channels stand last. A linear part takes all entries of a row.
 */
export interface Part {
  readonly map: "linear" | "convolution";
  readonly inputs: number;
  readonly outputs: number;
}

/** E for rows of d columns: d → 256 → 256 → 128. */
export function rowParts(columns: number): readonly Part[] {
  const widths = [columns, HIDDEN, HIDDEN, FEATURE];
  return widths.slice(1).map((outputs, i) => ({ map: "linear", inputs: widths[i], outputs }));
}

const STRIDE = { strides: 2, pads: 1 } as const;

export interface EncoderOptions {
  readonly normalization: Normalization;
  /** How much of a batch goes into the stored statistics of batch normalization; all of it, so the last batch, at 1. */
  readonly momentum: number;
}

/** E as it is trained: rows to features h ≥ 0, rows × outputs of the last part. */
export function encoder(parts: readonly Part[], options: EncoderOptions): Layer {
  return sequence(...parts.map((part) => trainedPart(part, options)));
}

/**
 * P: features to projections, 128 → 256 → 128, for training alone. "linear" ends in a linear layer with offset; "bn-last"
 * without, and in batch normalization without scale and shift, as published.
 */
export function projectionHead(form: "linear" | "bn-last", options: EncoderOptions): Layer {
  const first = trainedPart({ map: "linear", inputs: FEATURE, outputs: HIDDEN }, options);
  const last = linear(HIDDEN, PROJECTION, {
    offset: form === "linear",
    initialize: heNormal(HIDDEN),
    initializeOffset: filled(0),
  });
  return form === "linear"
    ? sequence(first, last as Layer)
    : sequence(first, last as Layer, batchNormalization(PROJECTION, { affine: false }) as Layer);
}

/** What gives a logit of being an outlier, for binary cross-entropy: rows × 128 → rows × 1. */
export function logitHead(): Layer {
  return linear(FEATURE, 1, { initialize: heNormal(FEATURE), initializeOffset: filled(0) }) as Layer;
}

/**
 * E for scoring, with float64 weights. Batch normalization with its stored statistics is folded into the map before it:
 * γ (W x − μ) / √(σ² + 1e-5) + β = (γ W / √…) x + (β − γ μ / √…). `at` says where the encoder stands in the tree.
 */
export function forScoring(
  parts: readonly Part[],
  normalization: Normalization,
  tree: ParameterTree,
  packed: Packed,
  at: string,
): (x: Tensor) => Tensor {
  if (normalization === "layer") {
    const network = encoder(parts, { normalization, momentum: 1 });
    const values = asConstants(tree, packed, "float64")[at] as Values<ParameterTree>;
    return (x) => network.forward(values, x, inference);
  }
  const plain = sequence(...parts.map(foldedPart));
  const folded = asConstants(plain.parameters, fold(parts, tree, packed, at), "float64");
  return (x) => plain.forward(folded, x, inference);
}

/** ε of batch normalization. */
const EPSILON = 1e-5;

function trainedPart(part: Part, options: EncoderOptions): Layer {
  const map = mapOf(part, false);
  const norm = normalizing(part, options);
  return {
    parameters: { map: map.parameters, norm: norm.parameters },
    forward(values, x, context) {
      const { map: weights, norm: scales } = values as Values<{ map: ParameterTree; norm: ParameterTree }>;
      return rectifier(norm.forward(scales, map.forward(weights, flat(part, x), context), context));
    },
  };
}

function foldedPart(part: Part): Layer {
  const map = mapOf(part, true);
  return {
    parameters: map.parameters,
    forward: (values, x, context) => rectifier(map.forward(values, flat(part, x), context)),
  };
}

function mapOf({ map, inputs, outputs }: Part, offset: boolean): Layer {
  if (map === "linear") return linear(inputs, outputs, { offset, initialize: heNormal(inputs) }) as Layer;
  return convolution(inputs, outputs, [3, 3], { ...STRIDE, offset, initialize: heNormal, channels: "last" }) as Layer;
}

/** What a part takes: all entries of a row side by side where it is linear. */
function flat({ map, inputs }: Part, x: Tensor): Tensor {
  return map === "linear" && x.shape.length > 2 ? reshape(x, [x.shape[0], inputs]) : x;
}

/** Normalization whose scale does not decay; batch normalization keeps the biased variance of the whole last batch. */
function normalizing({ outputs }: Part, { normalization, momentum }: EncoderOptions): Layer {
  if (normalization === "layer") return undecayed(layerNormalization(outputs) as Layer);
  const layer = undecayed(batchNormalization(outputs, { epsilon: EPSILON, momentum, channels: "last" }) as Layer);
  if (momentum !== 1) return layer;
  return {
    ...layer,
    forward(values, x, context) {
      const entries = x.shape.slice(0, -1).reduce((n: number, size) => n * Number(size), 1);
      const update: Context["update"] = (statistic, value) =>
        context.update(statistic, statistic === values["variance"] ? multiply(value, (entries - 1) / entries) : value);
      return layer.forward(values, x, { ...context, update });
    },
  };
}

function undecayed(layer: Layer): Layer {
  const weight = layer.parameters["weight"] as Parameter;
  return { ...layer, parameters: { ...layer.parameters, weight: { ...weight, role: "offset" } } };
}

/** The vectors of the folded network. O(parameters). */
function fold(parts: readonly Part[], tree: ParameterTree, packed: Packed, at: string): Packed {
  const places = packing(tree);
  const entriesOf = (path: string) => {
    const trained = places.trained.find((place) => place.path === path);
    if (trained) return packed.trained.subarray(trained.from, trained.to);
    const { from, to } = places.statistics.find((place) => place.path === path)!;
    return packed.statistics.subarray(from, to);
  };
  const trained = parts.flatMap(({ outputs }, i) => {
    const of = (name: string) => entriesOf(`${at}/${i}/${name}`);
    const [scale, shift, mean, variance] = ["weight", "offset", "mean", "variance"].map((name) => of(`norm/${name}`));
    const factor = Float64Array.from({ length: outputs }, (_, j) => scale[j] / Math.sqrt(variance[j] + EPSILON));
    // The outputs are the last axis of linear and of convolutional weights.
    const weight = Array.from(of("map/weight"), (w, entry) => w * factor[entry % outputs]);
    return [...weight, ...Array.from(shift, (b, j) => b - mean[j] * factor[j])];
  });
  return { trained: Float32Array.from(trained), statistics: new Float32Array(0) };
}
