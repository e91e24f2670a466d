import { InputError } from "../../errors/index.ts";
import { float64, matmul, overRows, type Tensor } from "../../graph/index.ts";
import { type Matrix, matrix, sample, takeColumns, takeRows, varyingColumns } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
import { pixelReference } from "../firm/pixel-distance.ts";
import { rowsAtOnce } from "../nearest.ts";
import { networkInput, trainingNote } from "../network-input.ts";
import { columnsToSnap } from "../outliers/index.ts";
import { fitClassifier } from "./classifier.ts";
import { notesOf } from "./notes.ts";
import type { Options } from "./options.ts";
import { judge, SCORES, type ScoreName } from "./scores.ts";
import { holdOutFifth, staged, synthesisOf } from "./synthesis.ts";

/** Fresh negatives that training stops by. */
const WATCHED = 2000;
const SPREADS = { varied: [1, 2, 3], "1": [1], "3": [3] } as const;

/** Rows to score in one call, of small networks alone. */
const CHUNK = 4096;

/** Both levels, and the classifier where one is wanted, with all that scores need. */
export interface Learned {
  /** A score that was asked for, as an expression of prepared rows; the same bits as those of a fit for it alone. */
  scoreBy(name: ScoreName): Promise<(x: Tensor) => Tensor>;
  readonly rowsUsed: number;
  readonly chunk: number;
  readonly notes: readonly string[];
}

/**
 * Steps 1 to 8 on prepared normal rows, n × d, n ≥ 2, once for all `scores`: what none of them needs is not trained, and
 * `given.score` is not looked at. Where the context says that rows are images, pixels in [0, 1], its networks are those of
 * images and all outliers are made among features.
 */
export async function learn(
  rows: Matrix,
  given: Options,
  context: FitContext,
  scores: readonly ScoreName[] = SCORES,
): Promise<Learned> {
  const { input, members, maxRows, pool } = given;
  const { key, signal, workers, images } = context;
  const wants = (...names: readonly ScoreName[]) => names.some((name) => scores.includes(name));
  // 1. Scale; leave out what does not vary; hold out a fifth.
  const kept = takeRows(rows, sample(key.for("rows"), rows.rows, maxRows));
  const { x, scaled, snapped } = images ? ofImages(kept, given) : await ofColumns(kept, given, context);
  const { fit, held } = holdOutFifth(scaled, key.for("held-out"));
  const classifies = wants("classifier", "fused");
  // 2. to 7. Features, latent space, outskirts.
  using synthesis = await synthesisOf(
    fit,
    held,
    snapped,
    {
      ...given,
      ...(images && { images, steps: given.imageSteps }),
      negatives: classifies ? given.negatives : "six",
      latent: input === "means" || wants("radius", "elbo"),
      outskirts: { ...given, spreads: SPREADS[given.spread] },
    },
    context,
  );
  const { description, latent } = synthesis;
  // 8. The classifier, on features, scaled columns or latent means.
  const seen = (h: Tensor, x: Tensor): Tensor => (input === "prepared" ? x : input === "means" ? latent!.means(h) : h);
  const over = async (of: Matrix, expression: (x: Tensor) => Tensor) => {
    const values = await overRows(expression, of, { signal, workers });
    return matrix(of.rows, values.length / of.rows, values);
  };
  const inputOf = ({ h, x }: { readonly h: Matrix; readonly x: Matrix }) =>
    input === "prepared" ? x : input === "means" ? over(h, latent!.means) : h;
  const negatives = classifies ? await synthesis.negatives(poolSize(pool, fit.rows), key.for("pool")) : null;
  const fresh = classifies && held ? await synthesis.negatives(WATCHED, key.for("fresh")) : null;
  const classifier =
    negatives &&
    (await fitClassifier(
      await inputOf({ h: synthesis.h, x: fit }),
      await inputOf(negatives),
      fresh && held && { normal: await inputOf({ h: synthesis.heldH!, x: held }), negatives: await inputOf(fresh) },
      { members, steps: given.classifierSteps },
      staged(context, "train the classifier"),
    ));
  const logit = classifier && ((x: Tensor) => classifier.logit(seen(description.features(x), x)));
  const pixels = images && wants("fused") ? pixelReference(fit, maxRows, key.for("pixels")) : null;
  // 4 MB of distances, where there are some.
  const compared = wants("fused", "nearest") ? rowsAtOnce(fit.rows) : CHUNK;
  return {
    async scoreBy(name) {
      if (!wants(name))
        throw new Error(`outlier-synthesis: score: expected one that was learned (${scores.join(", ")}), got ${name}`);
      const scored = await judge(name, { logit, synthesis, fit, held, pixels }, context);
      return (raw) => scored(x(raw));
    },
    rowsUsed: kept.rows,
    chunk: Math.min(CHUNK, description.chunk, compared),
    notes: [
      ...description.notes,
      ...(latent?.notes ?? []),
      ...(classifier ? [`classifier: ${trainingNote(classifier.trained)}`] : []),
      ...(await notesOf(
        synthesis,
        { negatives, fresh, classifier, alone: wants("classifier"), held, fit, inputOf },
        context,
      )),
      ...(classifies && images ? ["outliers were made among the features of images, not as images"] : []),
      ...(pixels && pixels.rows < fit.rows
        ? [`distances in pixels are taken to ${pixels.rows} of ${fit.rows} images, drawn by key`]
        : []),
      ...(kept.rows < rows.rows ? [`${kept.rows} of ${rows.rows} rows learned from, drawn by key`] : []),
    ],
  };
}

