import { checkSignal, InputError } from "../errors/index.ts";
import {
  constant,
  divide,
  exponential,
  input,
  multiply,
  ndArray,
  openGraph,
  product,
  square,
  sum,
} from "../graph/index.ts";
import { type Key, type Matrix, sample, stackRows, takeRows } from "../numeric/index.ts";
import { type Blocks, ownDeal, randomDeal } from "./deal.ts";
import type { TestContext } from "./samples.ts";
import { addOne, type TwoSampleResult } from "./two-sample-test.ts";

const MOST_ROWS = 2000;
const WIDTHS = 10;
/** Permutations that share a product. */
const TOGETHER = 256;
/** Products in float32 differ by so much, relative; what is closer counts as tied. */
const TIE = 1e-6;

/**
 * MMD-FUSE: the maximum mean discrepancy under 20 kernels at once (after Biggs, Schrab and Gretton 2023,
 * arXiv 2306.08777): Laplace e^(−√2 ‖x − y‖₁ / h) and Gaussian e^(−‖x − y‖₂² / (2 h²)), for either norm ten h from half the
 * 5 % to twice the 95 % quantile of positive pair distances.
 *
 * m_b = MMD²_b √(q (q − 1)) / √ΣK_b², q the smaller size; the statistic is ln mean_b e^(s m_b) / s with the
 * paper's sharpness s = √(q (q − 1)), nearly the largest m_b (s = 1 would be nearly their mean), ranked among permutations of
 * the pooled rows: exact if rows are exchangeable under the null. At most 2,000 rows a side, of more so many drawn at
 * random: memory is quadratic.
 *
 * **Differs from the paper:** kernels without their constants, and the normalization for unequal sizes. It gives no
 * place. Strong for dense cores (the window narrower than the reference in a spot). O(20 N² · permutations / 2).
 */
export async function mmdFuse(
  prepared: { readonly window: Matrix; readonly reference: Matrix; readonly blocks: Blocks | null },
  { permutations = 2000, key, signal, onProgress }: TestContext & { readonly permutations?: number },
): Promise<TwoSampleResult> {
  const { window, reference, blocks } = cut(prepared, key.for("cut"));
  const rows = stackRows(window, reference);
  const deals = Array.from({ length: permutations + 1 }, (_, i) =>
    i === 0
      ? ownDeal(rows.rows, window.rows)
      : randomDeal(rows.rows, window.rows, blocks, key.for("permutation").for(i)),
  );
  const q = Math.min(window.rows, reference.rows);
  const statistics = await fuse(rows, deals, { signal, onProgress, sharpness: Math.sqrt(q * (q - 1)) });
  return {
    method: "mmd-fuse",
    statistic: statistics[0],
    ...addOne(statistics[0], statistics.subarray(1), TIE),
    windowRows: window.rows,
    referenceRows: reference.rows,
    notes:
      window.rows < prepared.window.rows || reference.rows < prepared.reference.rows
        ? [
            `looked at ${window.rows} window rows and ${reference.rows} reference rows, drawn at random: its memory is quadratic`,
          ]
        : [],
  };
}

function cut({ window, reference, blocks }: { window: Matrix; reference: Matrix; blocks: Blocks | null }, key: Key) {
  const [d, r] = [
    sample(key.for("window"), window.rows, MOST_ROWS),
    sample(key.for("reference"), reference.rows, MOST_ROWS),
  ];
  const places =
    blocks && Uint32Array.from([...d, ...Array.from(r, (row) => window.rows + row)], (row) => blocks.places[row]);
  if (places === null) return { window: takeRows(window, d), reference: takeRows(reference, r), blocks: null };
  const names = new Map([...new Set(places)].map((place, i) => [place, i]));
  const ofWindow = new Set(places.subarray(0, d.length)).size;
  return {
    window: takeRows(window, d),
    reference: takeRows(reference, r),
    blocks: { count: names.size, ofWindow, places: places.map((place) => names.get(place)!) },
  };
}

