import { checkSignal } from "../../errors/index.ts";
import { constant, input, max, ndArray, openGraph, overRows, type Tensor } from "../../graph/index.ts";
import { type Key, type Matrix, quantileSorted, sample, sliceRows, takeRows } from "../../numeric/index.ts";
import { nearestDistances, rowsAtOnce } from "../nearest.ts";

export interface NearnessOptions {
  /** Which neighbor's distance is taken: the 5th when left out; the last where there are fewer. */
  readonly k?: number;
  /** Rows that distances are taken to, drawn by key: 2,000 when left out. */
  readonly maxRows?: number;
  /** Where among normal distances the threshold lies: their median (½) when left out. */
  readonly quantile?: number;
  readonly key: Key;
  readonly signal?: AbortSignal | undefined;
}

/** How far rows lie from normal ones. Dispose of it when done: it holds a compiled graph. */
export interface Nearness {
  /** The quantile of the distances among normal rows, each left out of its own search. */
  readonly threshold: number;
  /** The distance of each row to the k-th nearest normal one, n × d → n. */
  distances(rows: Matrix): Promise<Float64Array>;
  /** 1 where that is the threshold at least, so that the row does not lie among normal ones; else 0. */
  outside(rows: Matrix): Promise<Uint8Array>;
  [Symbol.dispose](): void;
}

/**
 * Distances to normal rows, n × d, n ≥ 2, Euclidean, by the exact search of `knn`, in blocks, on this thread. Some 1 ns a
 * pair of rows of few columns, 20 MB. Throws Interrupted when the signal fires, between blocks.
 */
export async function nearnessTo(rows: Matrix, options: NearnessOptions): Promise<Nearness> {
  const { maxRows = 2000, quantile = 0.5, key, signal } = options;
  const reference = takeRows(rows, sample(key, rows.rows, maxRows));
  const k = Math.min(options.k ?? 5, reference.rows - 1);
  const stored = constant(ndArray("float64", [reference.rows, rows.columns], reference.values));
  const chunk = rowsAtOnce(reference.rows);
  const kth = (x: Tensor, k: number) => max(nearestDistances(x, stored, k), 1);
  // A row of the reference is itself the nearest, at 0.
  const others = await overRows((x) => kth(x, k + 1), reference, { chunk, signal, workers: 0 });
  const threshold = quantileSorted(others.sort(), quantile);
  const session = await openGraph({ kth: kth(input("x", "float64", ["rows", rows.columns]), k) });
  const distances = async (of: Matrix) => {
    const out = new Float64Array(of.rows);
    for (let from = 0; from < of.rows; from += chunk) {
      checkSignal(signal, "outliers");
      const { rows, columns, values } = sliceRows(of, from, Math.min(of.rows, from + chunk));
      const { kth } = await session.run({ x: ndArray("float64", [rows, columns], values) });
      out.set(kth.data as Float64Array, from);
    }
    return out;
  };
  return {
    threshold,
    distances,
    async outside(of) {
      return Uint8Array.from(await distances(of), (distance) => (distance >= threshold ? 1 : 0));
    },
    [Symbol.dispose]: () => session[Symbol.dispose](),
  };
}
