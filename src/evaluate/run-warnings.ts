import { rowsFor } from "../calibrate/index.ts";
import type { Source } from "../data/index.ts";
import { count, counted, percent, short } from "../numeric/index.ts";
import type { Labelled } from "./labelled.ts";
import { type Rows, straddling } from "./protocols/index.ts";
import { rowNames } from "./row-names.ts";
import type { Split } from "./split.ts";
import type { Ran } from "./summarize.ts";

/** Fewer anomalies in a test, and no measure of them is worth much. */
const FEW = 10;
/** Three standard errors: seen once in 700 times where the promise holds. */
const FAR = 3;

/** Test rows that equal a training row, or are of a group with one, in a split that the data gave. */
export async function straddleWarnings(
  source: Source,
  { places, together }: Labelled,
  split: Split,
  rows: Rows,
  twins: Uint32Array,
  signal?: AbortSignal,
): Promise<string[]> {
  const equal = straddling(split, { ...rows, units: twins });
  const own = new Set(equal);
  const grouped = together?.kind === "groups" ? straddling(split, rows).filter((row) => !own.has(row)) : [];
  const named = (found: ArrayLike<number>) =>
    rowNames(
      source,
      Array.from(found, (row) => places[row]),
      signal,
    );
  const share = (found: ArrayLike<number>) =>
    `${count(found.length)} of ${counted(split.test.length, "test row")} (${percent(found.length / split.test.length)})`;
  const remedy = "they were learned from, so that the test flatters; pass --duplicates drop to leave them out";
  return [
    ...(equal.length === 0
      ? []
      : [`${share(equal)} equal a training row in every used column (${await named(equal)}): ${remedy}`]),
    ...(grouped.length === 0
      ? []
      : [`${share(grouped)} are of a group that training rows are of (${await named(grouped)}): ${remedy}`]),
  ];
}

/** Doubts about what the runs can show: levels that p-values do not reach, few anomalies, rows unlike those learned from. */
export function runWarnings(
  ran: readonly Ran[],
  { level, drift, groups }: { readonly level: number; readonly drift: string; readonly groups: boolean },
): string[] {
  const asked = ran.filter(({ contender }) => contender.control === null);
  return [
    ...unreachable(asked, level, groups ? "group" : "row"),
    ...fewAnomalies(asked),
    ...unlike(asked, level, drift),
  ];
}

function unreachable(asked: readonly Ran[], level: number, unit: string): string[] {
  const runs = asked.flatMap(({ runs }) => runs);
  const short_ = runs.filter(({ smallest }) => smallest > level * (1 + 1e-9));
  if (short_.length === 0) return [];
  const smallest = Math.max(...short_.map(({ smallest }) => smallest));
  const where = short_.length === runs.length ? "" : ` in ${short_.length} of ${runs.length} runs`;
  return [
    `the rule p ≤ ${level} flags nothing${where}, since calibration resolves ${short(smallest)} at best: recall, F1 and false alarms by the rule say nothing there; pass --level ${roundUp(smallest)}, or use ${counted(rowsFor(level), `calibration ${unit}`)} or more`,
  ];
}

function fewAnomalies(asked: readonly Ran[]): string[] {
  const small = asked[0].runs.flatMap(({ run, rows }) => {
    const anomalies = rows.anomalous.reduce((sum, kind) => sum + kind, 0);
    return anomalies < FEW ? [`${run.split === "" ? "the test" : run.split} (${anomalies})`] : [];
  });
  if (small.length === 0) return [];
  const named = [...new Set(small)];
  return [
    `fewer than ${FEW} anomalies in ${named.slice(0, 5).join(", ")}${named.length > 5 ? ` and ${named.length - 5} more` : ""}: numbers there move with single rows`,
  ];
}

/** Where more normal rows are flagged than chance explains. */
function unlike(asked: readonly Ran[], level: number, drift: string): string[] {
  const found = asked.flatMap(({ contender, runs }) => {
    const far = runs.filter(({ run, rows, smallest }) => {
      const normals = rows.anomalous.reduce((sum, kind) => sum + 1 - kind, 0);
      const calibrating = 1 / smallest - 1;
      const error = Math.sqrt(level * (1 - level) * (1 / normals + 1 / calibrating));
      return smallest <= level && run.measures.falseAlarmRate > level + FAR * error;
    });
    if (far.length * 2 <= runs.length) return [];
    const mean = far.reduce((sum, { run }) => sum + run.measures.falseAlarmRate, 0) / far.length;
    return [`${contender.name} ${percent(mean)}`];
  });
  if (found.length === 0) return [];
  return [
    `more of the test's normal rows are flagged than chance makes of p ≤ ${level} (${found.join(", ")}): ${drift}`,
  ];
}

/** Up to one significant digit: 0.0196 → 0.02. */
function roundUp(x: number): number {
  const digits = Math.ceil(-Math.log10(x));
  return Number((Math.ceil(x * 10 ** digits - 1e-9) / 10 ** digits).toPrecision(1));
}
