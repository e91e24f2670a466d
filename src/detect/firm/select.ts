import {
  add,
  cast,
  equal,
  expandDims,
  greater,
  matmul,
  mean,
  multiply,
  type NdArray,
  ndArray,
  slice,
  subtract,
  swapLast,
  type Tensor,
  topK,
} from "../../graph/index.ts";
import { inference, type Layer, type ParameterTree, type TrainOptions, type Values } from "../../nn/index.ts";
import { type Matrix, stackRows } from "../../numeric/index.ts";
import { unit } from "./losses.ts";

export const SELECTIONS = ["last", "watch"] as const;

/** What checkpoints are compared by; rows as the network takes them. */
export interface Compared {
  /** Normal rows that were trained on. */
  readonly reference: Matrix;
  /** Normal rows that were not, and outliers. */
  readonly watching: Matrix;
  readonly made: Matrix;
  /** What a row is beside its entries: empty, or height, width and channels of an image. */
  readonly shape: readonly number[];
}

/** Looks during training, and nearest features of a row. */
const [LOOKS, NEAREST] = [10, 5];

/** 1 − AUROC is what is made small; it takes the parameters of encoder and head, and uses the first. */
type HeldOut = NonNullable<TrainOptions<{ encoder: ParameterTree; head: ParameterTree }, "x" | "family">["heldOut"]>;

/**
 * `select: "watch"`: ten times in training, 1 − AUROC of `cos-5` between watch rows and outliers, with batch normalization by
 * its last batch; the parameters with the lowest are kept. It is no tuner: how well made outliers are told says little about
 * real ones.
 */
export function byWatch(network: Layer, { reference, watching, made, shape }: Compared, steps: number): HeldOut {
  const all = stackRows(stackRows(reference, watching), made);
  const form = shape.length > 0 ? shape : [all.columns];
  const [first, second] = [reference.rows, reference.rows + watching.rows];
  const data: Readonly<Record<"x" | "family", NdArray>> = {
    x: ndArray("float32", [all.rows, ...form], Float32Array.from(all.values)),
    family: ndArray("float32", [all.rows], new Float32Array(all.rows)),
  };
  return {
    data,
    every: Math.max(1, Math.floor(steps / LOOKS)),
    patience: Number.POSITIVE_INFINITY,
    criterion(values, { x }) {
      const h = unit(network.forward(values.encoder as Values<ParameterTree>, x, inference));
      const cosines = matmul(slice(h, 0, first, all.rows), swapLast(slice(h, 0, 0, first)));
      const score = subtract(1, mean(topK(cosines, Math.min(NEAREST, first)), 1));
      return subtract(1, share(slice(score, 0, 0, second - first), slice(score, 0, second - first, all.rows - first)));
    },
  };
}

/** AUROC: the share of pairs in which the outlier scores higher, ties counting half. */
function share(normal: Tensor, odd: Tensor): Tensor {
  const [a, b] = [expandDims(odd, 1), expandDims(normal, 0)];
  const above = add(cast(greater(a, b), odd.dtype), multiply(cast(equal(a, b), odd.dtype), 0.5));
  return mean(above, [0, 1]);
}
