import { InputError } from "../errors/index.ts";
import { type Key, type Matrix, permutation, stackRows, takeRows } from "../numeric/index.ts";
import { type Annealing, annealing } from "./annealing.ts";
import { type Cells, cellsOf } from "./cells.ts";
import { type Deal, ownDeal, poisson, randomDeal } from "./deal.ts";
import { compileKernelFitter, type FitBatch, type KernelFitter, type Level } from "./fit-kernels.ts";
import type { FitSettings, PermutePlan, ResamplePlan, ToyPlan } from "./plan.ts";
import { fitPreparation, type Preparation, prepareRows } from "./preparation.ts";
import { startRows } from "./starts.ts";
import { withStrongest } from "./strongest.ts";
import { nearWidths, type WidthRange, widthRange } from "./widths.ts";

/** A window or a toy, fitted. */
export interface Member {
  readonly levels: readonly Level[];
}

/** The window, fitted, with the rows that it was fitted to. */
export interface WindowFit extends Member {
  /** How its rows were prepared; null where the plan's rows came prepared. */
  readonly preparation: Preparation | null;
  /** Prepared rows of the window and of the reference that it was compared with. */
  readonly window: Matrix;
  readonly reference: Matrix;
  /** Which rows of the pool the reference is; null for all of the plan's reference rows in their order. */
  readonly referencePlaces: Uint32Array | null;
  /** w: the weight of a reference row. */
  readonly weight: number;
  readonly widths: WidthRange;
  /** Where kernels started, each time. */
  readonly starts: readonly Matrix[];
}

/** What a member is judged by: t of each level, then that of the strongest kernel alone, where it counts. */
export function statisticsOfLevels(levels: readonly Level[]): number[] {
  return [
    ...levels.map(({ statistic }) => statistic),
    ...levels.flatMap(({ alone }) => (alone ? [alone.statistic] : [])),
  ];
}

/** Fits members of a plan; compiled fits are kept between calls. Dispose of it when done. */
export interface MemberFitter {
  /** The toys of these numbers (from 0 on), in their order. The same number gives the same toy, whoever fits it. */
  toys(numbers: readonly number[], signal?: { readonly aborted: boolean }): Promise<readonly Member[]>;
  window(signal?: { readonly aborted: boolean }): Promise<WindowFit>;
  /** How many toys share a batch. */
  readonly together: number;
  [Symbol.dispose](): void;
}

/** Fits share a call while their kernels have no more values than these: beyond, memory is the limit. */
const VALUES_TOGETHER = 65_536;
const MOST_TOGETHER = 16;

export function memberFitter(plan: ToyPlan, settings: FitSettings, key: Key): MemberFitter {
  const fitters = new Map<string, Promise<KernelFitter>>();
  const fitterOf = (fits: number, columns: number, kernels: number) => {
    const id = `${fits} ${columns} ${kernels}`;
    const found = fitters.get(id) ?? compileKernelFitter({ fits, kernels, columns }, settings);
    fitters.set(id, found);
    return found;
  };
  const dispose = () => {
    for (const fitter of fitters.values()) fitter.then((open) => open[Symbol.dispose]()).catch(() => {});
  };
  const members =
    plan.toys === "permute" ? permuted(plan, settings, key, fitterOf) : resampled(plan, settings, key, fitterOf);
  return { ...members, [Symbol.dispose]: dispose };
}

type FitterOf = (fits: number, columns: number, kernels: number) => Promise<KernelFitter>;
type Members = Omit<MemberFitter, typeof Symbol.dispose>;

function permuted(plan: PermutePlan, settings: FitSettings, key: Key, fitterOf: FitterOf): Members {
  const { rows, cells, windowRows, blocks, widths } = plan;
  const kernels = Math.min(settings.kernels, windowRows);
  const path = annealing(settings.schedule, { ...settings, ...widths });
  const values = cells.rows.rows * kernels;
  const together = Math.max(1, Math.min(MOST_TOGETHER, Math.floor(VALUES_TOGETHER / values)));
  const fit = async (
    deals: readonly Deal[],
    keys: readonly Key[],
    fits: number,
    signal?: { readonly aborted: boolean },
  ) => {
    // A last batch that is not full repeats its first toy.
    const filled = Array.from({ length: fits }, (_, b) => (b < deals.length ? b : 0));
    const fitter = await fitterOf(fits, rows.columns, kernels);
    const counted = deals.map((deal) => countCells(cells, deal));
    const starts = deals.map((deal, b) => startRows(rows, deal, { ...settings, kernels }, keys[b]));
    const shared = {
      rows: cells.rows,
      window: joined(filled.map((b) => counted[b].window)),
      reference: joined(filled.map((b) => counted[b].reference)),
      annealings: filled.map(() => path),
    };
    const levels = await bestOf(settings, deals.length, (s) => {
      const batch = { ...shared, starts: filled.map((b) => starts[b][s]) };
      return { batch, fits: fitter.fit(batch, signal) };
    });
    return deals.map((_, b) => ({ levels: levels[b], starts: starts[b], weight: counted[b].weight }));
  };
  return {
    together,
    async toys(numbers, signal) {
      const out: Member[] = [];
      for (let from = 0; from < numbers.length; from += together) {
        const keys = numbers.slice(from, from + together).map((number) => key.for("toy").for(number));
        const deals = keys.map((own) => randomDeal(rows.rows, windowRows, blocks, own.for("deal")));
        out.push(...(await fit(deals, keys, together, signal)));
      }
      return out;
    },
    async window(signal) {
      const deal = ownDeal(rows.rows, windowRows);
      const [{ levels, starts, weight }] = await fit([deal], [key.for("window")], 1, signal);
      const places = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i);
      return {
        levels,
        starts,
        weight,
        widths,
        preparation: null,
        window: takeRows(rows, places(0, windowRows)),
        reference: takeRows(rows, places(windowRows, rows.rows)),
        referencePlaces: null,
      };
    },
  };
}

