import type { Binned, Cuts } from "./bins.ts";

/** Sums by bin: of bin b of column j, entry 3 (offsets[j] + b) is Σ gradient, the next Σ hessian, the next the rows. */
export interface Histograms {
  /** Columns that vary. */
  readonly columns: Int32Array;
  /** Where each of these columns begins, and the end. */
  readonly offsets: Int32Array;
  at(slot: number): Float64Array;
  /** Which of these columns take part from now on, 1 or 0 each. */
  readonly active: Uint8Array;
  /** Gradients and hessians to sum from now on. */
  reset(gradients: Float64Array, hessians: Float64Array): void;
  /** A histogram that no leaf uses. */
  take(): number;
  release(slot: number): void;
  /** Sums over the rows from … to of `order`. */
  sum(slot: number, order: Int32Array, from: number, to: number): void;
  /** Takes the other's sums away. */
  subtract(slot: number, other: number): void;
}

/** Room for histograms of binned rows, made when first needed and used again. A sum is O(rows · columns + bins). */
export function histogramsOf({ rows: n, codes }: Binned, { thresholds }: Cuts): Histograms {
  const columns = Int32Array.from([...thresholds.keys()].filter((j) => varies(codes.subarray(j * n, (j + 1) * n))));
  const offsets = new Int32Array(columns.length + 1);
  // Bins of numbers, and one for missing ones whether there are any or not.
  columns.forEach((j, c) => {
    offsets[c + 1] = offsets[c] + thresholds[j].length + 2;
  });
  const bins = offsets[columns.length];
  const active = new Uint8Array(columns.length).fill(1);
  const all: Float64Array[] = [];
  const free: number[] = [];
  const someGradients = new Float64Array(n);
  const someHessians = new Float64Array(n);
  let gradients: Float64Array = someGradients;
  let hessians: Float64Array = someHessians;
  return {
    columns,
    offsets,
    active,
    at: (slot) => all[slot],
    reset(g, h) {
      gradients = g;
      hessians = h;
    },
    take: () => free.pop() ?? all.push(new Float64Array(3 * bins)) - 1,
    release: (slot) => void free.push(slot),
    sum(slot, order, from, to) {
      const sums = all[slot];
      sums.fill(0);
      const count = to - from;
      const whole = count === n;
      for (let i = 0; i < count; i++) {
        const row = order[from + i];
        someGradients[i] = gradients[row];
        someHessians[i] = hessians[row];
      }
      for (let c = 0; c < columns.length; c++) {
        if (active[c] === 0) continue;
        const start = columns[c] * n;
        if (whole) addWhole(sums, 3 * offsets[c], codes, start, someGradients, someHessians, count);
        else addSome(sums, 3 * offsets[c], codes, start, someGradients, someHessians, order, from, count);
      }
    },
    subtract(slot, other) {
      const [sums, less] = [all[slot], all[other]];
      for (let i = 0; i < sums.length; i++) sums[i] -= less[i];
    },
  };
}

function addSome(
  sums: Float64Array,
  offset: number,
  codes: Uint8Array,
  start: number,
  gradients: Float64Array,
  hessians: Float64Array,
  order: Int32Array,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const at = offset + 3 * codes[start + order[from + i]];
    sums[at] += gradients[i];
    sums[at + 1] += hessians[i];
    sums[at + 2] += 1;
  }
}

/** The same where `order` is 0, 1, 2, …. */
function addWhole(
  sums: Float64Array,
  offset: number,
  codes: Uint8Array,
  start: number,
  gradients: Float64Array,
  hessians: Float64Array,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const at = offset + 3 * codes[start + i];
    sums[at] += gradients[i];
    sums[at + 1] += hessians[i];
    sums[at + 2] += 1;
  }
}

function varies(codes: Uint8Array): boolean {
  for (const code of codes) if (code !== codes[0]) return true;
  return false;
}
