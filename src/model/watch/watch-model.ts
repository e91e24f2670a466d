import { type Input, openSource, type SourceOptions } from "../../data/index.ts";
import { checkSignal, InputError } from "../../errors/index.ts";
import { holm, type Key, key as keyOf, type Table } from "../../numeric/index.ts";
import { requireColumns } from "../file-columns.ts";
import type { OpenModel } from "../open-model.ts";
import { readReferenceRows } from "../read-reference-rows.ts";
import type { ScoreOptions } from "../scores.ts";
import { adviceOn } from "./advice.ts";
import { compareColumn } from "./compare-column.ts";
import { watchGuarantee } from "./guarantee.ts";
import { openForModel, readSample, type SampledRows, scoreSample } from "./read-window.ts";
import { scoreDrift, withoutScores } from "./score-drift.ts";
import type { Watched, WatchedColumn } from "./watched.ts";

/** How a window is watched. */
export interface WatchOptions
  extends SourceOptions,
    Pick<ScoreOptions, "signal" | "workers" | "onCall" | "onProgress"> {
  /** The probability of a false alarm, for the columns and for the scores each: 0.01 when left out. */
  readonly alpha?: number;
  /** Whatever is drawn is drawn by it (ties of scores, divisions of rare categories, rows of long files): 0 when left out. */
  readonly key?: number | string;
  /** Normal rows to compare columns with, instead of those that the model holds: a path, rows or columns. */
  readonly reference?: Input;
  /** An SQL condition on the rows of the reference. */
  readonly referenceWhere?: string;
}

/** The fewest divisions drawn where categories are rare, and the most. */
const DRAWS = { least: 9_999, most: 200_000 };

/** What became of a window since the fit: see `watch`. */
export async function watchModel(model: OpenModel, input: Input, options: WatchOptions): Promise<Watched> {
  const { alpha: level = 0.01, key = 0, signal } = options;
  if (!(level > 0 && level < 1))
    throw new InputError(`watch: --alpha: expected a number between 0 and 1, got ${level}; give 0.01 for 1 %`);
  if (options.referenceWhere !== undefined && options.reference === undefined)
    throw new InputError(
      "watch: --reference-where: expected --reference with it, got none; pass --reference normal.csv",
    );
  const root = keyOf(key).for("watch");
  const reference = await readReference(model, options, root.for("reference"));
  using source = await openForModel(model, input, options);
  const window = await scoreSample(model, source, root.for("window"), options);
  const columns = compareColumns(model, reference.sampled, window.sampled, level, root.for("columns"), signal);
  const reason = withoutScores(model.manifest);
  const scores =
    reason === null ? scoreDrift(model.manifest, model.calibration, window, level, root.for("ties")) : null;
  const moved = columns.filter((column) => column.moved).length;
  return {
    source: window.source,
    rows: window.rows,
    reference: { source: reference.source, rows: reference.sampled.rows },
    comparedRows: window.sampled.rows,
    level,
    key,
    columns,
    moved,
    scores,
    withoutScores: reason,
    alarm: moved > 0 || (scores !== null && scores.wealth.alarmRow !== null),
    advice: adviceOn(columns, scores),
    guarantee: watchGuarantee(level, columns.length, scores),
  };
}

/** The rows to compare columns with: those given, or those that the model holds. */
async function readReference(
  model: OpenModel,
  { reference, referenceWhere, signal }: WatchOptions,
  key: Key,
): Promise<SampledRows> {
  if (reference === undefined) {
    const held = readReferenceRows(model);
    if (held === null)
      throw new InputError(
        "watch: --reference: expected normal rows to compare columns with, for the model holds none (--no-rows at fit); pass --reference normal.csv",
      );
    return { source: "normal rows that the model holds", rows: held.rows, sampled: held };
  }
  const { sql, missing } = model.manifest.source;
  using source = await openSource(reference, { sql: sql ?? undefined, missing, where: referenceWhere }, signal);
  requireColumns("watch: --reference", source, model.selection);
  return await readSample(model, source, key, signal);
}

/** All columns, their tests corrected together, those that moved furthest first and those that did not after them. */
function compareColumns(
  { manifest }: OpenModel,
  reference: Table,
  window: Table,
  level: number,
  key: Key,
  signal: AbortSignal | undefined,
): readonly WatchedColumn[] {
  const tests = 2 * manifest.columns.length;
  const needed = Math.max(DRAWS.least, Math.ceil((2 * tests) / level));
  const draws = needed <= DRAWS.most ? needed : 0; // where so few could not tell, rare categories count as one
  const compared = manifest.columns.map((column, j) => {
    checkSignal(signal, "watch");
    return compareColumn(column, reference.columns[j], window.columns[j], key.for(column.name), draws);
  });
  const adjusted = holm(compared.flatMap(({ pValues }) => pValues));
  let next = 0;
  return compared
    .map(({ pValues, ...column }): WatchedColumn => {
      const own = adjusted.subarray(next, next + pValues.length);
      next += pValues.length;
      const pValue = own.length === 0 ? 1 : Math.min(...own);
      return { ...column, pValue, moved: pValue <= level };
    })
    .sort((a, b) => Number(b.moved) - Number(a.moved) || b.effect - a.effect);
}
