import { type Key, type Matrix, sample, takeRows, uniform } from "../numeric/index.ts";
import type { Deal } from "./deal.ts";

/** From which rows of the window kernels start: rows drawn, or of some drawn each time the one in the closest clump. */
export type Begin = "rows" | "clumps";

/** Where kernels start, so many times: rows of the window of a deal. */
export function startRows(
  rows: Matrix,
  deal: Deal,
  { kernels, starts, begin }: { readonly kernels: number; readonly starts: number; readonly begin: Begin },
  key: Key,
): readonly Matrix[] {
  const window: number[] = [];
  for (let i = 0; i < deal.length; i++) if (deal[i] === 1) window.push(i);
  return Array.from({ length: starts }, (_, s) => {
    const own = s === 0 ? key.for("starts") : key.for("starts").for(s);
    return takeRows(rows, begin === "rows" ? drawn(window, kernels, own) : clumps(rows, deal, window, kernels, own));
  });
}

/** Rows without replacement; with groups a toy's window may have fewer rows than there are kernels: they then serve twice. */
function drawn(window: readonly number[], kernels: number, key: Key): readonly number[] {
  const places = sample(key, window.length, kernels);
  return Array.from({ length: kernels }, (_, i) => window[places[i % places.length]]);
}

/** Rows drawn for each kernel, of which one is taken. */
const CANDIDATES = 20;
/** So many rows of the window near a row make a clump. */
const CLUMP = 4;
/** Keeps copies, at distance 0, comparable. */
const LEAST = 1e-6;

/**
 * For each kernel the one of 20 window rows drawn that has other window rows closest for how far the reference is: the
 * largest ratio of the distance to the nearest reference row to that of the fourth nearest window row. Where rows have
 * many columns, kernels that start elsewhere seldom come by a clump. It looks at window and reference of a toy as it does
 * at the data's, so p-values keep their meaning. O(20 M (N_D + N_R) d).
 */
function clumps(rows: Matrix, deal: Deal, window: readonly number[], kernels: number, key: Key): readonly number[] {
  const u = uniform(key);
  return Array.from({ length: kernels }, () => {
    let [best, chosen] = [Number.NEGATIVE_INFINITY, window[0]];
    for (let draw = 0; draw < CANDIDATES; draw++) {
      const row = window[Math.floor(u() * window.length)];
      const ratio = isolation(rows, deal, row);
      if (ratio > best) [best, chosen] = [ratio, row];
    }
    return chosen;
  });
}

/** Squared distance to the nearest reference row over that to the fourth nearest window row (the last, of fewer). */
function isolation({ columns: d, values }: Matrix, deal: Deal, row: number): number {
  const near = new Float64Array(CLUMP).fill(Number.POSITIVE_INFINITY);
  let beyond = Number.POSITIVE_INFINITY;
  for (let i = 0; i < deal.length; i++) {
    if (i === row) continue;
    const most = deal[i] === 1 ? near[CLUMP - 1] : beyond;
    let squared = 0;
    for (let j = 0, p = i * d, q = row * d; j < d && squared < most; j++, p++, q++)
      squared += (values[p] - values[q]) ** 2;
    if (!(squared < most)) continue;
    if (deal[i] === 0) {
      beyond = squared;
      continue;
    }
    let place = CLUMP - 1;
    for (; place > 0 && near[place - 1] > squared; place--) near[place] = near[place - 1];
    near[place] = squared;
  }
  const last = near.findLast((squared) => squared < Number.POSITIVE_INFINITY) ?? 0;
  return (beyond + LEAST) / (last + LEAST);
}