/** The statistic of every deal of rows to two sides. */
export async function fuse(
  rows: Matrix,
  deals: readonly Uint8Array[],
  {
    signal,
    onProgress,
    sharpness = 1,
  }: Pick<TestContext, "signal" | "onProgress"> & { readonly sharpness?: number } = {},
): Promise<Float64Array> {
  const sums = new Array<number[]>(deals.length).fill([]).map((): number[] => []);
  const distances = pairDistances(rows);
  let done = 0;
  for (const norm of ["l1", "l2"] as const) {
    const values = distances[norm];
    const widths = bandwidths(values, rows.rows);
    using session = await openGraph(kernelSums(norm, values, rows.rows));
    for (const width of widths) {
      for (let from = 0; from < deals.length; from += TOGETHER) {
        await new Promise(setImmediate);
        checkSignal(signal, "discover");
        const some = deals.slice(from, from + TOGETHER);
        const sides = new Float32Array(some.length * rows.rows);
        some.forEach((deal, i) => {
          sides.set(deal, i * rows.rows);
        });
        const out = await session.run({
          sides: ndArray("float32", [some.length, rows.rows], sides),
          width: ndArray("float32", [], Float32Array.of(width)),
        });
        const [within, toAll] = [out["within"].data as Float32Array, out["toAll"].data as Float32Array];
        // Row by row, and the rest in float64: millions of terms summed in float32 lose what tells the samples apart.
        const [total, squares] = [out["total"], out["squares"]].map(({ data }) =>
          (data as Float32Array).reduce((a: number, b: number) => a + b, 0),
        );
        some.forEach((deal, i) => {
          sums[from + i].push(normalized(deal, within[i], toAll[i], total, squares));
        });
      }
      onProgress?.({ stage: "mmd-fuse", done: ++done, total: 2 * WIDTHS });
    }
  }
  return Float64Array.from(sums, (m) => logMeanExp(m.map((one) => sharpness * one)) / sharpness);
}

/** MMD² √(q (q − 1)) / √ΣK², from ΣK within the window, from it to all, and in all. */
function normalized(deal: Uint8Array, within: number, toAll: number, total: number, squares: number): number {
  const m = deal.reduce((a, b) => a + b, 0);
  const n = deal.length - m;
  const q = Math.min(m, n);
  const between = toAll - within;
  const beyond = total - 2 * toAll + within;
  const mmd = within / (m * (m - 1)) + beyond / (n * (n - 1)) - (2 * between) / (m * n);
  return (mmd * Math.sqrt(q * (q - 1))) / Math.sqrt(squares);
}

function logMeanExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, x) => sum + Math.exp(x - largest), 0) / values.length);
}

/** The sums over a kernel matrix with zero diagonal that deals ask for; distances are constants of the graph. */
function kernelSums(norm: "l1" | "l2", distances: Float32Array, n: number) {
  const sides = input("sides", "float32", ["deals", n]);
  const width = input("width", "float32", []);
  const apart = constant(ndArray("float32", [n, n], distances));
  const off = new Float32Array(n * n).fill(1);
  for (let i = 0; i < n; i++) off[i * (n + 1)] = 0;
  const exponent =
    norm === "l1" ? multiply(divide(apart, width), -Math.SQRT2) : multiply(square(divide(apart, width)), -0.5);
  const K = multiply(exponential(exponent), constant(ndArray("float32", [n, n], off)));
  const reached = product(sides, K);
  return {
    within: sum(multiply(reached, sides), 1),
    toAll: sum(reached, 1),
    total: sum(K, 1),
    squares: sum(square(K), 1),
  };
}

/** Ten widths, equally far apart, for the distances above 0. */
export function bandwidths(distances: Float32Array, n: number): readonly number[] {
  const above: number[] = [];
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) if (distances[i * n + j] > 0) above.push(distances[i * n + j]);
  if (above.length === 0) throw new InputError("discover: mmd-fuse: expected rows that differ, got equal ones alone");
  const sorted = Float64Array.from(above).sort();
  const low = sorted[Math.floor(0.05 * sorted.length)] / 2;
  const high = 2 * sorted[Math.floor(0.95 * sorted.length)];
  return Array.from({ length: WIDTHS }, (_, i) => low + ((high - low) * i) / (WIDTHS - 1));
}

/** ‖x − y‖₁ and ‖x − y‖₂ of all pairs, n × n each. O(n² d). */
function pairDistances({ rows: n, columns: d, values }: Matrix): {
  readonly l1: Float32Array;
  readonly l2: Float32Array;
} {
  const [l1, l2] = [new Float32Array(n * n), new Float32Array(n * n)];
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      let [first, second] = [0, 0];
      for (let c = 0, p = i * d, q = j * d; c < d; c++, p++, q++) {
        const difference = Math.abs(values[p] - values[q]);
        first += difference;
        second += difference * difference;
      }
      l1[i * n + j] = l1[j * n + i] = first;
      l2[i * n + j] = l2[j * n + i] = Math.sqrt(second);
    }
  return { l1, l2 };
}
