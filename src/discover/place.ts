import { type Matrix, rowOf } from "../numeric/index.ts";
import { type KernelValues, kernelValues } from "./kernel-values.ts";
import type { Kernels } from "./log-ratio.ts";
import { squaredDistance } from "./squared-distance.ts";

/** One kernel of the chosen level: what it says, and how far to trust it. Counts are of rows, soft at its edge. */
export interface KernelPlace {
  /** a: above 0 for an excess of window rows, below 0 for a deficit. */
  readonly amplitude: number;
  /** mu, in prepared columns. */
  readonly center: Float64Array;
  /** Σ_D g: window rows in the kernel. */
  readonly observed: number;
  /** w Σ_R g: rows that the reference has there. */
  readonly expected: number;
  /** (observed − expected) / √((1 + w) w Σ_R g²): descriptive, for the kernel was placed by looking. 99 at most. */
  readonly z: number;
  /** Σ_D p (1 − e^−f): window rows in surplus here; below 0 in a deficit. */
  readonly explained: number;
  /** w Σ_R p (e^f − 1): the same from the reference's side. */
  readonly modeled: number;
  /** Strong enough, and with rows in reach. */
  readonly active: boolean;
  /** The stronger kernel of the same sign within half a width of it, by place in the list; null for none. */
  readonly within: number | null;
  /** The window row nearest to the center, and how far it is, in widths. */
  readonly nearest: { readonly row: number; readonly widths: number };
  /** Per prepared column: the mean of window rows weighed by g, less the mean of the reference, in its deviations. */
  readonly shifts: Float64Array;
  /** The rows that carry most: window rows for an excess, reference rows for a deficit; strongest first. */
  readonly rows: readonly PlacedRow[];
}

/** A row and what it carries. */
export interface PlacedRow {
  readonly row: number;
  /** a g of one kernel, or f overall. */
  readonly value: number;
  /** max(0, 1 − e^−f): the chance, under the model, that a window row belongs to the surplus. */
  readonly surplus: number;
}

/** Where window and reference differ, by the kernels of one level. */
export interface Place {
  /** By what each explains alone, most first: of −2 L, with its amplitude as fitted among the others. */
  readonly kernels: readonly KernelPlace[];
  readonly active: number;
  /** Σ explained and Σ modeled: the fitted surplus from both sides; far apart, the fit is loose. */
  readonly surplus: { readonly window: number; readonly model: number; readonly loose: boolean };
  /** f of every window row: higher is more of the window's than of the reference's. */
  readonly logRatios: Float64Array;
  /** a g of every kernel at every window row, kernels in the order listed: n × M. */
  readonly contributions: Float64Array;
  /** Window rows of the highest f. */
  readonly highest: readonly PlacedRow[];
  /** Reference rows of the lowest f: what the window lacks. */
  readonly lowest: readonly PlacedRow[];
}

const LEAST_AMPLITUDE = 0.05;
const LEAST_ROWS = 1;
/** Where the reference has next to nothing z has no bound, nor meaning. */
const MOST_Z = 99;
const TOP_ROWS = 10;
/** Sides of the surplus further apart than this factor make a loose fit. */
const LOOSE = 2;

