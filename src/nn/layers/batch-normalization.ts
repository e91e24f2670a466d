import {
  add,
  divide,
  multiply,
  reshape,
  scalar,
  square,
  squareRoot,
  stopGradient,
  subtract,
  sum,
  sumOfRows,
  type Tensor,
} from "../../graph/index.ts";
import { filled, zerosInit } from "../initializers.ts";
import type { Context, Layer } from "../layer.ts";
import type { Parameter, Values } from "../parameters.ts";

export interface BatchNormalizationOptions {
  /** Added to the variance; 1e-5 when left out. */
  readonly epsilon?: number;
  /** How much of a batch goes into the stored statistics; 0.1 when left out. */
  readonly momentum?: number;
  /** Which axis holds the channels: the first after rows (when left out), or the last. */
  readonly channels?: "first" | "last";
  /** Whether weights and an offset follow; true when left out. */
  readonly affine?: boolean;
}

type BatchParameters = {
  readonly mean: Parameter;
  readonly variance: Parameter;
  readonly weight?: Parameter;
  readonly offset?: Parameter;
};

/**
 * Each channel (axis 1) of rows × channels or rows × channels × …, less its mean, by its standard deviation, times a
 * weight, plus an offset (Ioffe and Szegedy 2015, algorithm 1).
 *
 * While training, mean and biased variance are those of the batch (of two entries a channel or more), and the stored ones
 * move towards them by `momentum`, the variance as the unbiased one. Afterwards the stored ones are used: one
 * multiplication and one addition.
 * **Differs from the paper:** its inference (algorithm 2) averages over many batches; moving averages, as is common.
 */
export function batchNormalization(
  channels: number,
  options: BatchNormalizationOptions = {},
): Layer<BatchParameters & {}> {
  const { epsilon = 1e-5, momentum = 0.1, affine = true, channels: where = "first" } = options;
  const one = (value: number, role: Parameter["role"]): Parameter => ({
    shape: [channels],
    initialize: value === 0 ? zerosInit : filled(value),
    role,
  });
  return {
    parameters: {
      ...(affine && { weight: one(1, "weight"), offset: one(0, "offset") }),
      mean: one(0, "statistic"),
      variance: one(1, "statistic"),
    },
    forward(values, x, context) {
      if (!context.training) return byStored(values as Stored, x, epsilon, where);
      if (where === "first" && x.shape.length > 2) return byBatch(values as Stored, x, { epsilon, momentum }, context);
      // Channels last are the columns of a matrix, whose rows are summed faster.
      const rows = x.shape.slice(0, -1).reduce((n: number, size) => n * (size as number), 1);
      const flat = reshape(x, [rows, channels]);
      return reshape(byBatch(values as Stored, flat, { epsilon, momentum }, context), x.shape);
    },
  };
}

type Stored = Values<{ mean: Parameter; variance: Parameter }> & {
  readonly weight?: Tensor;
  readonly offset?: Tensor;
};

/**
 * Centered by a mean that no gradient flows through; what is left of the mean, 0 but for rounding, carries it. So the
 * result is scale · centered + shift: one pass over the entries each way where two would be.
 */
function byBatch(values: Stored, x: Tensor, options: { epsilon: number; momentum: number }, context: Context): Tensor {
  const { epsilon, momentum } = options;
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const count = axes.reduce((entries, axis) => entries * (x.shape[axis] as number), 1);
  if (!(count >= 2))
    throw new Error(`batchNormalization: expected at least 2 entries a channel while training, got ${count}`);
  const means = (y: Tensor) =>
    multiply(y.shape.length === 2 ? sumOfRows(y) : reshape(sum(y, axes), [y.shape[1]]), 1 / count);
  const center = stopGradient(means(x));
  const centered = subtract(x, channelwise(center, x));
  const rest = means(centered);
  const variance = subtract(means(square(centered)), square(rest));

  const towards = (stored: Tensor, value: Tensor) => add(multiply(stored, 1 - momentum), multiply(value, momentum));
  context.update(values.mean, towards(values.mean, add(center, rest)));
  context.update(values.variance, towards(values.variance, multiply(variance, count / (count - 1))));

  const { weight, offset } = values;
  const scale = divide(weight ?? scalar(1, x.dtype), squareRoot(add(variance, epsilon)));
  const shift = subtract(offset ?? scalar(0, x.dtype), multiply(rest, scale));
  return add(multiply(centered, channelwise(scale, x)), channelwise(shift, x));
}

function byStored(
  { mean, variance, weight, offset }: Stored,
  x: Tensor,
  epsilon: number,
  where: "first" | "last",
): Tensor {
  const scale = divide(weight ?? scalar(1, x.dtype), squareRoot(add(variance, epsilon)));
  const shift = subtract(offset ?? scalar(0, x.dtype), multiply(mean, scale));
  if (where === "last") return add(multiply(x, scale), shift);
  return add(multiply(x, channelwise(scale, x)), channelwise(shift, x));
}

/** One number a channel, in a shape that broadcasts along axis 1 of x. */
function channelwise(numbers: Tensor, x: Tensor): Tensor {
  return x.shape.length === 2 ? numbers : reshape(numbers, [numbers.shape[0], ...x.shape.slice(2).map(() => 1)]);
}
