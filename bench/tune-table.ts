import { key, pairedBootstrap } from "../src/numeric/index.ts";
import type { PublishedTable } from "./docs-tables.ts";
import { decimals, markdownTable } from "./markdown-table.ts";
import type { Measurement } from "./results.ts";

const ARMS: Readonly<Record<string, string>> = {
  free: "the model as it was (1-NN)",
  offset: "offset head alone",
  logistic_head: "logistic head alone",
  boosted_head: "boosted head alone",
  logistic: "`logistic`, fitted anew",
  boosted: "`boosted`, fitted anew",
  tuned: "**tuned**",
};

/** What `tune` makes of a few labels: arms by the number of labels, what it changes, and whether its verdicts hold. */
export const tuneTable: PublishedTable = {
  file: "tune.parquet",
  render(rows) {
    const counts = distinct(rows, "labels").map(Number);
    const of = (labels: number) => rows.filter((row) => row["labels"] === labels);
    const arms = Object.entries(ARMS).map(([arm, title]) => [
      title,
      ...counts.map((labels) => `${mean(of(labels), `${arm}_auroc`)} / ${mean(of(labels), `${arm}_ap`)}`),
    ]);
    const change = (measure: string) =>
      counts.map((labels) => intervalOf(of(labels), `tuned_${measure}`, `free_${measure}`));
    const table = markdownTable([
      ["labels", ...counts.map(String)],
      ...arms,
      ["change of AUROC by tuning", ...change("auroc")],
      ["change of average precision", ...change("ap")],
    ]);
    const verdicts = markdownTable([
      ["labels", ...counts.map(String)],
      ...["better", "not shown", "worse"].map((verdict) => [
        verdict,
        ...counts.map((labels) => {
          const own = of(labels).filter((row) => row["verdict"] === verdict);
          return own.length === 0 ? "0" : `${own.length} of ${of(labels).length}`;
        }),
      ]),
    ]);
    const better = rows.filter((row) => row["verdict"] === "better");
    const right = (measure: string) =>
      better.filter((row) => Number(row[`tuned_${measure}`]) > Number(row[`free_${measure}`])).length;
    const alarms = (when: string) => decimals(100 * average(rows.map((row) => Number(row[`false_alarms_${when}`]))), 1);
    return `${table}

AUROC / average precision × 100, mean over ${distinct(rows, "set").length} tables and keys ${distinct(rows, "key").join(", ")}; changes with 95 % intervals by paired bootstrap over tables.

${verdicts}

Of ${better.length} cases called better, ${right("auroc")} have a higher AUROC on the test rows and ${right("ap")} a higher average precision. Normal test rows with p ≤ 0.05: ${alarms("before")} % before, ${alarms("after")} % after.`;
  },
};

function distinct(rows: readonly Measurement[], name: string): readonly (string | number)[] {
  const values = [...new Set(rows.map((row) => row[name] as string | number))];
  return values.sort((a, b) => (typeof a === "number" && typeof b === "number" ? a - b : a < b ? -1 : 1));
}

function mean(rows: readonly Measurement[], name: string): string {
  return decimals(average(rows.map((row) => Number(row[name]))), 1);
}

function average(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** Mean difference of two measures with its paired interval over tables, each a mean over keys. */
function intervalOf(rows: readonly Measurement[], first: string, second: string): string {
  const bySet = (name: string) =>
    distinct(rows, "set").map((set) =>
      average(rows.filter((row) => row["set"] === set).map((row) => Number(row[name]))),
    );
  const { difference, low, high } = pairedBootstrap(bySet(first), bySet(second), key(0));
  const signed = (x: number) => `${x < 0 ? "−" : "+"}${decimals(Math.abs(x), 1)}`;
  return `${signed(difference)} (${signed(low)} to ${signed(high)})`;
}
