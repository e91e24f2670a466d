import { InputError } from "../errors/index.ts";
import { type Key, type Matrix, sample, stackRows, takeRows } from "../numeric/index.ts";
import type { OptionsOf } from "../options/index.ts";
import { cellsOf } from "./cells.ts";
import { blocksOf } from "./deal.ts";
import { intrinsicDimension } from "./intrinsic-dimension.ts";
import type { FitSettings, ToyPlan } from "./plan.ts";
import { fitPreparation, type Preparation, prepareRows } from "./preparation.ts";
import type { Samples } from "./samples.ts";
import type { sparkerOptions } from "./sparker-options.ts";
import { type ToyKind, toyKind } from "./toy-kind.ts";
import { type Ladder, nearWidths, widthRange } from "./widths.ts";

export type SparkerOptions = OptionsOf<typeof sparkerOptions>;

/** All that is decided before the window is fitted. */
export interface Planned {
  readonly kind: ToyKind;
  readonly plan: ToyPlan;
  readonly settings: FitSettings;
  /** How the plan's rows were prepared; null where each fit prepares its own. */
  readonly preparation: Preparation | null;
  /** Which rows of the reference fits use; null for all, or where each fit draws its own. */
  readonly referencePlaces: Uint32Array | null;
  /** Directions that rows spread in; null where the number of kernels was given. */
  readonly dimension: number | null;
}

/** M where rows spread in few directions and in many. */
const KERNELS = { few: 5, many: 4, directions: 9 } as const;

/** Toys, rows, widths and number of kernels of a test. Throws an InputError where no column varies. */
export async function planToys(
  samples: Samples,
  options: SparkerOptions,
  expected: number | null,
  key: Key,
): Promise<Planned> {
  const wanted = samples.groups ? "permute" : options.deal;
  const kind = toyKind(samples.window.rows, samples.reference.rows, wanted, options.mostReference);
  const planned = await planOf(samples, kind, options, expected, key);
  const { kernels, dimension } = await kernelCount(planned.plan, options, key);
  const { starts, steps, levels, schedule, rate, ridge, clip, centers, alone } = options;
  const begin = options.begin === "auto" ? (many(columnsOf(planned.plan)) ? "clumps" : "rows") : options.begin;
  const settings: FitSettings = { kernels, starts, begin, steps, levels, schedule, rate, ridge, clip, centers, alone };
  return { kind, settings, dimension, ...planned };
}

/** Pooled rows that all toys share, or a pool that each toy draws from. */
async function planOf(
  { window, reference, groups = null }: Samples,
  kind: ToyKind,
  options: SparkerOptions,
  expected: number | null,
  key: Key,
): Promise<Pick<Planned, "plan" | "preparation" | "referencePlaces">> {
  const given = options.widest > 0 && options.narrowest > 0 ? { high: options.widest, low: options.narrowest } : null;
  if (kind.toys === "resample") {
    const { referenceRows } = kind;
    const plan: ToyPlan = {
      toys: "resample",
      pool: reference,
      window,
      referenceRows,
      expected,
      scaling: options.scaling,
      ladder: ladderOf(options, reference.columns),
      widths: given,
    };
    return { plan, preparation: null, referencePlaces: null };
  }
  // Rows are left out by number alone, so that both samples stay exchangeable.
  const places =
    reference.rows > options.mostReference ? sample(key.for("reference"), reference.rows, options.mostReference) : null;
  const compared = places ? takeRows(reference, places) : reference;
  const pooled = stackRows(window, compared);
  const preparation = fitPreparation(options.scaling, pooled);
  if (preparation.kept.length === 0)
    throw new InputError("discover: columns: expected one that varies, got none; leave fewer columns aside");
  const rows = await prepareRows(preparation, pooled);
  const find = ladderOf(options, rows.columns) === "near" ? nearWidths : widthRange;
  const widths = given ?? find(rows, key.for("widths"));
  if (widths === null)
    throw new InputError("discover: rows: expected some that differ, got equal ones alone; leave fewer columns aside");
  const ofReference = groups && (places ? Array.from(places, (place) => groups.reference[place]) : groups.reference);
  const blocks = groups && ofReference ? blocksOf([...groups.window, ...ofReference], window.rows) : null;
  const plan: ToyPlan = {
    toys: "permute",
    rows,
    cells: cellsOf(rows, widths.low),
    windowRows: window.rows,
    blocks,
    widths,
  };
  return { plan, preparation, referencePlaces: places };
}

/** Whether rows have so many columns that clumps are lost among them. */
function many(columns: number): boolean {
  return columns > 2;
}

function columnsOf(plan: ToyPlan): number {
  return (plan.toys === "permute" ? plan.rows : plan.pool).columns;
}

function ladderOf({ ladder }: SparkerOptions, columns: number): Ladder {
  if (ladder !== "auto") return ladder;
  return many(columns) ? "near" : "pairs";
}

async function kernelCount(plan: ToyPlan, options: SparkerOptions, key: Key) {
  if (options.kernels > 0) return { kernels: options.kernels, dimension: null };
  const ofPool = async (pool: Matrix) => {
    const some = takeRows(pool, sample(key.for("directions"), pool.rows, 2000));
    return prepareRows(fitPreparation(options.scaling, some), some);
  };
  const rows = plan.toys === "permute" ? plan.rows : await ofPool(plan.pool);
  const dimension = rows.columns < KERNELS.directions ? rows.columns : intrinsicDimension(rows, key.for("directions"));
  return { kernels: dimension >= KERNELS.directions ? KERNELS.many : KERNELS.few, dimension };
}
