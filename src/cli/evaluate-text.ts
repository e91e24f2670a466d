import type { Candidate, Evaluated, Interval } from "../evaluate/index.ts";
import { evaluationClasses } from "./evaluate-classes.ts";
import { evaluationSplits } from "./evaluate-splits.ts";
import { clipName, shareText, unitText } from "./evaluate-unit-text.ts";
import { formatFacts } from "./facts.ts";
import { bytes, count, counted, duration, percent } from "./number-text.ts";
import { outputWidth, type Paint, type Terminal } from "./terminal.ts";
import { formatTable } from "./text-table.ts";
import { wrapText } from "./wrap-text.ts";

/** What came of an evaluation, for people. `report` is where a report was written. */
export function evaluationText(
  evaluated: Evaluated,
  { out, stdout }: Pick<Terminal, "out" | "stdout">,
  report?: string,
): string {
  const { protocol, data, candidates, warnings, intervals } = evaluated;
  const width = outputWidth(stdout);
  const note = (text: string) => wrapText(text, width - 2, "  ");
  return [
    `${out.bold("evaluated")} ${candidates
      .filter(({ control }) => control === null)
      .map(({ name }) => name)
      .join(", ")} on ${data.description} in ${duration(evaluated.seconds)}`,
    formatFacts(
      [
        ["protocol", `${protocol.name}. ${protocol.sentence}`],
        ["rows", rowsText(data)],
        ["columns", ...columnsText(data)],
        [protocol.keys.length === 1 ? "key" : "keys", protocol.keys.join(", ")],
        ["report", ...(report === undefined ? [] : [report])],
      ],
      width,
      out.dim,
    ),
    ...warnings.map((text) => `${out.yellow("note")}: ${wrapText(text, width - 6, "      ")}`),
    "",
    out.bold("how well scores put anomalous rows before normal ones"),
    formatTable(scoreColumns, candidates.map(scoreRow), out.dim),
    out.dim(`  ${note(scoreLegend(evaluated))}`),
    "",
    out.bold(`what the rule p ≤ ${protocol.level} does, fixed in advance`),
    formatTable(ruleColumns, candidates.map(ruleRow), out.dim),
    out.dim(
      `  ${note(`false alarms: share of normal test rows flagged, which the rule promises to keep at ${percent(protocol.level)} on average; p-values: largest distance of the normal rows' p-values from uniform ones (0 is perfect).`)}`,
    ),
    ...differences(evaluated, out),
    ...evaluationSplits(evaluated, out),
    ...evaluationClasses(evaluated, out),
    "",
    out.dim(wrapText(intervals.sentence, width)),
  ].join("\n");
}

const right = "right" as const;
/** Names are cut beyond, so that lines stay within 100 characters. */
const LONGEST = 20;
/** Fewer runs do not say which of two is better: five of one sign are chance once in 16 times. */
const ENOUGH_RUNS = 6;
const scoreColumns = [
  { title: "" },
  { title: "AUROC" },
  { title: "average precision" },
  { title: "partial", align: right },
  { title: "at 1 %", align: right },
  { title: "at 5 %", align: right },
  { title: "FPR95", align: right },
];

function scoreRow({ name, mean }: Candidate): string[] {
  return [
    clipName(name, LONGEST),
    intervalText(mean.auroc),
    intervalText(mean.averagePrecision),
    unitText(mean.partialAuroc.mean),
    shareText(mean.recallAt1Percent.mean),
    shareText(mean.recallAt5Percent.mean),
    shareText(mean.falseAlarmsAt95Recall.mean),
  ];
}

function scoreLegend({ candidates: [{ runs }] }: Evaluated): string {
  const chance = runs.reduce((sum, { anomalies, test }) => sum + anomalies / test, 0) / runs.length;
  return `AUROC: 0.5 is chance, 1 perfect; average precision: ${unitText(chance)} is chance; partial: AUROC up to 5 % false alarms, 0.5 is chance; at 1 %: share of anomalies above the threshold that 1 % of the normal test rows exceed; FPR95: share of normal test rows above the threshold that 95 % of anomalies exceed, lower is better.`;
}

