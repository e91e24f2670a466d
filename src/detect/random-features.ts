import { affine, float64, maximum, minimum, multiply, sine, type Tensor } from "../graph/index.ts";
import { columnOf, type Key, type Matrix, matrix, normal, uniform } from "../numeric/index.ts";

/** What is drawn for D random features of d columns; the width of the kernel comes later. */
interface FeatureDraws {
  /** D × d standard normal numbers. */
  readonly directions: Matrix;
  /** D numbers from 0 to 2π. */
  readonly phases: Float64Array;
}

/** Values this many kernel widths 1 / √γ beyond all training rows are where the kernel is below e^−100. */
const REACH = 10;

/** D × d normal directions and D uniform phases, by key. */
export function drawFeatures(key: Key, columns: number, features: number): FeatureDraws {
  const [z, u] = [normal(key.for("directions")), uniform(key.for("phases"))];
  return {
    directions: matrix(features, columns, new Float64Array(features * columns).map(z)),
    phases: new Float64Array(features).map(() => 2 * Math.PI * u()),
  };
}

/**
 * Random Fourier features of the kernel exp(−γ |x − y|²): φ(x) = √(2/D) cos(W x + b) with W = √(2γ) times the
 * directions (Rahimi and Recht 2007, algorithm 1); float64 rows × d → rows × D. φ(x)·φ(y) is the kernel on average over
 * the draws, with a standard deviation of at most 1/√D.
 *
 * **Differs from the paper:** each column is first cut at 10 / √γ beyond the values of `rows`. The kernel to each of
 * these rows is below e^−100 there and stays so, and no phase is so large that its cosine depends on rounding.
 */
export function featureMap({ directions, phases }: FeatureDraws, gamma: number, rows: Matrix): (x: Tensor) => Tensor {
  const { rows: features, columns } = directions;
  const w = float64(
    directions.values.map((z) => Math.sqrt(2 * gamma) * z),
    [features, columns],
  );
  // cos t = sin(t + π/2), as sine is the primitive that is there.
  const b = float64(phases.map((phase) => phase + Math.PI / 2));
  const reach = REACH / Math.sqrt(gamma);
  const extremes = (pick: (a: number, b: number) => number) =>
    Array.from({ length: columns }, (_, j) => columnOf(rows, j).reduce((most, x) => pick(most, x)));
  const low = float64(extremes(Math.min).map((x) => x - reach));
  const high = float64(extremes(Math.max).map((x) => x + reach));
  return (x) =>
    multiply(sine(affine(minimum(maximum(x, low), high), w, b, { transposed: true })), Math.sqrt(2 / features));
}
