import {
  type BenchDifference,
  CONTROL,
  type ResultRow,
  setDifferences,
  summaryLines,
  testOf,
  throughout,
  trainingAdds,
} from "../evaluate/index.ts";
import { formatTable } from "./text-table.ts";

/** What a run of a suite found, for people: a table for each part, what training adds, and the sets that differ most. */
export function benchText(rows: readonly ResultRow[]): string {
  const parts = [...new Set(rows.map(({ part }) => part))];
  return parts
    .map((part) =>
      partText(
        part,
        rows.filter((row) => row.part === part),
      ),
    )
    .join("\n\n");
}

function partText(part: string, rows: readonly ResultRow[]): string {
  const { suite, protocol, machine, node, key } = rows[0];
  const sets = new Set(rows.map(testOf)).size;
  const keys = [...new Set(rows.map((row) => row.key))];
  const lines = summaryLines(rows);
  const table = formatTable(
    [
      { title: "detector" },
      { title: "learns from" },
      ...["AUROC", "minus 1-NN [95 %]", "AP", "minus 1-NN [95 %]", "fit s", "score s"].map((title) => ({
        title,
        align: "right" as const,
      })),
    ],
    lines.map((line) => [
      line.sets < sets ? `${line.name} (${line.sets} sets)` : line.name,
      line.variant,
      line.auroc.toFixed(2),
      line.minus ? interval(line.minus.auroc) : "",
      line.ap.toFixed(2),
      line.minus ? interval(line.minus.ap) : "",
      line.fitSeconds.toFixed(2),
      line.scoreSeconds.toFixed(2),
    ]),
  );
  const trained = trainingAdds(rows).map(
    ({ name, auroc, ap }) => `  ${name}: AUROC ${interval(auroc)}, AP ${interval(ap)}`,
  );
  return [
    `${suite}${part === "" ? "" : `, ${part}`}: ${sets} ${sets === 1 ? "test" : rows.some(({ split }) => split !== "") ? "tests" : "sets"}; ${protocol}; ${keys.length === 1 ? `key ${key}` : `keys ${keys.join(", ")}`}; ${machine}, Node ${node}; means × 100`,
    table,
    ...(trained.length > 0 ? [`What training adds (minus the untrained twin), all rows`, trained.join("\n")] : []),
    ...(sets > 1
      ? ["Average precision minus that of 1-NN, all rows: the sets it gains and loses most", extremes(rows)]
      : []),
    ...refusals(rows),
  ].join("\n\n");
}

function extremes(rows: readonly ResultRow[]): string {
  const others = throughout(rows).filter(
    (name) => name !== CONTROL && !rows.some((r) => r.name === name && r.twin_of !== ""),
  );
  return others
    .map((name) => {
      const all = setDifferences(rows, name);
      const shown = all.length <= 6 ? all : [...all.slice(0, 3), ...all.slice(-3)];
      return `  ${name}: ${shown.map(({ set, ap }) => `${set} ${signed(ap)}`).join(", ")}`;
    })
    .join("\n");
}

function refusals(rows: readonly ResultRow[]): readonly string[] {
  const refused = rows.filter(({ error }) => error !== "");
  if (refused.length === 0) return [];
  const lines = refused.map(
    ({ name, set, variant, error }) => `  ${name} on ${set}, ${variant}: ${error.split("\n")[0]}`,
  );
  return [`Not measured`, lines.join("\n")];
}

function interval({ difference, low, high, sets }: BenchDifference): string {
  return sets < 2 ? signed(difference) : `${signed(difference)} [${signed(low)}, ${signed(high)}]`;
}

function signed(x: number): string {
  const text = Math.abs(x).toFixed(2);
  return `${x < 0 && Number(text) > 0 ? "−" : "+"}${text}`;
}
