import { type Key, normal, uniform } from "../numeric/index.ts";

/** First values of a parameter of the given shape, drawn from its key; entries row by row. */
export type Initializer = (key: Key, shape: readonly number[]) => Float32Array;

/** The same number everywhere. */
export const filled =
  (value: number): Initializer =>
  (_, shape) =>
    new Float32Array(entries(shape)).fill(value);

export const zerosInit: Initializer = filled(0);

/** Uniform in ±bound. */
export const uniformWithin =
  (bound: number): Initializer =>
  (key, shape) => {
    const u = uniform(key);
    return Float32Array.from({ length: entries(shape) }, () => bound * (2 * u() - 1));
  };

/** Normal with mean 0. */
export const normalWith =
  (standardDeviation: number): Initializer =>
  (key, shape) => {
    const z = normal(key);
    return Float32Array.from({ length: entries(shape) }, () => standardDeviation * z());
  };

/** Uniform in ±1/√fanIn, for weights and offsets of a layer that sums fanIn inputs: PyTorch's default for them. */
export const fanInUniform = (fanIn: number): Initializer => uniformWithin(1 / Math.sqrt(Math.max(1, fanIn)));

/** Uniform in ±√(6 / (fanIn + fanOut)) (Glorot and Bengio 2010, eq. 16). */
export const glorotUniform = (fanIn: number, fanOut: number): Initializer =>
  uniformWithin(Math.sqrt(6 / Math.max(1, fanIn + fanOut)));

/** Normal with variance 2 / fan, for rectified layers (He, Zhang, Ren, Sun 2015, eq. 10). */
export const heNormal = (fan: number): Initializer => normalWith(Math.sqrt(2 / Math.max(1, fan)));

function entries(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
