import { checkSignal, InputError } from "../../errors/index.ts";
import { matrix, rowOf, type Table, takeRows, takeTableRows } from "../../numeric/index.ts";
import { policyOf } from "../decide.ts";
import type { Explanation } from "../explanation.ts";
import type { OpenModel } from "../open-model.ts";
import { readReferenceRows } from "../read-reference-rows.ts";
import { openScoring } from "../run.ts";
import { codeRows, codingOf, decodeRows } from "./coded-rows.ts";
import { type Edit, type ScoreRows, scoreEdits } from "./edits.ts";
import { type Effort, effortFor } from "./effort.ts";
import { changeOf, contributionsOf, nearestOf } from "./explanation-parts.ts";
import { collectChanges, type FoundChange } from "./found-change.ts";
import { type ScoreGradient, scoreGradient } from "./gradients.ts";
import { searchLargeChanges } from "./large-change.ts";
import { deviationsFrom, type NormalRows, normalRows } from "./normal-rows.ts";
import { type Asked, type Occluded, occlude } from "./occlusion.ts";
import { preferGradients } from "./prefer-gradients.ts";
import { shrink } from "./shrink.ts";
import { searchSmallChanges } from "./small-change.ts";

/** How many rows were scored, when rows are looked for, or explained; `of` is null where that cannot be told. */
export interface ExplainProgress {
  readonly stage: "score" | "explain";
  readonly rows: number;
  readonly of: number | null;
}

/** How rows are explained. */
export interface ExplainOptions {
  /** Rows count as flagged where their p-value is at most this: 0.01 when left out, as in scoring. */
  readonly falseAlarmRate?: number;
  /** How many of the nearest normal rows are shown: 3 when left out. */
  readonly nearest?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ExplainProgress) => void;
  /** Worker threads for long work; all cores when left out, 0 for none. */
  readonly workers?: number;
  /** Told when a call of the model begins and when it has ended. */
  readonly onCall?: (event: "begin" | "end") => void;
}

/** Squared deviations held at once. */
const MOST_DEVIATIONS = 4_000_000;
/** Rows explained at once, so that progress is seen and Ctrl-C heard. */
const MOST_ROWS = 256;

/**
 * Why rows have their scores: which columns carry them and in which direction, the nearest normal rows, and the
 * smallest change that was found to make a flagged row normal. In the order of the rows; `row` counts from 1.
 *
 * `table` has the manifest's columns in their order, and so has `reference`, normal rows to compare with: those that the
 * model stores when left out. Throws an InputError where there are none, and Interrupted when the signal fires.
 * Cost: some 6 d scored rows to name columns, up to a few hundred more to find a change; see docs/explain.md.
 */
export async function explainTable(
  model: OpenModel,
  table: Table,
  { reference, ...options }: ExplainOptions & { readonly reference?: Table } = {},
): Promise<readonly Explanation[]> {
  const compared = reference ?? readReferenceRows(model);
  if (compared === null)
    throw new InputError(
      "explain: the model: expected one that stores normal rows, got one without (fit --no-rows); pass --reference normal.csv, some hundred normal rows to compare with",
    );
  if (compared.rows === 0) throw new InputError("explain: --reference: expected normal rows, got none; pass some");
  const level = policyOf(model.calibration, model.manifest, options, "explain").streamThreshold();
  const coding = codingOf(model.manifest.columns, [compared, table]);
  const rows = codeRows(coding, table);
  await using scoring = openScoring(model, options);
  const context = await contextOf(model, normalRows(codeRows(coding, compared), coding), scoring.score, level, options);
  const { normal } = context;
  const most = Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_DEVIATIONS / (normal.rows.rows * coding.length))));
  const out: Explanation[] = [];
  for (let from = 0; from < rows.rows; from += most) {
    checkSignal(options.signal, "explain");
    const places = Array.from({ length: Math.min(most, rows.rows - from) }, (_, i) => from + i);
    const part = takeRows(rows, places);
    const { scores, pValues } = await scoring.score(takeTableRows(table, places));
    const asked: Asked = {
      rows: part,
      scores,
      normal,
      deviations: deviationsFrom(normal, part),
      typicalScore: context.typicalScore,
      score: (edits) => scoreEdits(scoring.score, coding, part, edits),
      followed: context.effort.followed,
    };
    const flagged = places.map((_, i) => pValues[i] <= level);
    const { occluded, changes } = await reasonsOf(asked, flagged, context);
    places.forEach((place, i) => {
      const values = rowOf(part, i);
      out.push({
        row: place + 1,
        score: scores[i],
        pValue: pValues[i],
        flagged: flagged[i],
        method: occluded[i].method,
        contributions: contributionsOf(occluded[i], normal, values, flagged[i]),
        nearest: nearestOf(asked, i, options.nearest ?? 3),
        change: changeOf(changes.get(i), occluded[i], normal, values),
      });
    });
    options.onProgress?.({ stage: "explain", rows: out.length, of: rows.rows });
  }
  return out;
}

