import { key as keyOf, pairedBootstrap } from "../../numeric/index.ts";
import type { ResultRow } from "./results.ts";
import { VARIANTS, type Variant } from "./suite.ts";

/** A difference of means over sets × 100, with its 95 % paired bootstrap interval over sets. */
export interface Difference {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Sets behind it: of one, there is no interval. */
  readonly sets: number;
}

/** A contestant that learned from one variant of the rows, over all sets: means × 100. */
export interface SummaryLine {
  readonly name: string;
  readonly variant: Variant;
  /** Sets that it was measured on; fewer than all where it refused some. */
  readonly sets: number;
  readonly auroc: number;
  readonly ap: number;
  /** Recall at 1 % false alarms. */
  readonly recall: number;
  /** Recall and false alarms of what is flagged; NaN where nothing is. */
  readonly recallFlagged: number;
  readonly falseAlarms: number;
  /** Minus the control that learned from all rows, over the sets of both; null for that itself, and without such sets. */
  readonly minus: Readonly<Record<"auroc" | "ap", Difference>> | null;
  /** Processor time. */
  readonly fitSeconds: number;
  readonly scoreSeconds: number;
  readonly bytes: number;
}

/** The control of every table, as it is called there. */
export const CONTROL = "1-NN (knn)";

/** Names of the contestants, in the order of their first rows. */
export function namesOf(rows: readonly ResultRow[]): readonly string[] {
  return [...new Set(rows.map(({ name }) => name))];
}

/** Contestants that have rows on every set of the control; the others were left out for their time. */
export function throughout(rows: readonly ResultRow[]): readonly string[] {
  const setsOf = (name: string) => new Set(rows.filter((row) => row.name === name).map(({ set }) => set));
  const sets = [...setsOf(CONTROL)];
  return namesOf(rows).filter((name) => {
    const own = setsOf(name);
    return sets.every((set) => own.has(set));
  });
}

/** One line for each contestant and variant that was measured throughout. */
export function summaryLines(rows: readonly ResultRow[]): readonly SummaryLine[] {
  return throughout(rows).flatMap((name) =>
    VARIANTS.flatMap((variant) => {
      const own = rows.filter((row) => row.name === name && row.variant === variant && row.error === "");
      if (own.length === 0) return [];
      const average = (of: keyof ResultRow) => mean([...bySet(own, of).values()]);
      const control = name === CONTROL && variant === mainVariant(rows);
      return [
        {
          name,
          variant,
          sets: bySet(own, "auroc").size,
          auroc: 100 * average("auroc"),
          ap: 100 * average("ap"),
          recall: 100 * average("recall_1_percent"),
          recallFlagged: 100 * average("recall_flagged"),
          falseAlarms: 100 * average("false_alarms_flagged"),
          minus: control ? null : both(own, measuredOn(rows, CONTROL, mainVariant(rows))),
          fitSeconds: average("fit_cpu_seconds"),
          scoreSeconds: average("score_cpu_seconds"),
          bytes: average("bytes"),
        },
      ];
    }),
  );
}

/** What training adds: each contestant that trains minus its untrained twin, all rows. */
export function trainingAdds(
  rows: readonly ResultRow[],
): readonly { readonly name: string; readonly auroc: Difference; readonly ap: Difference }[] {
  const names = throughout(rows);
  const twins = rows.filter(({ twin_of, name }) => twin_of !== "" && names.includes(name));
  return [...new Map(twins.map(({ twin_of, name }) => [twin_of, name]))]
    .filter(([name]) => names.includes(name))
    .flatMap(([name, twin]) => {
      const [own, other] = [name, twin].map((one) => measuredOn(rows, one, mainVariant(rows)));
      const found = both(own, other);
      return found === null ? [] : [{ name, ...found }];
    });
}

/** A set on which a contestant differs from the control, × 100. */
export interface SetDifference {
  readonly set: string;
  readonly auroc: number;
  readonly ap: number;
}

/** Contestant minus control on every set, all rows, the largest gain in average precision first. */
export function setDifferences(rows: readonly ResultRow[], name: string): readonly SetDifference[] {
  const [own, control] = [name, CONTROL].map((one) => measuredOn(rows, one, mainVariant(rows)));
  const [ap, apOfControl, auroc, aurocOfControl] = (["ap", "auroc"] as const).flatMap((measure) => [
    bySet(own, measure),
    bySet(control, measure),
  ]);
  return [...ap.keys()]
    .filter((set) => apOfControl.has(set))
    .map((set) => ({
      set,
      auroc: 100 * (auroc.get(set)! - aurocOfControl.get(set)!),
      ap: 100 * (ap.get(set)! - apOfControl.get(set)!),
    }))
    .sort((a, b) => b.ap - a.ap || (a.set < b.set ? -1 : 1));
}

/** Rows of the contestant that were measured. */
export function measuredOn(rows: readonly ResultRow[], name: string, variant: Variant): readonly ResultRow[] {
  return rows.filter((row) => row.name === name && row.variant === variant && row.error === "");
}

/** The mean over keys of a column, by set, in the order of the rows. */
export function bySet(rows: readonly ResultRow[], of: keyof ResultRow): ReadonlyMap<string, number> {
  const values = new Map<string, number[]>();
  for (const row of rows) {
    const set = testOf(row);
    values.set(set, [...(values.get(set) ?? []), Number(row[of])]);
  }
  return new Map([...values].map(([set, all]) => [set, mean(all)]));
}

/** What means are taken over: the set, and what of it was tested apart. */
export function testOf({ part, set, split }: ResultRow): string {
  if (split === "") return set;
  return part === set ? split : `${set}, ${split}`;
}

/** The variant that comparisons go by: all rows, where it was measured. */
export function mainVariant(rows: readonly ResultRow[]): Variant {
  return rows.some(({ variant }) => variant === "all rows") ? "all rows" : VARIANTS[1];
}

/** Differences over the sets of both; null without any. */
function both(
  own: readonly ResultRow[],
  other: readonly ResultRow[],
): { readonly auroc: Difference; readonly ap: Difference } | null {
  const known = bySet(other, "auroc");
  const sets = [...bySet(own, "auroc").keys()].filter((set) => known.has(set));
  if (sets.length === 0) return null;
  const paired = (measure: "auroc" | "ap"): Difference => {
    const [first, second] = [own, other].map((rows) => bySet(rows, measure));
    const values = (of: ReadonlyMap<string, number>) => sets.map((set) => 100 * of.get(set)!);
    return { ...pairedBootstrap(values(first), values(second), keyOf(0).for("bootstrap")), sets: sets.length };
  };
  return { auroc: paired("auroc"), ap: paired("ap") };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
