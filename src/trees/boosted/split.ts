import type { Histograms } from "./histograms.ts";

/** The best split of a leaf: what passes, and its sums. */
export interface Split {
  /** By how much the split lowers twice the loss, second order; 0: there is none. */
  gain: number;
  column: number;
  /** Bins up to this one pass. */
  bin: number;
  /** Whether (1) missing values pass. */
  missing: number;
  /** Sums over the rows that pass. */
  gradient: number;
  hessian: number;
  rows: number;
}

/**
 * Finds the split of largest gain G_L²/(H_L + λ) + G_R²/(H_R + λ) − G²/(H + λ) with `minRows` and `minHessian` on either
 * side, into `best`. Missing values are tried on both sides; where a leaf has none, they will go with the larger side.
 * Of equal gains the first column and the lowest bin count. O(bins).
 */
export function splitFinder(
  { at, columns, offsets, active }: Histograms,
  { minRows, minHessian, l2 }: { readonly minRows: number; readonly minHessian: number; readonly l2: number },
) {
  return (slot: number, gradient: number, hessian: number, rows: number, best: Split): void => {
    const sums = at(slot);
    const whole = (gradient * gradient) / (hessian + l2);
    /** Of G_L²/(H_L + λ) + G_R²/(H_R + λ), the best so far. */
    let least = whole * (1 + 1e-12); // more than rounding
    for (let c = 0; c < columns.length; c++) {
      if (active[c] === 0) continue;
      const begin = 3 * offsets[c];
      const end = 3 * offsets[c + 1] - 3; // the bin of missing values
      const lost = sums[end + 2];
      for (let missing = 0; missing < (lost > 0 ? 2 : 1); missing++) {
        let g = missing ? sums[end] : 0;
        let h = missing ? sums[end + 1] : 0;
        let count = missing ? lost : 0;
        for (let k = begin; k < end; k += 3) {
          const here = sums[k + 2];
          if (here === 0) continue;
          g += sums[k];
          h += sums[k + 1];
          count += here;
          if (count < minRows || h < minHessian) continue;
          if (rows - count < minRows || hessian - h < minHessian) break;
          // gain > best, without a division: A and B are positive.
          const a = h + l2;
          const b = hessian - h + l2;
          const others = gradient - g;
          const scaled = g * g * b + others * others * a;
          if (scaled > least * (a * b)) {
            least = scaled / (a * b);
            best.gain = least - whole;
            best.column = columns[c];
            // Where only missing values are left, every number passes, larger ones too.
            best.bin = (!missing && lost > 0 && rows - count === lost ? end - 3 - begin : k - begin) / 3;
            best.missing = lost > 0 ? missing : 2 * count >= rows ? 1 : 0;
            best.gradient = g;
            best.hessian = h;
            best.rows = count;
          }
        }
      }
    }
  };
}
