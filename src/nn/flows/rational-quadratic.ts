import {
  absolute,
  add,
  cast,
  concatenate,
  constant,
  divide,
  expandDims,
  expandLike,
  greaterOrEqual,
  lessOrEqual,
  logarithm,
  matmul,
  maximum,
  minimum,
  multiply,
  ndArray,
  negate,
  scalar,
  slice,
  softmax,
  square,
  squareRoot,
  subtract,
  sum,
  type Tensor,
  where,
} from "../../graph/index.ts";
import { softplus } from "../layers/activations.ts";

/** No bin is narrower or lower than this share of the box, and no slope at a knot is smaller. */
const LEAST = 1e-3;

/**
 * Monotone splines of K rational quadratic pieces from [−B, B] to [−B, B], the identity outside (Durkan, Bekasov, Murray,
 * Papamakarios 2019, section 3.1; Gregory and Delbourgo 1982). One spline an entry.
 *
 * Symbols: knots (x_k, y_k), k = 0 … K, from (−B, −B) to (B, B); δ_k the slope at a knot, 1 at both ends; for x in bin k:
 * w_k = x_{k+1} − x_k, h_k = y_{k+1} − y_k, s = h_k / w_k, ξ = (x − x_k) / w_k.
 */
export interface RationalQuadratic {
  /** Numbers that make one spline: K for widths, K for heights, K − 1 for slopes. */
  readonly numbers: number;
  /** y = g(x) and ln g′(x): rows × D by splines of rows × D × numbers. All zeros make the identity. */
  forward(x: Tensor, unconstrained: Tensor): { readonly y: Tensor; readonly logSlope: Tensor };
  /** The x with g(x) = y. */
  inverse(y: Tensor, unconstrained: Tensor): Tensor;
}

/** Splines of K = `bins` pieces on [−B, B], B = `bound`. Throws on no bins, more than 500, and no box. */
export function rationalQuadratic(bins: number, bound: number): RationalQuadratic {
  if (!(Number.isInteger(bins) && bins >= 1 && bins <= 500))
    throw new Error(`rationalQuadratic: bins: expected an integer in 1 … 500, got ${bins}`);
  if (!(bound > 0)) throw new Error(`rationalQuadratic: bound: expected a number > 0, got ${bound}`);
  return {
    numbers: 3 * bins - 1,
    forward(x, unconstrained) {
      const knots = knotsOf(unconstrained, bins, bound);
      const clamped = clamp(x, bound);
      const { xk, w, yk, h, left, right } = pieceAt(clamped, knots.x, knots);
      const s = divide(h, w);
      const xi = divide(subtract(clamped, xk), w);
      const [xi2, cross] = [square(xi), multiply(xi, subtract(1, xi))];
      const below = add(s, multiply(subtract(add(left, right), multiply(s, 2)), cross));
      // Eq. 4 and 5.
      const y = add(yk, divide(multiply(h, add(multiply(s, xi2), multiply(left, cross))), below));
      const slope = add(
        add(multiply(right, xi2), multiply(multiply(s, 2), cross)),
        multiply(left, square(subtract(1, xi))),
      );
      const logSlope = subtract(add(multiply(logarithm(s), 2), logarithm(slope)), multiply(logarithm(below), 2));
      const inside = lessOrEqual(absolute(x), bound);
      return { y: where(inside, y, x), logSlope: where(inside, logSlope, 0) };
    },
    inverse(y, unconstrained) {
      const knots = knotsOf(unconstrained, bins, bound);
      const clamped = clamp(y, bound);
      const { xk, w, yk, h, left, right } = pieceAt(clamped, knots.y, knots);
      const s = divide(h, w);
      const rise = subtract(clamped, yk);
      // Eq. 6 to 8: a ξ² + b ξ + c = 0, in the form that stays exact for small a.
      const bend = multiply(rise, subtract(add(left, right), multiply(s, 2)));
      const a = add(multiply(h, subtract(s, left)), bend);
      const b = subtract(multiply(h, left), bend);
      const c = negate(multiply(s, rise));
      const root = squareRoot(maximum(subtract(square(b), multiply(multiply(a, c), 4)), 0));
      const xi = divide(multiply(c, 2), subtract(negate(b), root));
      return where(lessOrEqual(absolute(y), bound), add(multiply(xi, w), xk), y);
    },
  };
}

type Axis = { readonly from: Tensor; readonly length: Tensor };
type Knots = { readonly x: Axis; readonly y: Axis; readonly slopes: Tensor };

/** Bins and slopes from unconstrained numbers, along the last axis. */
function knotsOf(unconstrained: Tensor, bins: number, bound: number): Knots {
  const axis = (from: number): Axis => {
    const shares = add(multiply(softmax(slice(unconstrained, -1, from, from + bins)), 1 - LEAST * bins), LEAST);
    const length = multiply(shares, 2 * bound);
    return { from: subtract(sumBefore(length, bins), bound), length };
  };
  // Slopes that begin at 1: softplus(z + ln(e^(1 − LEAST) − 1)) + LEAST at z = 0.
  const shift = Math.log(Math.expm1(1 - LEAST));
  const ends = expandLike(scalar(1, unconstrained.dtype), slice(unconstrained, -1, 0, 1));
  const inner = bins === 1 ? [] : [add(softplus(add(slice(unconstrained, -1, 2 * bins, 3 * bins - 1), shift)), LEAST)];
  return { x: axis(0), y: axis(bins), slopes: concatenate([ends, ...inner, ends], -1) };
}

/** What belongs to the bin that holds x, found along the axis in which x is measured. */
function pieceAt(x: Tensor, axis: Axis, { x: xs, y: ys, slopes }: Knots) {
  const bins = axis.from.shape[axis.from.shape.length - 1] as number;
  const inBin = oneHotBin(expandDims(x, -1), axis.from, bins);
  const at = (values: Tensor) => sum(multiply(inBin, values), -1);
  return {
    xk: at(xs.from),
    w: at(xs.length),
    yk: at(ys.from),
    h: at(ys.length),
    left: at(slice(slopes, -1, 0, bins)),
    right: at(slice(slopes, -1, 1, bins + 1)),
  };
}

/** 1 in the bin that holds x, 0 in the others: x is at or beyond its start, and not so for the next. */
function oneHotBin(x: Tensor, from: Tensor, bins: number): Tensor {
  const first = Array.from({ length: bins }, (_, k) => (k === 0 ? 1 : 0));
  if (bins === 1) return table(first, [1], x);
  const beyond = cast(greaterOrEqual(x, slice(from, -1, 1, bins)), x.dtype);
  const steps = Array.from({ length: (bins - 1) * bins }, (_, i) => {
    const [start, bin] = [Math.floor(i / bins) + 1, i % bins];
    return bin === start ? 1 : bin === start - 1 ? -1 : 0;
  });
  return add(matmul(beyond, table(steps, [bins - 1, bins], x)), table(first, [bins], x));
}

/** For each entry along the last axis the sum of those before it. */
function sumBefore(x: Tensor, size: number): Tensor {
  const before = Array.from({ length: size * size }, (_, i) => (Math.floor(i / size) < i % size ? 1 : 0));
  return matmul(x, table(before, [size, size], x));
}

function table(numbers: readonly number[], shape: readonly number[], like: Tensor): Tensor {
  return cast(constant(ndArray("float32", shape, Float32Array.from(numbers))), like.dtype);
}

function clamp(x: Tensor, bound: number): Tensor {
  return minimum(maximum(x, -bound), bound);
}
