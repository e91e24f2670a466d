import { InputError } from "../../errors/index.ts";
import { float64, matmul, overRows, type Tensor } from "../../graph/index.ts";
import { columnOf, type Matrix, matrix, sample, takeRows } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
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

/** Both levels, and the classifier where one is wanted, with all that scores need. */
export interface Learned {
  /** A score that was asked for, as an expression of prepared rows; the same bits as those of a fit for it alone. */
  scoreBy(name: ScoreName): Promise<(x: Tensor) => Tensor>;
  readonly rowsUsed: number;
  readonly chunk: number;
  readonly notes: readonly string[];
}

/**
 * Steps 1 to 8 on prepared normal rows, n × d, n ≥ 2, once for all `scores`: what only others of them need is not trained,
 * and `given.score` is not looked at.
 */
export async function learn(
  rows: Matrix,
  given: Options,
  context: FitContext,
  scores: readonly ScoreName[] = SCORES,
): Promise<Learned> {
  const { scaling, input, members, maxRows, pool } = given;
  const { key, signal, workers } = context;
  const wants = (...names: readonly ScoreName[]) => names.some((name) => scores.includes(name));
  // 1. Scale; leave out what does not vary; hold out a fifth.
  const kept = takeRows(rows, sample(key.for("rows"), rows.rows, maxRows));
  const { varying, chosen } = varyingColumns(kept);
  const { forward, scaled } = await networkInput(scaling, chosen, context);
  const x = (raw: Tensor) => forward(varying(raw));
  const { fit, held } = holdOutFifth(scaled, key.for("held-out"));
  const classifies = wants("classifier", "fused");
  // 2. to 7. Features, latent space, outskirts.
  using synthesis = await synthesisOf(
    fit,
    held,
    columnsToSnap(chosen),
    {
      ...given,
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
  return {
    async scoreBy(name) {
      if (!wants(name))
        throw new Error(`outlier-synthesis: score: expected one that was learned (${scores.join(", ")}), got ${name}`);
      const scored = await judge(name, { logit, synthesis, fit, held }, context);
      return (raw) => scored(x(raw));
    },
    rowsUsed: kept.rows,
    chunk: 4096,
    notes: [
      ...description.notes,
      ...(latent?.notes ?? []),
      ...(classifier ? [`classifier: ${trainingNote(classifier.trained)}`] : []),
      ...(await notesOf(synthesis, { negatives, fresh, classifier, held, fit, inputOf }, context)),
      ...(kept.rows < rows.rows ? [`${kept.rows} of ${rows.rows} rows learned from, drawn by key`] : []),
    ],
  };
}

/** Made rows to learn from: those asked for, but no more than 20 for each row, or 6,000. */
function poolSize(asked: number, rows: number): number {
  return Math.min(asked, Math.max(6000, 20 * rows));
}

/** The columns that vary: as an expression that picks them, and of the rows given. */
function varyingColumns(rows: Matrix): { readonly varying: (x: Tensor) => Tensor; readonly chosen: Matrix } {
  const vary = Array.from({ length: rows.columns }, (_, j) => j).filter((j) => {
    const column = columnOf(rows, j);
    return column.some((value) => value !== column[0]);
  });
  if (vary.length === 0)
    throw new InputError(
      "outlier-synthesis: rows: expected a column that varies, got none; choose another detector, such as --detector knn",
    );
  if (vary.length === rows.columns) return { varying: (x) => x, chosen: rows };
  const picks = new Float64Array(rows.columns * vary.length);
  vary.forEach((j, at) => {
    picks[j * vary.length + at] = 1;
  });
  const chosen = matrix(rows.rows, vary.length);
  for (let i = 0; i < rows.rows; i++)
    vary.forEach((j, at) => {
      chosen.values[i * vary.length + at] = rows.values[i * rows.columns + j];
    });
  return { varying: (x) => matmul(x, float64(picks, [rows.columns, vary.length])), chosen };
}
