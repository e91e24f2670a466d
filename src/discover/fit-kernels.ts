import { Interrupted } from "../errors/index.ts";
import {
  exponential,
  input,
  multiply,
  type NdArray,
  ndArray,
  openGraph,
  type Session,
  subtract,
  sum,
} from "../graph/index.ts";
import { type Matrix, matrix } from "../numeric/index.ts";
import type { Annealing } from "./annealing.ts";
import { kernelAdam, kernelStep, parameterCount, type StepSettings, type StepSizes } from "./kernel-step.ts";
import { expandedRows, type Kernels, logRatios } from "./log-ratio.ts";

/** Fits that share rows. */
export interface FitBatch {
  /** Prepared rows, or the middles of cells: n × d. */
  readonly rows: Matrix;
  /** How much each row counts in the window: fits × n. */
  readonly window: Float64Array;
  /** How much each row counts in the reference, times w: fits × n. */
  readonly reference: Float64Array;
  /** Where kernels start: fits matrices of M × d. */
  readonly starts: readonly Matrix[];
  /** The widths of each fit; all have the same number of steps and levels. */
  readonly annealings: readonly Annealing[];
}

/** One kernel without the others. */
export interface Alone {
  /** t = −2 L with f = a k, at the amplitude that fits best; never below 0. */
  readonly statistic: number;
  /** The kernel, with that amplitude. */
  readonly kernels: Kernels;
}

/** One level of one fit. */
export interface Level {
  /** t = −2 L as it was computed, without the penalty, in doubles; NaN or below 0 where the fit failed. */
  readonly statistic: number;
  readonly kernels: Kernels;
  /** The strongest of the kernels without the others; left out where it was not asked for. */
  readonly alone?: Alone;
}

/** A compiled fit for batches of one size. Dispose of it when done. */
export interface KernelFitter {
  readonly sizes: StepSizes;
  /** Fits a batch; the levels of each fit. Throws Interrupted when the signal fires, between steps. */
  fit(batch: FitBatch, signal?: { readonly aborted: boolean }): Promise<readonly (readonly Level[])[]>;
  [Symbol.dispose](): void;
}

/** Steps between two looks at the signal: calls block the thread, so timers and signals get their turn here. */
const STEPS_BETWEEN_LOOKS = 25;

/**
 * Compiles Adam, full batch, on centers and amplitudes of `fits` fits at once; amplitudes start at 0. A step is one
 * call; float32, while statistics are summed in float64. Some 0.05 s.
 */
export async function compileKernelFitter(
  sizes: StepSizes,
  { rate, ...settings }: StepSettings & { readonly rate: number },
): Promise<KernelFitter> {
  const { fits, kernels, columns } = sizes;
  const step = await openGraph(kernelStep(sizes, settings));
  const read = await openGraph(statistics(sizes));
  const size = fits * parameterCount(sizes);
  const states = [0, 1].map(() => [0, 1, 2].map(() => new Float32Array(size)));
  const scalars = new Float32Array(3);
  const scale = new Float32Array(fits);
  let last: { readonly rows: Matrix; readonly expanded: Matrix; readonly single: Float32Array } | null = null;

  return Object.freeze({
    sizes,
    async fit({ rows, window, reference, starts, annealings }: FitBatch, signal?: { readonly aborted: boolean }) {
      if (last?.rows !== rows) {
        const expanded = expandedRows(rows);
        last = { rows, expanded, single: Float32Array.from(expanded.values) };
      }
      const { expanded, single } = last;
      const n = rows.rows;
      for (const vectors of states) for (const vector of vectors) vector.fill(0);
      starts.forEach(({ values }, b) => {
        states[0][0].set(values, b * kernels * columns);
      });
      const fixed = {
        rows: ndArray("float32", [n, columns + 2], single),
        window: ndArray("float32", [fits, n], Float32Array.from(window)),
        reference: ndArray("float32", [fits, n], Float32Array.from(reference)),
        scale: ndArray("float32", [fits, 1, 1], scale),
        scalars: ndArray("float32", [3], scalars),
      };
      const calls = [0, 1].map((from) =>
        step.bind({ ...fixed, ...named(states[from], "") }, named(states[1 - from], "'")),
      );
      const levels: Level[][] = starts.map(() => []);
      const { reads, widths } = annealings[0];
      for (let s = 1, level = 0; s <= widths.length; s++) {
        if (s % STEPS_BETWEEN_LOOKS === 0) {
          await new Promise(setImmediate);
          if (signal?.aborted) throw new Interrupted("discover: interrupted");
        }
        annealings.forEach((own, b) => {
          scale[b] = 1 / (2 * own.widths[s - 1] ** 2);
        });
        scalars.set(kernelAdam.scalars(s, { rate }));
        await calls[(s - 1) % 2]();
        if (s !== reads[level]) continue;
        level++;
        const trained = Float64Array.from(states[s % 2][0]);
        const exact = Float64Array.from(annealings, (own) => 1 / (2 * own.widths[s - 1] ** 2));
        const t = await statisticsOf(read, sizes, { expanded, window, reference, trained, scale: exact });
        starts.forEach((_, b) => {
          const width = annealings[b].widths[s - 1];
          levels[b].push({ statistic: t[b], kernels: kernelsOf(trained, sizes, b, width) });
        });
      }
      return levels;
    },
    [Symbol.dispose]() {
      step[Symbol.dispose]();
      read[Symbol.dispose]();
    },
  });
}