/** The place of kernels among prepared rows of window and reference (weight w each). O((N_D + N_R) M d). */
export async function placeOf(
  window: Matrix,
  reference: Matrix,
  weight: number,
  kernels: Kernels,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Place> {
  const [ofD, ofR] = [await kernelValues(window, kernels, options), await kernelValues(reference, kernels, options)];
  const M = kernels.centers.rows;
  const sums = Array.from({ length: M }, (_, i) => sumsOf(i, kernels.amplitudes[i], M, ofD, ofR, weight));
  const gain = (i: number) => 2 * (kernels.amplitudes[i] * sums[i].observed - sums[i].raised);
  const order = sums.map((_, i) => i).sort((a, b) => gain(b) - gain(a));
  const strongest = Math.max(...kernels.amplitudes.map(Math.abs));
  const means = columnMoments(reference);
  const listed = order.map((i): KernelPlace => {
    const amplitude = kernels.amplitudes[i];
    const { observed, expected, squares, explained, modeled } = sums[i];
    return {
      amplitude,
      center: rowOf(kernels.centers, i).slice(),
      observed,
      expected,
      z: squares > 0 ? Math.min((observed - expected) / Math.sqrt((1 + weight) * weight * squares), MOST_Z) : 0,
      explained,
      modeled,
      active: Math.abs(amplitude) >= LEAST_AMPLITUDE * strongest && observed + expected >= LEAST_ROWS,
      within: mergedInto(i, order, kernels),
      nearest: nearestRow(window, kernels, i),
      shifts: shiftsOf(window, ofD.gated, i, M, means),
      rows: amplitude >= 0 ? topRows(ofD, i, M, amplitude, 1) : topRows(ofR, i, M, amplitude, -1),
    };
  });
  const total = (of: (sums: Sums) => number) => sums.reduce((sum, own) => sum + of(own), 0);
  const [seen, model] = [total(({ explained }) => explained), total(({ modeled }) => modeled)];
  const contributions = new Float64Array(window.rows * M);
  for (let n = 0; n < window.rows; n++)
    order.forEach((i, at) => {
      contributions[n * M + at] = kernels.amplitudes[i] * ofD.gated[n * M + i];
    });
  return {
    kernels: listed,
    active: listed.filter(({ active }) => active).length,
    surplus: { window: seen, model, loose: !(seen / model <= LOOSE && seen / model >= 1 / LOOSE) },
    logRatios: ofD.logRatios,
    contributions,
    highest: rowsBy(ofD.logRatios, ofD.logRatios, 1),
    lowest: rowsBy(ofR.logRatios, ofR.logRatios, -1).filter(({ value }) => value < 0),
  };
}

interface Sums {
  readonly observed: number;
  readonly expected: number;
  readonly squares: number;
  readonly explained: number;
  readonly modeled: number;
  /** w Σ_R (e^(a g) − 1) of the kernel alone. */
  readonly raised: number;
}

function sumsOf(i: number, amplitude: number, M: number, ofD: KernelValues, ofR: KernelValues, w: number): Sums {
  let [observed, explained, expected, squares, modeled, raised] = [0, 0, 0, 0, 0, 0];
  for (let n = 0; n < ofD.logRatios.length; n++) {
    observed += ofD.gated[n * M + i];
    explained -= ofD.shares[n * M + i] * Math.expm1(-ofD.logRatios[n]);
  }
  for (let n = 0; n < ofR.logRatios.length; n++) {
    const g = ofR.gated[n * M + i];
    expected += w * g;
    squares += g * g;
    raised += w * Math.expm1(amplitude * g);
    modeled += w * ofR.shares[n * M + i] * Math.expm1(ofR.logRatios[n]);
  }
  return { observed, expected, squares, explained, modeled, raised };
}

/** The first kernel before this one in the order that has its sign and stands within half a width. */
function mergedInto(i: number, order: readonly number[], { centers, amplitudes, width }: Kernels): number | null {
  const before = order.slice(0, order.indexOf(i));
  const at = before.findIndex(
    (j) =>
      Math.sign(amplitudes[j]) === Math.sign(amplitudes[i]) &&
      squaredDistance(centers, i, centers, j) < (width / 2) ** 2,
  );
  return at < 0 ? null : at;
}

function nearestRow(window: Matrix, { centers, width }: Kernels, i: number): KernelPlace["nearest"] {
  let [row, least] = [0, Number.POSITIVE_INFINITY];
  for (let n = 0; n < window.rows; n++) {
    const squared = squaredDistance(window, n, centers, i);
    if (squared < least) [row, least] = [n, squared];
  }
  return { row, widths: Math.sqrt(least) / width };
}

function columnMoments({ rows, columns: d, values }: Matrix) {
  const [mean, deviation] = [new Float64Array(d), new Float64Array(d)];
  values.forEach((x, at) => {
    mean[at % d] += x / rows;
  });
  values.forEach((x, at) => {
    deviation[at % d] += (x - mean[at % d]) ** 2 / rows;
  });
  // A column that the reference has one value of keeps its prepared unit; rounding makes 1e-17 of its variance.
  return { mean, deviation: deviation.map((variance) => (variance > 1e-18 ? Math.sqrt(variance) : 1)) };
}

function shiftsOf(
  { rows, columns: d, values }: Matrix,
  gated: Float64Array,
  i: number,
  M: number,
  { mean, deviation }: { mean: Float64Array; deviation: Float64Array },
): Float64Array {
  const out = new Float64Array(d);
  let total = 0;
  for (let n = 0; n < rows; n++) {
    const g = gated[n * M + i];
    total += g;
    for (let j = 0; j < d; j++) out[j] += g * values[n * d + j];
  }
  return out.map((sum, j) => (total > 0 ? (sum / total - mean[j]) / deviation[j] : 0));
}

function topRows({ gated, logRatios }: KernelValues, i: number, M: number, amplitude: number, sign: 1 | -1) {
  const pulls = Float64Array.from({ length: logRatios.length }, (_, n) => amplitude * gated[n * M + i]);
  return rowsBy(pulls, logRatios, sign).filter(({ value }) => value !== 0);
}

function rowsBy(values: Float64Array, logRatios: Float64Array, sign: 1 | -1): readonly PlacedRow[] {
  return Array.from(values, (value, row) => ({ row, value, surplus: Math.max(0, -Math.expm1(-logRatios[row])) }))
    .sort((a, b) => sign * (b.value - a.value))
    .slice(0, TOP_ROWS);
}