function resampled(plan: ResamplePlan, settings: FitSettings, key: Key, fitterOf: FitterOf): Members {
  const { pool, referenceRows, expected, scaling } = plan;
  const fit = async (window: Matrix, reference: Matrix, own: Key, signal?: { readonly aborted: boolean }) => {
    const preparation = fitPreparation(scaling, reference);
    if (preparation.kept.length === 0)
      throw new InputError(
        "discover: the reference: expected a column that varies, got none; leave fewer columns aside",
      );
    const [d, r] = [await prepareRows(preparation, window), await prepareRows(preparation, reference)];
    const widths = plan.widths ?? (plan.ladder === "near" ? nearWidths : widthRange)(r, own.for("widths"))!;
    const rows = stackRows(d, r);
    const kernels = Math.min(settings.kernels, d.rows);
    const starts = startRows(rows, ownDeal(rows.rows, d.rows), { ...settings, kernels }, own);
    const cells = cellsOf(rows, widths.low);
    const weight = (expected ?? d.rows) / r.rows;
    const counted = countCells(cells, ownDeal(rows.rows, d.rows), weight);
    const path: Annealing = annealing(settings.schedule, { ...settings, ...widths });
    const fitter = await fitterOf(1, rows.columns, kernels);
    const [levels] = await bestOf(settings, 1, (s) => {
      const batch = { rows: cells.rows, ...counted, starts: [starts[s]], annealings: [path] };
      return { batch, fits: fitter.fit(batch, signal) };
    });
    return { levels, preparation, window: d, reference: r, weight, widths, starts };
  };
  return {
    together: 1,
    async toys(numbers, signal) {
      const out: Member[] = [];
      for (const number of numbers) {
        const own = key.for("toy").for(number);
        const count = expected === null ? plan.window.rows : Math.max(1, poisson(own.for("count"), expected));
        const order = permutation(own.for("deal"), pool.rows);
        const window = takeRows(pool, order.subarray(0, count));
        const reference = takeRows(pool, order.subarray(count, count + referenceRows));
        out.push({ levels: (await fit(window, reference, own, signal)).levels });
      }
      return out;
    },
    async window(signal) {
      const own = key.for("window");
      const referencePlaces = permutation(own.for("deal"), pool.rows).slice(0, referenceRows);
      return { ...(await fit(plan.window, takeRows(pool, referencePlaces), own, signal)), referencePlaces };
    },
  };
}

/** How often cells count on each side; a reference row weighs w, by default as much as makes both sides equal. */
function countCells({ rows, places }: Cells, deal: Deal, weight?: number) {
  const window = new Float64Array(rows.rows);
  const reference = new Float64Array(rows.rows);
  let count = 0;
  for (let i = 0; i < deal.length; i++) {
    if (deal[i] === 0) reference[places[i]]++;
    else {
      window[places[i]]++;
      count++;
    }
  }
  const w = weight ?? count / (deal.length - count);
  return { window, reference: reference.map((n) => n * w), weight: w };
}

/** Fits the first `count` of a batch from each start; of each fit and level the largest statistics, a failure only where all failed. */
async function bestOf(
  settings: FitSettings,
  count: number,
  fit: (start: number) => { readonly batch: FitBatch; readonly fits: ReturnType<KernelFitter["fit"]> },
): Promise<readonly (readonly Level[])[]> {
  let best: readonly (readonly Level[])[] = [];
  for (let s = 0; s < settings.starts; s++) {
    const { batch, fits } = fit(s);
    const fitted = (await fits).slice(0, count);
    const own = settings.alone === "strongest" ? withStrongest(batch, fitted, settings) : fitted;
    best = s === 0 ? own : best.map((levels, b) => levels.map((level, c) => better(level, own[b][c])));
  }
  return best;
}

/** The level of the larger statistic, the first where the other is no larger or not a number; of strongest kernels likewise. */
function better(one: Level, other: Level): Level {
  const chosen = other.statistic > one.statistic || Number.isNaN(one.statistic) ? other : one;
  if (!one.alone || !other.alone) return chosen;
  return { ...chosen, alone: other.alone.statistic > one.alone.statistic ? other.alone : one.alone };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.length * parts[0].length);
  parts.forEach((part, i) => {
    out.set(part, i * part.length);
  });
  return out;
}
