import { type Matrix, matrix, rowOf } from "../numeric/index.ts";
import type { Alone, FitBatch, Level } from "./fit-kernels.ts";
import type { StepSettings } from "./kernel-step.ts";
import type { Kernels } from "./log-ratio.ts";

/** What each row counts for on either side, in one fit of a batch: n each. */
export interface RowCounts {
  readonly window: Float64Array;
  readonly reference: Float64Array;
}

/** Adds to each level of each fit of a batch its strongest kernel alone. */
export function withStrongest(
  { rows, window, reference }: Pick<FitBatch, "rows" | "window" | "reference">,
  fits: readonly (readonly Level[])[],
  settings: Pick<StepSettings, "ridge" | "clip">,
): readonly (readonly Level[])[] {
  const n = rows.rows;
  const of = (weights: Float64Array, b: number) => weights.subarray(b * n, (b + 1) * n);
  return fits.map((levels, b) => {
    const counts = { window: of(window, b), reference: of(reference, b) };
    return levels.map((level) => ({ ...level, alone: strongestAlone(rows, counts, level.kernels, settings) }));
  });
}

/**
 * The kernel that explains most alone: each stays where it is and loses its gate, and its amplitude is fitted anew, the
 * least of L + lambda a² with f = a k. The joint statistic has the noise that all kernels fit; this one that of one
 * kernel, so a single clump stands out of it more. Float64, on this thread. O(n M (d + steps of Newton)), some 5.
 */
export function strongestAlone(
  rows: Matrix,
  counts: RowCounts,
  { centers, width }: Kernels,
  { ridge, clip }: Pick<StepSettings, "ridge" | "clip">,
): Alone {
  let best: Alone | null = null;
  for (let i = 0; i < centers.rows; i++) {
    const center = rowOf(centers, i);
    const k = kernelAt(rows, center, width);
    const { amplitude, statistic } = fitAmplitude(k, counts, ridge, clip);
    if (best !== null && !(statistic > best.statistic)) continue;
    const kernels = {
      centers: matrix(1, centers.columns, center.slice()),
      amplitudes: Float64Array.of(amplitude),
      width,
    };
    best = { statistic, kernels };
  }
  return best!;
}

/** e^(−‖x − mu‖² / (2 sigma²)) of each row. */
function kernelAt({ rows: n, columns: d, values }: Matrix, center: Float64Array, width: number): Float64Array {
  const scale = -1 / (2 * width * width);
  const out = new Float64Array(n);
  for (let i = 0, at = 0; i < n; i++) {
    let squared = 0;
    for (let j = 0; j < d; j++, at++) squared += (values[at] - center[j]) ** 2;
    out[i] = Math.exp(scale * squared);
  }
  return out;
}

const MOST_STEPS = 30;
/** A step of Newton goes no further than this: from far left of the minimum it would leave the range. */
const LONGEST = 1;
const CLOSE = 1e-6;
/** Rows with less of the kernel than this carry nothing. */
const NEGLIGIBLE = 1e-9;

/** The a within ± clip of least Σ r (e^(a k) − 1) − a Σ c k + ridge a², which is convex, by Newton's method from 0; and −2 L there. */
function fitAmplitude(
  k: Float64Array,
  { window, reference }: RowCounts,
  ridge: number,
  clip: number,
): { readonly amplitude: number; readonly statistic: number } {
  let inside = 0;
  const places: number[] = [];
  for (let i = 0; i < k.length; i++) {
    if (!(k[i] > NEGLIGIBLE)) continue;
    inside += window[i] * k[i];
    if (reference[i] > 0) places.push(i);
  }
  let a = 0;
  for (let step = 0; step < MOST_STEPS; step++) {
    let [slope, bend] = [2 * ridge * a - inside, 2 * ridge];
    for (const i of places) {
      const part = reference[i] * Math.exp(a * k[i]) * k[i];
      slope += part;
      bend += part * k[i];
    }
    const wanted = bend > 0 ? -slope / bend : Math.sign(-slope) * LONGEST;
    const next = Math.max(-clip, Math.min(clip, a + Math.max(-LONGEST, Math.min(LONGEST, wanted))));
    const moved = Math.abs(next - a);
    a = next;
    if (!(moved > CLOSE)) break;
  }
  let loss = -a * inside;
  for (const i of places) loss += reference[i] * Math.expm1(a * k[i]);
  return { amplitude: a, statistic: Math.max(0, -2 * loss) };
}