/** The state's vectors under the names of the graph. */
function named(vectors: readonly Float32Array[], prime: string): Record<string, NdArray> {
  return Object.fromEntries(
    ["trained", "slot0", "slot1"].map((name, i) => [
      `${name}${prime}`,
      ndArray("float32", [vectors[i].length], vectors[i]),
    ]),
  );
}

/** The kernels of fit b in the flat vector of all. */
function kernelsOf(trained: Float64Array, { fits, kernels, columns }: StepSizes, b: number, width: number): Kernels {
  const [places, each] = [fits * kernels * columns, kernels * columns];
  return {
    centers: matrix(kernels, columns, trained.slice(b * each, (b + 1) * each)),
    amplitudes: trained.slice(places + b * kernels, places + (b + 1) * kernels),
    width,
  };
}

/** t = −2 L of several fits, in float64. */
function statistics({ fits, kernels, columns }: StepSizes) {
  const rows = input("rows", "float64", ["rows", columns + 2]);
  const window = input("window", "float64", [fits, "rows"]);
  const reference = input("reference", "float64", [fits, "rows"]);
  const centers = input("centers", "float64", [fits * kernels, columns]);
  const amplitudes = input("amplitudes", "float64", [fits, kernels, 1]);
  const scale = input("scale", "float64", [fits, 1, 1]);
  const { f } = logRatios(rows, centers, amplitudes, scale, { fits, kernels });
  const loss = subtract(sum(multiply(reference, subtract(exponential(f), 1)), 1), sum(multiply(window, f), 1));
  return { t: multiply(loss, -2) };
}

async function statisticsOf(
  session: Session,
  { fits, kernels, columns }: StepSizes,
  given: {
    readonly expanded: Matrix;
    readonly window: Float64Array;
    readonly reference: Float64Array;
    readonly trained: Float64Array;
    readonly scale: Float64Array;
  },
): Promise<Float64Array> {
  const { expanded, window, reference, trained, scale } = given;
  const [n, places] = [expanded.rows, fits * kernels * columns];
  const { t } = await session.run({
    rows: ndArray("float64", [n, columns + 2], expanded.values),
    window: ndArray("float64", [fits, n], window),
    reference: ndArray("float64", [fits, n], reference),
    centers: ndArray("float64", [fits * kernels, columns], trained.slice(0, places)),
    amplitudes: ndArray("float64", [fits, kernels, 1], trained.slice(places)),
    scale: ndArray("float64", [fits, 1, 1], scale),
  });
  return (t.data as Float64Array).slice();
}
