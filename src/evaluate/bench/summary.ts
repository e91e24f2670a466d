import { key as keyOf, pairedBootstrap } from "../../numeric/index.ts";
import type { ResultRow } from "./results.ts";
import { VARIANTS, type Variant } from "./suite.ts";

/** A measure of a unit that is averaged and compared. */
export type Measure = "auroc" | "ap" | "recall_1_percent" | "recall_5_percent";

/** A difference of means over sets × 100, with its 95 % paired bootstrap interval over sets. */
export interface Difference {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
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
  /** Minus the control that learned from all rows, over the sets of both; null for that itself. */
  readonly minus: Readonly<Record<"auroc" | "ap", Difference>> | null;
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
  const sets = setsOf(rows, CONTROL);
  return namesOf(rows).filter((name) => {
    const own = new Set(rows.filter((row) => row.name === name).map(({ set }) => set));
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
      const control = name === CONTROL && variant === "all rows";
      return [
        {
          name,
          variant,
          sets: bySet(own, "auroc").size,
          auroc: 100 * average("auroc"),
          ap: 100 * average("ap"),
          recall: 100 * average("recall_1_percent"),
          minus: control ? null : { auroc: minus(rows, own, "auroc"), ap: minus(rows, own, "ap") },
          fitSeconds: average("fit_seconds"),
          scoreSeconds: average("score_seconds"),
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
    .map(([name, twin]) => {
      const [own, other] = [name, twin].map((one) => measuredOn(rows, one, "all rows"));
      return { name, auroc: paired(own, other, "auroc"), ap: paired(own, other, "ap") };
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
  const [own, control] = [name, CONTROL].map((one) => measuredOn(rows, one, "all rows"));
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
  for (const row of rows) values.set(row.set, [...(values.get(row.set) ?? []), Number(row[of])]);
  return new Map([...values].map(([set, all]) => [set, mean(all)]));
}

/** The sets that a contestant has rows on, in order. */
export function setsOf(rows: readonly ResultRow[], name: string): readonly string[] {
  return [...new Set(rows.filter((row) => row.name === name).map(({ set }) => set))];
}

function minus(rows: readonly ResultRow[], own: readonly ResultRow[], measure: Measure): Difference {
  return paired(own, measuredOn(rows, CONTROL, "all rows"), measure);
}

function paired(own: readonly ResultRow[], other: readonly ResultRow[], measure: Measure): Difference {
  const [first, second] = [bySet(own, measure), bySet(other, measure)];
  const sets = [...first.keys()].filter((set) => second.has(set));
  const values = (of: ReadonlyMap<string, number>) => sets.map((set) => 100 * of.get(set)!);
  return pairedBootstrap(values(first), values(second), keyOf(0).for("bootstrap"));
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
