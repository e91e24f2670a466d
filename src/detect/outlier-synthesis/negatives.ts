import { overRows, type Tensor } from "../../graph/index.ts";
import { type Key, type Matrix, matrix, takeRows } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
import { type Acceptance, FAMILIES, type Family, type OutlierSource, outlierSource } from "../outliers/index.ts";
import type { Description } from "./description.ts";
import type { Outskirts } from "./source.ts";

/** What the classifier learns normal rows from: the share of the outskirts, and families of made rows in equal parts. */
export const NEGATIVES = {
  half: { outskirts: 0.5, families: FAMILIES },
  outskirts: { outskirts: 1, families: [] },
  six: { outskirts: 0, families: FAMILIES },
  subspace: { outskirts: 0, families: ["subspace"] },
  "partial-box": { outskirts: 0, families: ["partial-box"] },
  "half-partial-box": { outskirts: 0.5, families: ["partial-box"] },
} as const satisfies Record<string, { readonly outskirts: number; readonly families: readonly Family[] }>;
export type NegativesName = keyof typeof NEGATIVES;

/** The same where rows are made among features, as those of images are: there half is half of two families. */
function mixOf(
  name: NegativesName,
  where: MadeAs,
): { readonly outskirts: number; readonly families: readonly Family[] } {
  return where === "features" && name === "half"
    ? { outskirts: 0.5, families: ["subspace", "extrapolate"] }
    : NEGATIVES[name];
}

/** Families are made of scaled columns and then described, or of what describes rows. */
export type MadeAs = "columns" | "features";

/** Made rows as features. */
export interface Negatives {
  /** count × p. */
  readonly h: Matrix;
  /** count × d, scaled; none where families are made as features. */
  readonly x: Matrix;
  readonly families: readonly string[];
  /** The row of `fit` that each began as; −1 where there is none. */
  readonly from: Int32Array;
  readonly acceptance: readonly Acceptance[];
  /** Places that no round had filled, and that have unseen `subspace` rows. */
  readonly filled: number;
  readonly escalations: number;
}

export interface NegativesOptions {
  readonly negatives: NegativesName;
  /** Whether what the outskirts give goes through the decoder and the encoder again. */
  readonly route: "features" | "input";
  readonly snapped: readonly boolean[];
  readonly madeAs: MadeAs;
}

/** Where negatives come from: rows of `fit`, scaled, n × d, their description, and what refuses features among theirs. */
export interface Ground {
  readonly fit: Matrix;
  readonly h: Matrix;
  readonly description: Description;
  readonly outskirts: Outskirts | null;
  readonly accept: ((h: Matrix) => Promise<Uint8Array>) | undefined;
}

type Over = (expression: (x: Tensor) => Tensor, rows: Matrix, columns: number) => Promise<Matrix>;

/** Draws negatives, half and half or as the options say. Equal keys, equal rows. */
export function negativesOf(ground: Ground, options: NegativesOptions, context: FitContext) {
  const { fit, description, outskirts, accept } = ground;
  const { signal, workers, key } = context;
  const over: Over = async (expression, rows, columns) =>
    matrix(rows.rows, columns, await overRows(expression, rows, { signal, workers, chunk: description.chunk }));
  const inFeatures = options.madeAs === "features";
  const described = async (x: Matrix) => (inFeatures ? x : over(description.features, x, description.size));
  const { outskirts: share, families } = mixOf(options.negatives, options.madeAs);
  const shared = {
    snapped: inFeatures ? [] : options.snapped,
    fill: "subspace",
    key: key.for("families"),
    signal,
  } as const;
  const base = inFeatures ? ground.h : fit;
  const made: OutlierSource | null =
    families.length === 0
      ? null
      : outlierSource(base, {
          ...shared,
          weights: Object.fromEntries(families.map((family) => [family, 1])),
          ...(accept && { accept: async (x: Matrix) => accept(await described(x)) }),
        });
  const filler = outlierSource(base, { ...shared, weights: { subspace: 1 } });

  return async (count: number, drawing: Key): Promise<Negatives> => {
    const fromOutskirts = outskirts ? Math.round(share * count) : 0;
    const found = outskirts ? await outskirts.draw(fromOutskirts, drawing.for("outskirts")) : null;
    const missing = fromOutskirts - (found?.h.rows ?? 0);
    const fill = await filler.draw(missing, drawing.for("fill"));
    const rest = await (made ?? filler).draw(count - fromOutskirts, drawing.for("families"));
    const x = above(fill.rows, rest.rows);
    const own = found && !inFeatures ? await inColumns(found.h, found.from, ground, over) : null;
    const h = await described(x);
    const foundH = found && (own && options.route === "input" ? await described(own) : found.h);
    return {
      h: foundH ? above(foundH, h) : h,
      x: inFeatures ? matrix(0, fit.columns) : own ? above(own, x) : x,
      families: [...new Array<string>(found?.h.rows ?? 0).fill("outskirts"), ...fill.families, ...rest.families],
      from: Int32Array.from([...(found?.from ?? []), ...fill.from, ...rest.from]),
      acceptance: [...(found ? [found.acceptance] : []), ...rest.acceptance],
      filled: missing + rest.filled,
      escalations: found?.escalations ?? 0,
    };
  };
}

/** Features that row i generated as scaled columns: D_m*(c̃) + x_i − D_m*(E_m*(x_i)). */
async function inColumns(made: Matrix, from: Int32Array, { fit, h, description }: Ground, over: Over): Promise<Matrix> {
  const decoded = await over(description.decoded, made, fit.columns);
  const rebuilt = await over(description.decoded, takeRows(h, from), fit.columns);
  const rows = takeRows(fit, from);
  return matrix(
    made.rows,
    fit.columns,
    rows.values.map((value, at) => decoded.values[at] + (value - rebuilt.values[at])),
  );
}

/** Rows of one matrix above those of another with as many columns. */
export function above(first: Matrix, second: Matrix): Matrix {
  const values = new Float64Array(first.values.length + second.values.length);
  values.set(first.values);
  values.set(second.values, first.values.length);
  return matrix(first.rows + second.rows, first.columns, values);
}
