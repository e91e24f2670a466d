import { key as keyOf, pairedBootstrap } from "../src/numeric/index.ts";
import type { Measurement } from "./results.ts";

/** What one score of one fit did on one table or class of images, × 100. */
export interface OneClassRow extends Measurement {
  readonly set: string;
  readonly seed: number;
  readonly name: string;
  readonly auroc: number;
  readonly ap: number;
  readonly fit_seconds: number;
  /** Why the fit is not to be trusted by its own account, or "". */
  readonly alarms: string;
}

type Which = "auroc" | "ap";

/**
 * A head and a line a score: means over sets of the means over seeds, deviation of seeds, paired intervals of its differences
 * to the first score, and of those of `own`, the method that the table is about, to it. Sets on which not every score was
 * measured with the same seeds are left out.
 */
export function summary(rows: readonly OneClassRow[], own: string): readonly (readonly string[])[] {
  const names = [...new Set(rows.map(({ name }) => name))];
  const sets = completeSets(rows, names);
  return [
    ["", "AUROC / AP", "sd over seeds", ...[`minus ${names[0]}`, `${own} minus it`].flatMap(forBoth), "seconds a fit"],
    ...names.map((name) => line(name, [names[0], own], rows, sets)),
  ];
}

function forBoth(what: string): readonly string[] {
  return [`AUROC, ${what}`, `AP, ${what}`];
}

/** The sets on which every score was measured, with as many seeds as any. */
export function completeSets(rows: readonly OneClassRow[], names: readonly string[]): readonly string[] {
  const seeds = new Set(rows.map(({ seed }) => seed)).size;
  const count = new Map<string, number>();
  for (const { set } of rows) count.set(set, (count.get(set) ?? 0) + 1);
  return [...count].filter(([, found]) => found === seeds * names.length).map(([set]) => set);
}

function line(
  name: string,
  [control, method]: readonly [string, string],
  rows: readonly OneClassRow[],
  sets: readonly string[],
): readonly string[] {
  const of = (who: string) => rows.filter((row) => row.name === who && sets.includes(row.set));
  const own = of(name);
  const seeds = [...new Set(own.map(({ seed }) => seed))];
  const bySet = (who: string, which: Which) => {
    const all = of(who);
    return sets.map((set) => mean(all.filter((row) => row.set === set).map((row) => row[which])));
  };
  const bySeed = (which: Which) =>
    seeds.map((seed) => mean(own.filter((row) => row.seed === seed).map((row) => row[which])));
  const minus = (who: string, whom: string, which: Which) => {
    if (who === whom || sets.length < 2 || of(who).length === 0 || of(whom).length === 0) return "";
    const { difference, low, high } = pairedBootstrap(bySet(who, which), bySet(whom, which), keyOf("intervals"));
    return `${signed(difference)} [${signed(low)}, ${signed(high)}]`;
  };
  return [
    name,
    `${mean(bySet(name, "auroc")).toFixed(2)} / ${mean(bySet(name, "ap")).toFixed(2)}`,
    seeds.length > 1 ? `${spread(bySeed("auroc")).toFixed(2)} / ${spread(bySeed("ap")).toFixed(2)}` : "",
    minus(name, control, "auroc"),
    minus(name, control, "ap"),
    minus(method, name, "auroc"),
    minus(method, name, "ap"),
    mean(own.map((row) => row.fit_seconds)).toFixed(1),
  ];
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function spread(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(values.reduce((total, x) => total + (x - center) ** 2, 0) / (values.length - 1));
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}
