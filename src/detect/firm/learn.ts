import { InputError } from "../../errors/index.ts";
import { add, float64, maximum, type Tensor } from "../../graph/index.ts";
import { type Key, type Matrix, normal, percent, sample, takeRows } from "../../numeric/index.ts";
import { fitTail } from "../auto/tail.ts";
import type { FitContext, Known } from "../detector.ts";
import { rowsAtOnce } from "../nearest.ts";
import { precisionFor } from "../nearest-precision.ts";
import { networkInput, trainingNote } from "../network-input.ts";
import { columnsToSnap, nearnessTo, type OutlierSource, type Outliers, outlierSource } from "../outliers/index.ts";
import { alarms, type Health, short } from "./alarms.ts";
import { examine } from "./examine.ts";
import { fitEncoder } from "./fit-encoder.ts";
import { type Options, OUTLIERS, type ScoreName, type VIEW_SCORES } from "./options.ts";
import { cosineLeftOut, featureScore } from "./scores.ts";
import type { Compared } from "./select.ts";
import type { FittedEncoder } from "./train-encoder.ts";
import type { Mix } from "./training-mix.ts";
import { viewAveraged } from "./view-averaged.ts";
import { nearestLeftOut, nearestTo, setApart, valuesOf } from "./watch.ts";

const FEWEST_STEPS = 100;
/** Rows whose features are kept. */
export const MOST_FEATURES = 5000;
/** Rows that outliers are compared with, and with fewer training rows than that none are refused. */
const [COMPARED, FEWEST_TO_COMPARE] = [2000, 30];
/** Outliers that the encoder is tried on. */
export const TRIED = 1000;
/** How often a known anomalous row stands in an outlier's place, where there are some. */
const KNOWN = 0.5;
/** Rows that the encoder takes in one call. */
const CHUNK = 2048;

/** An encoder with all that scores need; every score of it is an expression of prepared rows. */
export interface Learned {
  scoreBy(name: ScoreName, k: number): Promise<(x: Tensor) => Tensor>;
  readonly health: Health;
  /** Why it is not to be trusted; none if there is no reason. */
  readonly alarmed: readonly string[];
  readonly chunk: number;
  readonly notes: readonly string[];
}

/** Steps 1 to 7 and 11 on prepared normal rows, n × d, n ≥ 2. Throws an InputError for a score of images. */
export async function learn(rows: Matrix, given: Options, context: FitContext): Promise<Learned> {
  const { key } = context;
  if (given.score === "view-ensemble") throw noCrops();
  // 1. Watch rows are set apart; scales and all else come from the others.
  const { training, watch } = setApart(rows, key.for("watch"));
  const { forward, scaled } = await networkInput(given.scaling, training, context);
  const inScale = async (of: Matrix) => valuesOf(forward, of, context, CHUNK);
  const watching = watch && (await inScale(watch));
  // 2. Outliers (steps 4 and 5).
  using nearness =
    given.tooNear === "redraw" && training.rows >= FEWEST_TO_COMPARE
      ? await nearnessTo(scaled, { maxRows: COMPARED, key: key.for("near"), signal: context.signal })
      : null;
  const families = OUTLIERS[given.outliers];
  const source = outlierSource(scaled, {
    weights: Object.fromEntries(families.map((family) => [family, 1])),
    snapped: columnsToSnap(training),
    ...(nearness && { accept: nearness.outside }),
    key: key.for("families"),
    signal: context.signal,
  });
  // 3. The encoder (steps 1 to 3, 6 and 7).
  const known = knownRows(context.known, rows.columns);
  const outliers = Math.round((given.batch * given.outliersPerNormal) / (1 + given.outliersPerNormal));
  const mix: Mix = {
    normal: scaled,
    source,
    known: known && { ...known, rows: await inScale(known.rows) },
    outliers: Math.min(given.batch - 1, Math.max(1, outliers)),
    normals: given.batch - Math.min(given.batch - 1, Math.max(1, outliers)),
  };
  const steps = stepsFor(given, training.rows, mix.normals);
  const compared = given.select === "watch" && watching ? await comparedRows(scaled, watching, source, key) : null;
  const fitted = await fitEncoder(mix, families, { ...given, steps }, context, compared);
  // 4. Features of normal rows, and how far to trust them (step 11).
  const featured = takeRows(scaled, sample(key.for("features"), scaled.rows, Math.min(MOST_FEATURES, given.maxRows)));
  const features = await valuesOf(fitted.encode, featured, context, CHUNK);
  const reference = takeRows(scaled, sample(key.for("rows"), scaled.rows, given.maxRows));
  const nearest = nearestTo(reference, await precisionFor(reference, 1, context));
  const chunk = Math.min(CHUNK, rowsAtOnce(Math.max(reference.rows, features.rows)));
  const made = await source.draw(TRIED, key.for("tried"));
  const averaged = async (k: number) => {
    const offsets = viewOffsets(training.columns, key.for("offsets"));
    const shifted = (x: Tensor, v: number) => fitted.encode(add(x, float64(offsets[v])));
    return viewAveraged([{ encodes: offsets.map((_, v) => (x: Tensor) => shifted(x, v)), features }], k);
  };
  const scoreOf = scoreAmong(judgedBy(given.score, false), given.k, given, fitted);
  const health = await examine(
    { watching, made: made.rows, featured, scoreOf, nearest, chunk },
    fitted,
    features,
    context,
  );
  const alarmed = alarms(health);
  // 5. Scores (step 10).
  const among = async (score: (x: Tensor) => Tensor, of: Matrix) => (await valuesOf(score, of, context, chunk)).values;
  const fused = async (own: (x: Tensor) => Tensor, k: number) => {
    const g2 = fitTail(watching ? await among(nearest, watching) : await nearestLeftOut(reference, context));
    if (alarmed.length > 0) return (x: Tensor) => g2(nearest(x));
    const leftOut = cosineLeftOut(features, k);
    const g1 = fitTail(watching ? await among(own, watching) : await among((x) => leftOut(fitted.encode(x)), featured));
    return (x: Tensor) => maximum(g1(own(x)), g2(nearest(x)));
  };
  return {
    async scoreBy(name, k) {
      if (name === "view-averaged") {
        const scored = await averaged(k);
        return (x) => scored(forward(x));
      }
      if (name === "view-ensemble") throw noCrops();
      const own = scoreAmong(name, k, given, fitted)(features);
      const ofRow = (x: Tensor) => own(fitted.encode(x));
      const scored = name === "fused" ? await fused(ofRow, k) : ofRow;
      return (x) => scored(forward(x));
    },
    health,
    alarmed,
    chunk,
    notes: [
      trainingNote(fitted.trained),
      madeNote(made),
      watchNote(health, watch?.rows ?? 0),
      ...(reference.rows < training.rows
        ? [`distances are taken to ${reference.rows} of ${training.rows} rows, drawn by key`]
        : []),
    ],
  };
}

