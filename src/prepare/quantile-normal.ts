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
  squareRoot,
  stepFunctions,
  subtract,
  type Tensor,
  where,
} from "../graph/index.ts";
import { columnOf, type Matrix } from "../numeric/index.ts";

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
  const sorted = column.slice().sort();
  const count = Math.min(KNOTS, sorted.length);
  const step = count > 1 ? 1 / (count - 1) : 0;
  const distinct: { value: number; first: number; last: number }[] = [];
  for (let i = 0; i < count; i++) {
    const level = i === count - 1 && i > 0 ? 1 : i * step;
    const position = level * (sorted.length - 1);
    const below = sorted[Math.floor(position)];
    const value = below + (sorted[Math.ceil(position)] - below) * (position - Math.floor(position));
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
  const middle = multiply(q, ratio(CENTRAL, subtract(0.180625, multiply(q, q))));
  const r = squareRoot(negate(logarithm(minimum(clipped, subtract(1, clipped)))));
  const tail = ratio(TAIL, subtract(r, 1.6));
  return where(lessOrEqual(absolute(q), 0.425), middle, where(lessOrEqual(q, 0), negate(tail), tail));
}

/** A quotient of two polynomials by Horner's scheme, highest power first. */
function ratio([numerator, denominator]: readonly [readonly number[], readonly number[]], r: Tensor): Tensor {
  const horner = ([first, second, ...rest]: readonly number[]) =>
    rest.reduce((value, coefficient) => add(multiply(value, r), coefficient), add(multiply(r, first), second));
  return divide(horner(numerator), horner(denominator));
}

const CENTRAL = [
  [
    2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125,
    1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
  ],
  [
    5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077,
    687.1870074920579083, 42.313330701600911252, 1,
  ],
] as const;

const TAIL = [
  [
    7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
    3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
  ],
  [
    1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
    0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1,
  ],
] as const;
