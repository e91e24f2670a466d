import { fromNumbers } from "../nd-array.ts";
import { knownSize } from "../shape.ts";
import { describeTensor, type Tensor } from "../tensor.ts";
import { add, maximum, multiply } from "./elementwise.ts";
import { gather } from "./gather.ts";
import { constant, int64 } from "./leaf.ts";
import { pad } from "./pad.ts";
import { matmul } from "./product.ts";
import { type SlidingOptions, slidingOver } from "./sliding.ts";

/** Up to here a product with a constant matrix is faster than picking entries one by one. */
const LARGEST_PRODUCT = 256;

export interface PoolOptions extends Pick<SlidingOptions, "strides" | "pads"> {
  /** How many entries each window holds along each axis. */
  readonly kernel: number | readonly number[];
}

/** The windows along one axis: where each begins and ends, cut off at the edges of the array. */
type Windows = readonly { readonly from: number; readonly to: number }[];

/**
 * The largest entry of each window: N × C × L → N × C × P, or N × C × H × W likewise, P as in `conv`. Windows lie side
 * by side unless `strides` says otherwise; pads hold nothing. Among equals the gradient goes to the first. An infinity
 * may make NaN of a row: entries are picked by products with 0 and 1. Throws where a window would lie outside the array.
 */
export function maxPool(x: Tensor, options: PoolOptions): Tensor {
  return windowsOf("maxPool", x, options).reduce((rest, { axis, windows, kernel }) => {
    // The i-th entry of each window, the last one again where the edge cuts it off: equals change no maximum.
    const entries = Array.from({ length: kernel }, (_, i) =>
      pick(
        rest,
        axis,
        windows.map(({ from, to }) => Math.min(from + i, to - 1)),
      ),
    );
    return entries.reduce((most, entry) => maximum(most, entry));
  }, x);
}

/** The mean of each window, over the entries that are there: shapes, windows and errors as in `maxPool`. */
export function averagePool(x: Tensor, options: PoolOptions): Tensor {
  return windowsOf("averagePool", x, options).reduce((rest, { axis, windows, kernel }) => {
    const size = rest.shape[axis] as number;
    if (size > LARGEST_PRODUCT) return meanOfEntries(rest, axis, windows, kernel);
    const weight = (entry: number, { from, to }: Windows[number]) =>
      from <= entry && entry < to ? 1 / (to - from) : 0;
    if (axis === rest.shape.length - 1)
      return matmul(
        rest,
        matrix(rest, size, windows.length, (i, j) => weight(i, windows[j])),
      );
    return matmul(
      matrix(rest, windows.length, size, (i, j) => weight(j, windows[i])),
      rest,
    );
  }, x);
}

function windowsOf(who: string, x: Tensor, options: PoolOptions) {
  const axes = x.shape.length - 2;
  if ((axes !== 1 && axes !== 2) || (x.dtype !== "float32" && x.dtype !== "float64"))
    throw new Error(`${who}: expected floats of rows × channels × one or two axes, got ${describeTensor(x)}`);
  const kernels = typeof options.kernel === "number" ? new Array<number>(axes).fill(options.kernel) : options.kernel;
  const { strides, before, after } = slidingOver(axes, { ...options, strides: options.strides ?? kernels });
  const expect = (what: string, list: readonly number[], least: number) => {
    if (list.length !== axes || !list.every((n) => Number.isSafeInteger(n) && n >= least))
      throw new Error(`${who}: ${what}: expected ${axes} integers ≥ ${least}, got [${list}]`);
  };
  expect("kernel", kernels, 1);
  expect("strides", strides, 1);
  expect("pads", before, 0);
  expect("pads", after, 0);
  // The last axis last: whatever is picked there is small by then.
  return kernels.map((kernel, i) => {
    const size = knownSize(who, x.shape[i + 2]);
    const places = Math.floor((before[i] + size + after[i] - kernel) / strides[i]) + 1;
    const windows = Array.from({ length: Math.max(0, places) }, (_, place) => {
      const start = place * strides[i] - before[i];
      return { from: Math.max(0, start), to: Math.min(size, start + kernel) };
    });
    if (places < 1 || !windows.every(({ from, to }) => from < to))
      throw new Error(
        `${who}: axis ${i + 2}: expected windows that touch ${size} entries, got kernel ${kernel}, stride ${strides[i]}, pads ${before[i]}, ${after[i]}`,
      );
    return { axis: i + 2, windows, kernel };
  });
}

/** Entries along an axis: by blocks where it is not the last, by a product where it is short, else one by one. */
function pick(x: Tensor, axis: number, indices: readonly number[]): Tensor {
  const size = x.shape[axis] as number;
  if (axis < x.shape.length - 1 || size > LARGEST_PRODUCT) return gather(x, int64(indices), axis);
  return matmul(
    x,
    matrix(x, size, indices.length, (i, j) => (indices[j] === i ? 1 : 0)),
  );
}

function meanOfEntries(x: Tensor, axis: number, windows: Windows, kernel: number): Tensor {
  const size = x.shape[axis] as number;
  const padded = pad(x, { [axis]: [0, 1] });
  const entries = Array.from({ length: kernel }, (_, i) =>
    gather(padded, int64(windows.map(({ from, to }) => (from + i < to ? from + i : size))), axis),
  );
  const shape = x.shape.slice(axis).map((_, i) => (i === 0 ? windows.length : 1));
  const shares = constant(
    fromNumbers(
      x.dtype,
      shape,
      windows.map(({ from, to }) => 1 / (to - from)),
    ),
  );
  return multiply(
    entries.reduce((total, entry) => add(total, entry)),
    shares,
  );
}

function matrix(like: Tensor, rows: number, columns: number, entry: (i: number, j: number) => number): Tensor {
  const entries = Array.from({ length: rows * columns }, (_, at) => entry(Math.floor(at / columns), at % columns));
  return constant(fromNumbers(like.dtype, [rows, columns], entries));
}