/** Of each kind, so many rows are looked at while training. */
export const LOOKED_AT = 400;

async function comparedRows(scaled: Matrix, watching: Matrix, source: OutlierSource, key: Key): Promise<Compared> {
  const some = (rows: Matrix, name: string) => takeRows(rows, sample(key.for(name), rows.rows, LOOKED_AT));
  const { rows: made } = await source.draw(LOOKED_AT, key.for("looked at"));
  return { reference: some(scaled, "compared"), watching: some(watching, "watched"), made, shape: [] };
}

function noCrops(): InputError {
  return new InputError(
    "firm: score view-ensemble: expected images, which have crops to average over, got a table; pass --score view-averaged, or fused",
  );
}

/** A score of one view. */
type SingleScore = Exclude<ScoreName, (typeof VIEW_SCORES)[number]>;

/** The score among features that stands for a score in a look at the encoder. */
export function judgedBy(name: ScoreName, images: boolean): Exclude<SingleScore, "fused"> {
  if (name === "fused") return images ? "mahalanobis" : "cos-k";
  return name === "view-averaged" || name === "view-ensemble" ? "cos-k" : name;
}

/** A score among features that is no more than that, from those of normal rows. */
export function scoreAmong(
  name: SingleScore,
  k: number,
  { loss }: Options,
  { logit }: FittedEncoder,
): (features: Matrix) => (h: Tensor) => Tensor {
  return (features) => {
    if (name !== "logit") return featureScore(name === "fused" ? "cos-k" : name, features, k);
    if (logit) return logit;
    throw new Error(`firm: score logit: expected loss bce, got ${loss}`);
  };
}

/** Views of a row that are averaged over, and how far they are from it in each column. */
const [OFFSETS, OFFSET] = [8, 0.05];

/** Fixed offsets: as many rows of d numbers, N(0, 0.05²). */
function viewOffsets(columns: number, key: Key): readonly number[][] {
  const z = normal(key);
  return Array.from({ length: OFFSETS }, () => Array.from({ length: columns }, () => OFFSET * z()));
}

/** Steps to take: those asked for, fewer where rows are few. */
function stepsFor({ steps, rounds }: Options, rows: number, normals: number): number {
  return Math.min(steps, Math.max(FEWEST_STEPS, rounds * Math.ceil(rows / normals)));
}

/** The known anomalous rows; null where there are none. */
function knownRows(known: Known | undefined, columns: number): Mix["known"] {
  if (known === undefined || known.rows.rows === 0) return null;
  if (known.rows.columns === columns) return { ...known, share: KNOWN };
  throw new InputError(
    `firm: known anomalous rows: expected ${columns} columns as the normal rows have, got ${known.rows.columns}`,
  );
}

function madeNote({ acceptance, filled }: Outliers): string {
  const shares = acceptance.map(({ family, made, accepted }) => `${family} ${percent(accepted / Math.max(1, made))}`);
  const rest = filled > 0 ? `; ${filled} of ${TRIED} were taken unseen` : "";
  return `made outliers that do not lie among normal rows: ${shares.join(", ")}${rest}`;
}

export function watchNote({ watch, nearest, untrained }: Health, rows: number): string {
  if (watch === null || nearest === null)
    return "too few rows to set some apart: scales are those of training rows, left out one by one";
  const before = untrained === null ? "" : `, by the untrained network ${short(untrained)}`;
  return `${rows} rows set apart are told from made outliers with AUROC ${short(watch)}${before}, by the nearest row ${short(nearest)}`;
}
