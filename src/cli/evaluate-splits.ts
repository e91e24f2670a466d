import type { Candidate, Evaluated } from "../evaluate/index.ts";
import { sideBySide } from "./evaluate-classes.ts";
import { clipName, unitText } from "./evaluate-unit-text.ts";
import type { Paint } from "./terminal.ts";
import { formatTable } from "./text-table.ts";

/** Each split apart, means over keys, where splits ask different things: by the number of labels. */
export function evaluationSplits(
  { candidates, protocol }: Evaluated,
  { bold, dim }: Pick<Paint, "bold" | "dim">,
): string[] {
  const splits = [...new Set(candidates[0].runs.map(({ split }) => split))];
  // What a class held out does is told class by class.
  if (splits.length < 2 || protocol.name === "unseen-class") return [];
  const shown = sideBySide(candidates);
  const columns = [
    { title: "" },
    ...shown.flatMap(({ name }) => [
      { title: clipName(name, 16), align: "right" as const },
      { title: "precision", align: "right" as const },
    ]),
  ];
  const rows = splits.map((split) => [
    split,
    ...shown.flatMap(({ runs }) => [meanOf(runs, split, "auroc"), meanOf(runs, split, "averagePrecision")]),
  ]);
  return ["", bold("split by split: AUROC, and average precision"), formatTable(columns, rows, dim)];
}

function meanOf(runs: Candidate["runs"], split: string, measure: "auroc" | "averagePrecision"): string {
  const own = runs.filter((run) => run.split === split);
  return unitText(own.reduce((sum, run) => sum + run.measures[measure], 0) / own.length);
}
