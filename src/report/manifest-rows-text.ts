import type { Manifest } from "../model/index.ts";
import { count, counted, percent, short } from "../numeric/index.ts";

/** The rows given as normal that fit least: "125 (score 8.12, p 0.00826)", images of a folder by file. Nothing where the model does not tell. */
export function leastFitText({ leastFit, calibration }: Manifest): string[] {
  if (leastFit === null) return [];
  const { numbered, calibration: held, dropped } = leastFit;
  const where = {
    input: "",
    sql: " of what --sql gave",
    "rows read": " of the rows read (the condition may pick others the next time)",
  }[numbered];
  const seen = calibration.method === "split" ? "held out" : "scored by a detector that had not seen them";
  const list = (rows: typeof held) =>
    rows.map(
      ({ row, file, score, pValue }) =>
        `${file === undefined ? count(row) : JSON.stringify(file)} (score ${short(score)}${pValue === null ? "" : `, p ${short(pValue)}`})`,
    );
  const what = [...held, ...dropped].some(({ file }) => file !== undefined) ? "images" : `rows${where}`;
  return [
    ...(dropped.length > 0 ? [`dropped, ${what}: ${list(dropped).join(", ")}`] : []),
    `${seen}, ${what}: ${list(held).join(", ")}; see whether they belong here`,
  ];
}

/** How many rows were dropped, and what that means. Nothing where it was not asked for. */
export function contaminationText({ contamination }: Manifest): string[] {
  if (contamination === null) return [];
  const { asked, share, rows, of } = contamination;
  const why = asked === "auto" ? `estimated share ${percent(share)}` : `--contamination ${share}`;
  if (rows === 0) return [`none of ${counted(of, "row")} dropped (${why})`];
  return [
    `dropped ${count(rows)} of ${counted(of, "row")} as the least like the others (${why})`,
    "normal rows among them make false alarms more frequent: unseen score says by how much at most",
  ];
}
