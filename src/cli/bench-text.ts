import {
  type BenchDifference,
  CONTROL,
  mainVariant,
  type ResultRow,
  ranksOf,
  setDifferences,
  summaryLines,
  testOf,
  throughout,
  trainingAdds,
} from "../evaluate/index.ts";
import { formatTable } from "./text-table.ts";
import { wrapText } from "./wrap-text.ts";

/** Sets shown at either end of the differences to the control. */
const SHOWN = 3;

/** What a run of a suite found, for people: a table for each part, what training adds, and the sets that differ most. */
export function benchText(rows: readonly ResultRow[], width: number): string {
  const parts = [...new Set(rows.map(({ part }) => part))];
  const texts = parts.map((part) => {
    const own = rows.filter((row) => row.part === part);
    return partText(own, width);
  });
  return texts.join("\n\n");
}

function partText(rows: readonly ResultRow[], width: number): string {
  const wrapped = (text: string) => wrapText(text, width - 4, "    ");
  const trained = trainingAdds(rows).map(
    ({ name, auroc, ap }) => `  ${name}: AUROC ${interval(auroc)}, AP ${interval(ap)}`,
  );
  const differing = extremes(rows).map((line) => `  ${wrapped(line)}`);
  const refused = rows.filter(({ error }) => error !== "");
  const refusals = refused.map((row) => {
    const { name, variant, error } = row;
    return `  ${wrapped(`${name} on ${testOf(row)}, ${variant}: ${error.split("\n")[0]}`)}`;
  });
  return [
    wrapText(heading(rows), width),
    table(rows),
    ranking(rows),
    listed("What training adds (minus the untrained twin)", trained),
    listed("AP minus that of 1-NN: the sets gained and lost most", differing),
    listed("Not measured", refusals),
  ]
    .filter((block) => block !== "")
    .join("\n\n");
}

function heading(rows: readonly ResultRow[]): string {
  const { suite, part, protocol, machine, node, at_once } = rows[0];
  const tests = new Set(rows.map(testOf)).size;
  const what = rows.some(({ split }) => split !== "") ? "classes" : "sets";
  const keys = [...new Set(rows.map(({ key }) => key))];
  return [
    `${suite}${part === "" ? "" : `, ${part}`}: ${tests} ${tests === 1 ? what.replace(/e?s$/, "") : what}`,
    protocol,
    `${keys.length === 1 ? "key" : "keys"} ${keys.join(", ")}`,
    `${machine}, Node ${node}, ${at_once} at once`,
    "means × 100; seconds of a processor",
  ].join("; ");
}

function table(rows: readonly ResultRow[]): string {
  const tests = new Set(rows.map(testOf)).size;
  const ranks = new Map(ranksOf(rows, "ap")?.ranks.map(({ name, rank }) => [name, rank.toFixed(2)]));
  const numbers = ["AUROC", "minus 1-NN [95 %]", "AP", "minus 1-NN [95 %]", "rank", "fit s", "score s"];
  return formatTable(
    [{ title: "detector" }, { title: "learns from" }, ...numbers.map((title) => ({ title, align: "right" as const }))],
    summaryLines(rows).map((line) => [
      line.sets < tests ? `${line.name} (${line.sets} of ${tests})` : line.name,
      line.variant,
      line.auroc.toFixed(2),
      line.minus ? interval(line.minus.auroc) : "",
      line.ap.toFixed(2),
      line.minus ? interval(line.minus.ap) : "",
      line.variant === mainVariant(rows) ? (ranks.get(line.name) ?? "") : "",
      line.fitSeconds.toFixed(2),
      line.scoreSeconds.toFixed(2),
    ]),
  );
}

function ranking(rows: readonly ResultRow[]): string {
  const ranks = ranksOf(rows, "ap");
  if (!ranks) return "";
  const p = ranks.pValue < 1e-4 ? "p < 0.0001" : `p = ${ranks.pValue.toFixed(4)}`;
  return `Mean ranks by AP (Friedman, ${p}) differ at 5 % where they are more than ${ranks.criticalDifference.toFixed(2)} apart.`;
}

/** For every detector but the control and the twins, the sets with the largest gains and losses. */
function extremes(rows: readonly ResultRow[]): readonly string[] {
  const twins = new Set(rows.filter(({ twin_of }) => twin_of !== "").map(({ name }) => name));
  return throughout(rows)
    .filter((name) => name !== CONTROL && !twins.has(name))
    .flatMap((name) => {
      const all = setDifferences(rows, name);
      if (all.length < 2) return [];
      const shown = all.length <= 2 * SHOWN ? all : [...all.slice(0, SHOWN), ...all.slice(-SHOWN)];
      return [`${name}: ${shown.map(({ set, ap }) => `${set} ${signed(ap)}`).join(", ")}`];
    });
}

const listed = (title: string, lines: readonly string[]) => (lines.length === 0 ? "" : `${title}\n${lines.join("\n")}`);

function interval({ difference, low, high, sets }: BenchDifference): string {
  return sets < 2 ? signed(difference) : `${signed(difference)} [${signed(low)}, ${signed(high)}]`;
}

function signed(x: number): string {
  const text = Math.abs(x).toFixed(2);
  return `${x < 0 && Number(text) > 0 ? "−" : "+"}${text}`;
}