/** What rows are compared with, and how hard to look. */
interface Context {
  readonly normal: NormalRows;
  readonly normalScores: Float64Array;
  readonly normalPValues: Float64Array;
  readonly typicalScore: number;
  readonly slopes: ScoreGradient | null;
  readonly effort: Effort;
  readonly level: number;
}

async function contextOf(
  model: OpenModel,
  normal: NormalRows,
  score: ScoreRows,
  level: number,
  { signal, workers, onCall }: ExplainOptions,
): Promise<Context> {
  const { columns, rows } = normal;
  const own = await score(decodeRows(columns, rows));
  const typical = matrix(
    1,
    columns.length,
    Float64Array.from(columns, (column) => column.typical),
  );
  const [typicalScore] = (await score(decodeRows(columns, typical))).scores;
  const slopes = await usefulGradient(model, normal, { signal, workers, onCall });
  const [normalScores, normalPValues] = [own.scores, own.pValues];
  return { normal, normalScores, normalPValues, typicalScore, slopes, effort: effortFor(model.score), level };
}

/** Rows at which a gradient is looked at first. */
const PROBED = 32;

/** The gradient of the score, unless it is 0 everywhere, as where trees and ranks hide it. */
async function usefulGradient(
  { score, manifest }: OpenModel,
  { columns, rows }: NormalRows,
  { onCall, ...options }: Pick<ExplainOptions, "signal" | "workers" | "onCall">,
): Promise<ScoreGradient | null> {
  if (rows.rows < 2) return null;
  const gradient = scoreGradient(score, columns, { ...options, chunk: Math.ceil(manifest.chunk / 4) });
  if (gradient === null) return null;
  const slopes: ScoreGradient = async (points) => {
    onCall?.("begin");
    try {
      return await gradient(points);
    } finally {
      onCall?.("end");
    }
  };
  // Between two rows, for on a row that the model holds a distance has no slope.
  const probe = matrix(Math.min(PROBED, rows.rows - 1), columns.length);
  for (let i = 0; i < probe.rows; i++) {
    const [x, y] = [rowOf(rows, i), rowOf(rows, i + 1)];
    rowOf(probe, i).set(x.map((value, j) => (columns[j].kind === "numeric" ? (value + y[j]) / 2 : value)));
  }
  return (await slopes(probe)).some((slope) => slope !== 0 && Number.isFinite(slope)) ? slopes : null;
}

/** What carries the scores, and the changes that make flagged rows normal. */
async function reasonsOf(
  asked: Asked,
  flagged: readonly boolean[],
  { effort, level, slopes, normalScores, normalPValues }: Context,
): Promise<{ readonly occluded: readonly Occluded[]; readonly changes: ReadonlyMap<number, FoundChange> }> {
  const found = collectChanges(asked.rows, asked.normal.columns, level);
  const watched: Asked = {
    ...asked,
    async score(edits: readonly Edit[]) {
      const result = await asked.score(edits);
      edits.forEach((edit, k) => {
        if (flagged[edit.row]) found.offer(edit, result.scores[k], result.pValues[k]);
      });
      return result;
    },
  };
  const isNormal = (normalRow: number) => normalPValues[normalRow] > level;
  const baseline = (row: number) => {
    const normalRow = asked.deviations.nearest(row, [], asked.normal.rows.rows).find(isNormal);
    return normalRow === undefined ? null : { normalRow, score: normalScores[normalRow] };
  };
  const byOcclusion = await occlude(watched);
  const occluded = slopes ? await preferGradients(watched, byOcclusion, slopes, memoized(baseline)) : byOcclusion;
  const orders = byOcclusion.map(({ order }) => order);
  const wanted = flagged.flatMap((is, i) => (is ? [i] : []));
  await searchSmallChanges(asked, orders, wanted, found, effort.search);
  const without = wanted.filter((i) => !Number.isFinite(found.size(i)));
  await searchLargeChanges(asked, orders, without, found, isNormal);
  if (effort.last !== null) {
    const ahead = orders.map((order, i) => [...new Set([...(found.of(i)?.edit.columns ?? []), ...order])]);
    await searchSmallChanges(asked, ahead, without, found, effort.last);
  }
  const changes = wanted.flatMap((i) => found.of(i) ?? []);
  const smaller = await shrink(asked, changes, found.isNormal);
  return { occluded, changes: new Map(smaller.map((change) => [change.edit.row, change])) };
}

function memoized<T>(f: (row: number) => T): (row: number) => T {
  const known = new Map<number, T>();
  return (row) => {
    if (!known.has(row)) known.set(row, f(row));
    return known.get(row)!;
  };
}