const ruleColumns = [
  { title: "" },
  { title: "found" },
  { title: "false alarms" },
  { title: "normal among flagged", align: right },
  { title: "F1", align: right },
  { title: "p-values", align: right },
  { title: "fit", align: right },
  { title: "model", align: right },
];

function ruleRow({ name, mean, runs }: Candidate): string[] {
  const average = (of: (run: Candidate["runs"][number]) => number) =>
    runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  return [
    clipName(name, LONGEST),
    sharesText(mean.recall),
    sharesText(mean.falseAlarmRate),
    shareText(mean.falseDiscoveryProportion.mean),
    unitText(mean.f1.mean),
    unitText(mean.pValueDistance.mean),
    duration(average(({ fitSeconds }) => fitSeconds)),
    bytes(average((run) => run.bytes)),
  ];
}

function differences(
  { differences, intervals, candidates }: Evaluated,
  { dim, bold }: Pick<Paint, "dim" | "bold">,
): string[] {
  if (differences.length === 0) return [];
  const certain = intervals.over === "test rows" || candidates[0].runs.length >= ENOUGH_RUNS;
  const rows = new Map<string, string[]>();
  for (const { candidate, minus, difference } of differences) {
    const key = JSON.stringify([candidate, minus]);
    const names = [clipName(candidate, LONGEST), clipName(minus, LONGEST)].join(" − ");
    rows.set(key, [...(rows.get(key) ?? [names]), signedText(difference, certain)]);
  }
  const columns = [{ title: "" }, { title: "AUROC" }, { title: "average precision" }];
  return ["", bold("against the controls"), formatTable(columns, [...rows.values()], dim)];
}

/** "0.958 (0.951–0.964)"; without the interval where it is but a point. */
function intervalText({ mean, low, high }: Interval): string {
  return unitText(low) === unitText(high) ? unitText(mean) : `${unitText(mean)} (${unitText(low)}–${unitText(high)})`;
}

/** "39.3 % (21.8–58.2)". */
function sharesText({ mean, low, high }: Interval): string {
  const [from, to] = [low, high].map((share) => shareText(share).replace(" %", ""));
  return from === to ? shareText(mean) : `${shareText(mean)} (${from}–${to})`;
}

/** "−0.011 (−0.022 to −0.004)", and whether that is clear of 0 where there is enough to tell. */
function signedText({ mean, low, high }: Interval, certain: boolean): string {
  const signed = (x: number) => (Math.abs(x) < 0.0005 ? "0.000" : `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(3)}`);
  if (signed(low) === signed(high)) return signed(mean);
  const verdict = !certain ? "" : low > 0 ? " better" : high < 0 ? " worse" : "";
  return `${signed(mean)} (${signed(low)} to ${signed(high)})${verdict}`;
}

function rowsText({ rows, normals, normal, label, classes, duplicates, nearDuplicates }: Evaluated["data"]): string {
  const kinds = classes.length === 1 ? `"${classes[0].name}"` : `${counted(classes.length, "class", "classes")}`;
  const near = nearDuplicates === 0 ? "" : `, ${counted(nearDuplicates, "test row")} nearly equal to a training row`;
  return `${count(rows)}: ${count(normals)} normal (${label} = ${normal.join(" or ")}), ${count(rows - normals)} anomalous (${kinds}); ${count(duplicates)} equal to an earlier one${near}`;
}

function columnsText({ columns, ignored }: Evaluated["data"]): string[] {
  const kinds = new Map<string, number>();
  for (const { kind } of columns) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const listed = [...kinds].map(([kind, number]) => `${number} ${kind}`).join(", ");
  const aside = ignored.map(({ name, reason }) =>
    reason.startsWith("gives the label away") ? `${name} (gives the label away)` : name,
  );
  return [
    `${listed}${aside.length === 0 ? "" : `; left aside: ${aside.slice(0, 8).join(", ")}${aside.length > 8 ? ` and ${aside.length - 8} more` : ""}`}`,
  ];
}
