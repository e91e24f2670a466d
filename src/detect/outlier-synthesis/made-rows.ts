import { type Matrix, matrix, permutation, rowOf, takeRows } from "../../numeric/index.ts";
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
  /** Rows as they are once every value is a valid one: m × d → m × d. */
  readonly rounded: (made: Matrix) => Matrix;
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

/** Candidates of the outskirts for each that is wanted: some lie among normal rows once they are rounded. */
const SPARE = 3;
/** Distances below this are those of twins. */
const TWIN = 1e-9;

/**
 * Made rows in the columns of normal ones, in equal parts of each family; where the outskirts are among several, they are
 * half, as the detector has it. Rows that, rounded, are twins of normal ones or nearer to one than half of the normal rows
 * are to another are made again.
 */
export async function makeOutliers(
  of: MadeOf,
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
  const { rows, groups, snapped, rounded } = of;
  const { key, signal } = context;
  using nearness = await nearnessTo(rows, { k: 1, maxRows: rows.rows, key: key.for("near"), signal });
  const accept = async (made: Matrix) =>
    Uint8Array.from(await nearness.distances(rounded(made)), (distance) =>
      distance > TWIN && distance >= nearness.threshold ? 1 : 0,
    );
  const families = parts.filter((family): family is Exclude<MadeFamily, "outskirts"> => family !== "outskirts");
  const outside = parts.includes("outskirts") ? (families.length === 0 ? 1 : 0.5) : 0;
  const [far, near] = quotas(count, [outside, 1 - outside]);
  const found = far > 0 ? await outskirtsRows(of, far, optionsOf(detector, given), accept, context) : null;
  const rest =
    near > 0
      ? await outlierSource(rows, {
          weights: Object.fromEntries(families.map((family) => [family, 1])),
          groups,
          snapped,
          accept,
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
  accept: (made: Matrix) => Promise<Uint8Array>,
  context: FitContext,
): Promise<MadeRows> {
  using synthesis = await synthesisOf(rows, null, snapped, options, context);
  const made = await synthesis.negatives(SPARE * count, context.key.for("outskirts"));
  const passed = await accept(made.x);
  const usable = (i: number) => passed[i] === 1 && made.families[i] === "outskirts";
  const all = Array.from(made.families, (_, i) => i);
  const chosen = [...all.filter(usable), ...all.filter((i) => !usable(i))].slice(0, count);
  return {
    rows: takeRows(made.x, chosen),
    families: chosen.map((i) => made.families[i]),
    from: Int32Array.from(chosen, (i) => made.from[i]),
    acceptance: [{ family: "outskirts", made: made.x.rows, accepted: all.filter(usable).length }],
    filled: chosen.filter((i) => !usable(i)).length,
  };
}

function inOrder({ rows, families, from }: MadeRows, order: Uint32Array): Pick<MadeRows, "rows" | "families" | "from"> {
  const out = matrix(rows.rows, rows.columns);
  order.forEach((i, at) => {
    out.values.set(rowOf(rows, i), at * rows.columns);
  });
  return { rows: out, families: Array.from(order, (i) => families[i]), from: Int32Array.from(order, (i) => from[i]) };
}
