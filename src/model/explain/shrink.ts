import { rowOf } from "../../numeric/index.ts";
import type { Edit } from "./edits.ts";
import type { FoundChange } from "./found-change.ts";
import type { NormalColumn } from "./normal-rows.ts";
import type { Asked } from "./occlusion.ts";

/** How often the way between a value that is normal and one that is not is halved. */
const HALVINGS = 6;

/** Significant digits that are tried, the fewest first. */
const FEW_DIGITS = [3, 5];

/**
 * Makes changes smaller while the model still scores them normal: columns that need not change are given back, numbers
 * move back toward the row's own (halving the way, in a scale that is linear near the new value and logarithmic far from
 * it; whole numbers stay whole), and fractions get few digits where that leaves them normal. What is returned was scored
 * as it stands. Some 8 scored rows for each column of a change.
 */
export async function shrink(
  asked: Asked,
  changes: readonly FoundChange[],
  isNormal: (pValue: number) => boolean,
): Promise<readonly FoundChange[]> {
  const now = [...changes];
  /** Replaces those of the changes whose next form is normal too; tells which. */
  const attempt = async (next: (change: FoundChange, k: number) => Edit | null): Promise<Set<number>> => {
    const tried = now.flatMap((change, k) => {
      const edit = next(change, k);
      return edit === null ? [] : [{ k, edit }];
    });
    const { scores, pValues } = await asked.score(tried.map(({ edit }) => edit));
    const accepted = new Set<number>();
    tried.forEach(({ k, edit }, t) => {
      if (!isNormal(pValues[t])) return;
      now[k] = { edit, score: scores[t], pValue: pValues[t] };
      accepted.add(k);
    });
    return accepted;
  };
  const most = Math.max(0, ...changes.map(({ edit }) => edit.columns.length));
  for (let at = most - 1; at >= 0; at--)
    await attempt(({ edit }) => (edit.columns.length > 1 && at < edit.columns.length ? without(edit, at) : null));
  for (let at = 0; at < most; at++) {
    const own = now.map(({ edit }) => rowOf(asked.rows, edit.row)[edit.columns[at]]);
    const far = own.slice();
    for (let halving = 0; halving < HALVINGS; halving++) {
      const middles = now.map(({ edit }, k) => {
        if (at >= edit.columns.length) return null;
        return between(asked.normal.columns[edit.columns[at]], edit.values[at], far[k], own[k]);
      });
      const accepted = await attempt(({ edit }, k) => {
        const middle = middles[k];
        return middle === null ? null : { ...edit, values: edit.values.with(at, middle) };
      });
      middles.forEach((middle, k) => {
        if (middle !== null && !accepted.has(k)) far[k] = middle;
      });
    }
  }
  for (let at = 0; at < most; at++) {
    const rounded = new Set<number>();
    for (const digits of FEW_DIGITS) {
      const accepted = await attempt(({ edit }, k) =>
        at < edit.columns.length && !rounded.has(k) ? withDigits(edit, at, asked.normal.columns, digits) : null,
      );
      for (const k of accepted) rounded.add(k);
    }
  }
  return now;
}

function without(edit: Edit, at: number): Edit {
  return { row: edit.row, columns: edit.columns.toSpliced(at, 1), values: edit.values.toSpliced(at, 1) };
}

/** A number between one that is normal and one that is not; null where there is none that the column could have. */
function between(column: NormalColumn, normal: number, far: number, own: number): number | null {
  if (column.kind !== "numeric" || !Number.isFinite(normal) || !Number.isFinite(far)) return null;
  const scale = column.spread || 1;
  const middle = normal + scale * Math.sinh(Math.asinh((far - normal) / scale) / 2);
  const whole = column.whole && Number.isInteger(own);
  const value = whole ? Math.round(middle) : middle;
  return value === normal || value === far || !Number.isFinite(value) ? null : value;
}

/** The edit with so many digits of one of its fractions; null where it has no more. */
function withDigits(edit: Edit, at: number, columns: readonly NormalColumn[], digits: number): Edit | null {
  const value = edit.values[at];
  if (columns[edit.columns[at]].kind !== "numeric" || Number.isInteger(value) || !Number.isFinite(value)) return null;
  const rounded = Number(value.toPrecision(digits));
  return rounded === value ? null : { ...edit, values: edit.values.with(at, rounded) };
}
