import { type Matrix, matrix, rowOf, type Table } from "../../numeric/index.ts";
import type { TableScores } from "../run.ts";
import { type CodedColumn, decodeRows } from "./coded-rows.ts";

/** A row with some of its values replaced. */
export interface Edit {
  /** Its place among the rows. */
  readonly row: number;
  readonly columns: readonly number[];
  /** The value of each, in codes. */
  readonly values: readonly number[];
}

/** Scores rows as the model does. */
export type ScoreRows = (table: Table) => Promise<TableScores>;

/** Rows scored at once: memory is bounded by so many cells. */
const MOST_CELLS = 4_000_000;

/** Scores and conservative p-values of edited rows, in their order. O(edits · columns) and the model's own cost. */
export async function scoreEdits(
  score: ScoreRows,
  coding: readonly CodedColumn[],
  rows: Matrix,
  edits: readonly Edit[],
): Promise<TableScores> {
  const d = coding.length;
  const out = { scores: new Float64Array(edits.length), pValues: new Float64Array(edits.length) };
  const most = Math.max(1, Math.floor(MOST_CELLS / d));
  for (let from = 0; from < edits.length; from += most) {
    const part = edits.slice(from, from + most);
    const edited = matrix(part.length, d);
    part.forEach((edit, k) => {
      edited.values.set(rowOf(rows, edit.row), k * d);
      edit.columns.forEach((j, at) => {
        edited.values[k * d + j] = edit.values[at];
      });
    });
    const { scores, pValues } = await score(decodeRows(coding, edited));
    out.scores.set(scores, from);
    out.pValues.set(pValues, from);
  }
  return out;
}
