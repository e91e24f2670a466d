import { overRows, type Tensor } from "../../graph/index.ts";
import { type ImageShape, type Key, type Matrix, matrix, permutation, takeRows } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
import { type Nearness, nearnessTo } from "../outliers/index.ts";
import { autoencoders } from "./autoencoders.ts";
import { type Description, describeRows, plainDescription } from "./description.ts";
import { howToDescribeImages, imageAutoencoders } from "./image-autoencoders.ts";
import { fitLatent, type Latent, latentSize, plainLatent } from "./latent.ts";
import { type Ground, NEGATIVES, type Negatives, type NegativesName, negativesOf } from "./negatives.ts";
import { type Outskirts, type OutskirtsOptions, outskirtsOf } from "./source.ts";

export const LEVELS = ["both", "autoencoders", "variational"] as const;

export interface SynthesisOptions {
  /** Steps of level 1 and level 2. */
  readonly steps: number;
  readonly latentSteps: number;
  readonly features: "full" | "codes";
  readonly levels: (typeof LEVELS)[number];
  readonly negatives: NegativesName;
  readonly route: "features" | "input";
  /** Features nearer to normal ones than this quantile of κ are refused; 0 refuses none. */
  readonly reject: number;
  readonly outskirts: OutskirtsOptions;
  /** What rows are where they are images; columns of a table when left out. */
  readonly images?: ImageShape | undefined;
  /** Whether level 2 is wanted though no negatives come from it. */
  readonly latent: boolean;
}

/** Both levels and what is made with them. Dispose of it when done. */
export interface Synthesis {
  readonly description: Description;
  readonly latent: Latent | null;
  readonly outskirts: Outskirts | null;
  /** Features of the rows of `fit` and of those held out. */
  readonly h: Matrix;
  readonly heldH: Matrix | null;
  /** κ among the rows of `fit`. */
  readonly near: Nearness;
  negatives(count: number, key: Key): Promise<Negatives>;
  [Symbol.dispose](): void;
}

/** Of the rows this share is held out, but no more than so many, and none where there are fewer than 50. */
const [HELD_SHARE, MOST_HELD, FEWEST_TO_HOLD_OUT] = [0.2, 2000, 50] as const;

/** Rows to train on, and rows held out by key; null where there are too few. */
export function holdOutFifth(rows: Matrix, key: Key): { readonly fit: Matrix; readonly held: Matrix | null } {
  if (rows.rows < FEWEST_TO_HOLD_OUT) return { fit: rows, held: null };
  const order = permutation(key, rows.rows);
  const count = Math.min(MOST_HELD, Math.floor(HELD_SHARE * rows.rows));
  return { fit: takeRows(rows, order.subarray(count)), held: takeRows(rows, order.subarray(0, count)) };
}

/** Trains both levels on scaled rows `fit`, n × d, n ≥ 2. `snapped` says which columns get training values only. */
export async function synthesisOf(
  fit: Matrix,
  held: Matrix | null,
  snapped: readonly boolean[],
  options: SynthesisOptions,
  context: FitContext,
): Promise<Synthesis> {
  const { signal, workers, key } = context;
  const { images } = options;
  // Level 1.
  const networks = images ? imageAutoencoders(images) : autoencoders(fit.columns);
  const how = { ...options, ...(images && howToDescribeImages(images)) };
  const description =
    options.levels === "variational"
      ? plainDescription(fit.columns)
      : await describeRows(fit, held, networks, how, staged(context, "train the autoencoders"));
  const over = async (expression: (x: Tensor) => Tensor, rows: Matrix, columns: number) =>
    matrix(rows.rows, columns, await overRows(expression, rows, { signal, workers, chunk: description.chunk }));
  const h = await over(description.features, fit, description.size);
  // Level 2, where it is drawn from.
  const needed = options.latent || NEGATIVES[options.negatives].outskirts > 0;
  const latent = !needed
    ? null
    : options.levels === "autoencoders"
      ? plainLatent(description.size)
      : await fitLatent(h, latentSize(fit.columns), options.latentSteps, staged(context, "train the latent space"));
  // What lies among normal rows is refused.
  const near = await nearnessTo(h, { quantile: options.reject, key: key.for("near"), signal });
  const accept = options.reject > 0 ? near.outside : undefined;
  const all = async (made: Matrix) => new Uint8Array(made.rows).fill(1);
  const outskirts = latent && (await outskirtsOf(h, latent, options.outskirts, accept ?? all, context));
  const ground: Ground = { fit, h, description, outskirts, accept };
  return {
    description,
    latent,
    outskirts,
    h,
    heldH: held && (await over(description.features, held, description.size)),
    near,
    negatives: negativesOf(ground, { ...options, snapped, madeAs: images ? "features" : "columns" }, context),
    [Symbol.dispose]() {
      near[Symbol.dispose]();
      outskirts?.[Symbol.dispose]();
    },
  };
}

/** Progress under the name of a stage. */
export function staged(context: FitContext, stage: string): FitContext {
  const { onProgress } = context;
  return { ...context, ...(onProgress && { onProgress: (progress) => onProgress({ ...progress, stage }) }) };
}
