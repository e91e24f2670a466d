import type { Candidate, Evaluated } from "../evaluate/index.ts";
import { clipName, shareText, unitText } from "./evaluate-unit-text.ts";
import { count } from "./number-text.ts";
import type { Paint } from "./terminal.ts";
import { clip, formatTable } from "./text-table.ts";

/** Candidates shown side by side, and classes one below the other; `--json` has all. */
const MOST_CANDIDATES = 2;
const MOST_CLASSES = 25;

/** Each class of anomalies apart: those that were not known, and those that were where a detector learned from them. */
export function evaluationClasses({ candidates }: Evaluated, { bold, dim }: Pick<Paint, "bold" | "dim">): string[] {
  const unseen = namesOf(candidates[0], false);
  const known = namesOf(candidates[0], true);
  const learned = candidates.some(({ runs }) => runs.some((run) => run.known > 0));
  if (unseen.length + known.length < 2) return [];
  const table = (title: string, names: readonly string[], known: boolean) =>
    names.length === 0
      ? []
      : ["", bold(`${title}: AUROC, and share found by the rule`), tableOf(candidates, names, known, dim)];
  if (unseen.length === 0) return table("class by class, a few rows of each known", known, true);
  return [
    ...table(known.length > 0 ? "class by class, when held out" : "class by class", unseen, false),
    ...(learned ? table("class by class, when known (rows not learned from)", known, true) : []),
  ];
}

function tableOf(
  candidates: readonly Candidate[],
  names: readonly string[],
  known: boolean,
  dim: Paint["dim"],
): string {
  const shown = sideBySide(candidates);
  const columns = [
    { title: "" },
    { title: "rows", align: "right" as const },
    ...shown.flatMap(({ name }) => [
      { title: clipName(name, 16), align: "right" as const },
      { title: "found", align: "right" as const },
    ]),
  ];
  const rows = names.slice(0, MOST_CLASSES).map((name) => {
    const own = shown.map(({ classes }) => classes.find((one) => one.name === name && one.known === known));
    return [
      clip(name, 24),
      count(own[0]?.rows ?? 0),
      ...own.flatMap((one) => (one ? [unitText(one.auroc), shareText(one.recall)] : ["", ""])),
    ];
  });
  const more = names.length > MOST_CLASSES ? `\n  and ${names.length - MOST_CLASSES} more: --json has all` : "";
  return `${formatTable(columns, rows, dim)}${more}`;
}

/** The candidates to show side by side: the first that were asked for, and 1-NN. */
export function sideBySide(candidates: readonly Candidate[]): readonly Candidate[] {
  const asked = candidates.filter(({ control }) => control === null).slice(0, MOST_CANDIDATES);
  return [...asked, ...candidates.filter(({ control }) => control === "nearest neighbor").slice(0, 1)];
}

/** The largest first. */
function namesOf({ classes }: Candidate, known: boolean): readonly string[] {
  return classes
    .filter((one) => one.known === known)
    .sort((a, b) => b.rows - a.rows || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}
