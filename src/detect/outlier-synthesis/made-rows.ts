import { type Matrix, matrix, permutation, rowOf } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
import { type Acceptance, FAMILIES, nearnessTo, outlierSource, quotas } from "../outliers/index.ts";
import { above, NEGATIVES, type NegativesName } from "./negatives.ts";
import { type SynthesisOptions, synthesisOf } from "./synthesis.ts";

/** All that rows can be made by. */
export const MADE_FAMILIES = ["outskirts", ...FAMILIES] as const;
export type MadeFamily = (typeof MADE_FAMILIES)[number];

/** Normal rows that others are made of: standardized, n × d, with the numbers of one category each, and what to snap. */
export interface MadeOf {
  readonly rows: Matrix;
  readonly groups: readonly (readonly number[])[];
  readonly snapped: readonly boolean[];
}

export interface MadeRows {
  readonly rows: Matrix;
  readonly families: readonly string[];
  /** The normal row that each began as; −1 for none. */
  readonly from: Int32Array;
  readonly acceptance: readonly Acceptance[];
  readonly filled: number;
}

/** Of which families, in equal parts or as named, a model's rows are made: those of its options, or the six. */
export function madeFamiliesOf(detector: string, options: Readonly<Record<string, unknown>>): readonly MadeFamily[] {
  const named = NEGATIVES[options["negatives"] as NegativesName];
  if (detector !== "outlier-synthesis" || named === undefined) return FAMILIES;
  return [...(named.outskirts > 0 ? (["outskirts"] as const) : []), ...named.families];
}

/** Levels of rows that are only looked at: those of the detector, by its options where it is the model's. */
function optionsOf(detector: string, given: Readonly<Record<string, unknown>>): SynthesisOptions {
  const own = detector === "outlier-synthesis" ? given : {};
  const value = <T>(name: string, usual: T): T => (own[name] as T | undefined) ?? usual;
  const spread = value<"varied" | "1" | "3">("spread", "varied");
  return {
    steps: value("steps", 1000),
    latentSteps: value("latentSteps", 1500),
    features: value("features", "full"),
    levels: value("levels", "both"),
    negatives: "outskirts",
    route: value("route", "features"),
    reject: value("reject", 0.5),
    latent: true,
    outskirts: {
      quantile: value("quantile", 0.9),
      push: value("push", 1),
      spreads: spread === "varied" ? [1, 2, 3] : [Number(spread)],
      radius: value("radius", "ellipsoid"),
      residual: value("residual", "kept"),
    },
  };
}

/**
 * Made rows in the columns of normal ones, in equal parts of each family; where the outskirts are among several, they are
 * half, as the detector has it. What lies among normal rows is made again.
 */
export async function makeOutliers(
  { rows, groups, snapped }: MadeOf,
  {
    count,
    parts,
    detector,
    given,
  }: {
    readonly count: number;
    readonly parts: readonly MadeFamily[];
    readonly detector: string;
    readonly given: Readonly<Record<string, unknown>>;
  },
  context: FitContext,
): Promise<MadeRows> {
  const families = parts.filter((family): family is Exclude<MadeFamily, "outskirts"> => family !== "outskirts");
  const outside = parts.includes("outskirts") ? (families.length === 0 ? 1 : 0.5) : 0;
  const [far, near] = quotas(count, [outside, 1 - outside]);
  const found =
    far > 0 ? await outskirtsRows({ rows, groups, snapped }, far, optionsOf(detector, given), context) : null;
  const { key, signal } = context;
  using nearness = await nearnessTo(rows, { key: key.for("near"), signal });
  const rest =
    near > 0
      ? await outlierSource(rows, {
          weights: Object.fromEntries(families.map((family) => [family, 1])),
          groups,
          snapped,
          accept: nearness.outside,
          fill: "subspace",
          key: key.for("families"),
          signal,
        }).draw(near, key.for("draw"))
      : null;
  const both = [found, rest].filter((one) => one !== null);
  const all = both.reduce((a, b) => ({
    rows: above(a.rows, b.rows),
    families: [...a.families, ...b.families],
    from: Int32Array.from([...a.from, ...b.from]),
    acceptance: [...a.acceptance, ...b.acceptance],
    filled: a.filled + b.filled,
  }));
  return { ...all, ...inOrder(all, permutation(key.for("order"), count)) };
}

async function outskirtsRows(
  { rows, snapped }: MadeOf,
  count: number,
  options: SynthesisOptions,
  context: FitContext,
): Promise<MadeRows> {
  using synthesis = await synthesisOf(rows, null, snapped, options, context);
  const { x, families, from, acceptance, filled } = await synthesis.negatives(count, context.key.for("outskirts"));
  return { rows: x, families, from, acceptance, filled };
}

function inOrder({ rows, families, from }: MadeRows, order: Uint32Array): Pick<MadeRows, "rows" | "families" | "from"> {
  const out = matrix(rows.rows, rows.columns);
  order.forEach((i, at) => {
    out.values.set(rowOf(rows, i), at * rows.columns);
  });
  return { rows: out, families: Array.from(order, (i) => families[i]), from: Int32Array.from(order, (i) => from[i]) };
}
