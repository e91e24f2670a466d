import {
  absolute,
  add,
  cast,
  divide,
  equal,
  float64,
  gather,
  lessOrEqual,
  logarithm,
  maximum,
  minimum,
  multiply,
  negate,
  type Operand,
  squareRoot,
  stepFunctions,
  subtract,
  type Tensor,
  where,
} from "../graph/index.ts";
import { columnOf, type Matrix, quantileSorted, sortedCopy, wichura } from "../numeric/index.ts";

const KNOTS = 1000;
const CLIP = 1e-7;

/**
 * Each column's empirical quantile as a standard normal number: z = Φ⁻¹(F(x)), |z| ≤ 5.2; float64 rows × d → rows × d.
 *
 * F interpolates between min(1000, n) equally spaced quantiles of the training rows; a tied value gets the middle of
 * its levels. At or below the smallest quantile F = 0, at or above the largest F = 1, and F is clipped to
 * [1e-7, 1 − 1e-7], so an atom at the smallest value maps to −5.2. Many to one at the ends and at ties: no inverse.
 * Source: the quantile transform of scikit-learn; Φ⁻¹ by Wichura's AS241 (1988), within 3e-15. O(n log n) a column.
 */
export function fitQuantileNormal(rows: Matrix): (x: Tensor) => Tensor {
  const knots = Array.from({ length: rows.columns }, (_, j) => knotsOf(columnOf(rows, j)));
  const table = (pick: (column: Knots) => Float64Array) => float64(knots.flatMap((column) => Array.from(pick(column))));
  const [left, base, slope, at] = [
    table((column) => column.left),
    table((column) => column.base),
    table((column) => column.slope),
    table((column) => column.at),
  ];
  let offset = 0;
  const places = knots.map(({ values }) => {
    const start = offset;
    offset += values.length + 1;
    return { thresholds: values, values: Float64Array.from({ length: values.length + 1 }, (_, i) => start + i) };
  });
  return (x) => {
    const interval = cast(stepFunctions(x, places, "<="), "int64");
    const from = gather(left, interval);
    const between = add(gather(base, interval), multiply(gather(slope, interval), subtract(x, from)));
    return normalQuantile(where(equal(x, from), gather(at, interval), between));
  };
}

/** Distinct quantiles of a column, and F on the interval that starts at each: at(left), base + slope · (x − left) after. */
interface Knots {
  readonly values: Float64Array;
  readonly left: Float64Array;
  readonly base: Float64Array;
  readonly slope: Float64Array;
  readonly at: Float64Array;
}

function knotsOf(column: Float64Array): Knots {
  const sorted = sortedCopy(column);
  const count = Math.min(KNOTS, sorted.length);
  const step = count > 1 ? 1 / (count - 1) : 0;
  const distinct: { value: number; first: number; last: number }[] = [];
  for (let i = 0; i < count; i++) {
    // Rounded as NumPy does (linspace, quantile), so that the reference's golden numbers hold to the last digit.
    const level = i === count - 1 && i > 0 ? 1 : i * step;
    const value = quantileSorted(sorted, level);
    const top = distinct[distinct.length - 1];
    if (top && top.value >= value) top.last = level;
    else distinct.push({ value, first: level, last: level });
  }
  const size = distinct.length + 1;
  const knots = {
    values: Float64Array.from(distinct, (knot) => knot.value),
    left: new Float64Array(size).fill(distinct[0].value),
    base: new Float64Array(size),
    slope: new Float64Array(size),
    at: new Float64Array(size),
  };
  distinct.forEach((knot, i) => {
    const next = distinct[i + 1];
    knots.left[i + 1] = knot.value;
    knots.base[i + 1] = next ? knot.last : 1;
    knots.slope[i + 1] = next ? (next.first - knot.last) / (next.value - knot.value) : 0;
    knots.at[i + 1] = i === 0 ? 0 : next ? (knot.first + knot.last) / 2 : 1;
  });
  return knots;
}

/** Φ⁻¹ of a probability clipped to [1e-7, 1 − 1e-7]. AS241 (PPND16); its far tail begins beyond 1e-11. */
function normalQuantile(p: Tensor): Tensor {
  const clipped = minimum(maximum(p, CLIP), 1 - CLIP);
  const q = subtract(clipped, 0.5);
  const middle = multiply(q, ratio(wichura.center, subtract(0.180625, multiply(q, q))));
  const r = squareRoot(negate(logarithm(minimum(clipped, subtract(1, clipped)))));
  const tail = ratio(wichura.shoulder, subtract(r, 1.6));
  return where(lessOrEqual(absolute(q), 0.425), middle, where(lessOrEqual(q, 0), negate(tail), tail));
}

/** A quotient of two polynomials by Horner's scheme, coefficients from the constant term up. */
function ratio([numerator, denominator]: readonly [readonly number[], readonly number[]], r: Tensor): Tensor {
  const horner = (coefficients: readonly number[]) =>
    coefficients.reduceRight<Operand>((value, coefficient) => add(multiply(value, r), coefficient), 0) as Tensor;
  return divide(horner(numerator), horner(denominator));
}