/** Made rows to learn from: those asked for, but no more than 20 for each row, or 6,000. */
function poolSize(asked: number, rows: number): number {
  return Math.min(asked, Math.max(6000, 20 * rows));
}

/** What both levels learn from, and how prepared rows become it. */
interface Ground {
  readonly x: (raw: Tensor) => Tensor;
  readonly scaled: Matrix;
  readonly snapped: readonly boolean[];
}

/** Columns that vary, scaled. */
async function ofColumns(rows: Matrix, { scaling }: Options, context: FitContext): Promise<Ground> {
  const places = varyingColumns(rows);
  if (places.length === 0)
    throw new InputError(
      "outlier-synthesis: rows: expected a column that varies, got none; choose another detector, such as --detector knn",
    );
  const { varying, chosen } = picked(rows, places);
  const { forward, scaled } = await networkInput(scaling, chosen, context);
  return { x: (raw) => forward(varying(raw)), scaled, snapped: columnsToSnap(chosen) };
}

/** Pixels as they are. What is about columns is refused: outliers are made among features. */
function ofImages(rows: Matrix, { input, route, levels }: Options): Ground {
  const refused = [
    ["levels", levels, "variational", "both"],
    ["input", input, "prepared", "features"],
    ["route", route, "input", "features"],
  ].find(([, value, wrong]) => value === wrong);
  if (refused) {
    const [name, value, , remedy] = refused;
    throw new InputError(
      `outlier-synthesis: ${name}: expected another with images, whose outliers are made among the features of autoencoders, got ${value}; pass --${name} ${remedy}`,
    );
  }
  if (varyingColumns(rows).length === 0)
    throw new InputError(
      `outlier-synthesis: images: expected some that differ, got ${rows.rows} that are all the same; give others, or choose another detector, such as --detector knn`,
    );
  return { x: (raw) => raw, scaled: rows, snapped: [] };
}

/** Some columns: as an expression that picks them, and of the rows given. */
function picked(rows: Matrix, vary: readonly number[]) {
  if (vary.length === rows.columns) return { varying: (x: Tensor) => x, chosen: rows };
  const picks = new Float64Array(rows.columns * vary.length);
  vary.forEach((j, at) => {
    picks[j * vary.length + at] = 1;
  });
  return {
    varying: (x: Tensor) => matmul(x, float64(picks, [rows.columns, vary.length])),
    chosen: takeColumns(rows, vary),
  };
}
