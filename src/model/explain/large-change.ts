import { rowOf } from "../../numeric/index.ts";
import type { Edit } from "./edits.ts";
import type { Found } from "./found-change.ts";
import type { Asked } from "./occlusion.ts";

/**
 * A change of as many columns as it takes: each row becomes the nearest normal row that the model scores normal, and
 * then gets back as many of its own values as it can and stay normal, in blocks that are halved where they cannot all be
 * given back (as in Zeller and Hildebrandt 2002, one pass), the columns that matter least first. It need not be the
 * smallest change there is. At most 2 d scored rows for each; `found` is offered the results.
 */
export async function searchLargeChanges(
  asked: Asked,
  orders: readonly (readonly number[])[],
  wanted: readonly number[],
  found: Found,
  isNormal: (normalRow: number) => boolean,
): Promise<void> {
  const { normal, deviations } = asked;
  const states = wanted.flatMap((row) => {
    const start = deviations.nearest(row, [], normal.rows.rows).find(isNormal);
    if (start === undefined) return [];
    const columns = orders[row].toReversed();
    return [{ row, target: rowOf(normal.rows, start), kept: new Set(columns), blocks: [columns] }];
  });
  const editOf = ({ row, target }: (typeof states)[number], columns: Iterable<number>): Edit => {
    const changed = [...columns];
    return { row, columns: changed, values: changed.map((j) => target[j]) };
  };
  // The rows as a whole are normal rows, so the first block, all columns, cannot be given back: begin with its halves.
  for (const state of states) state.blocks = halves(state.blocks[0]);
  await offer(
    asked,
    states.map((state) => editOf(state, state.kept)),
    found,
  );
  for (;;) {
    const turns = states.flatMap((state) => {
      const block = state.blocks.shift();
      return block ? [{ state, block }] : [];
    });
    if (turns.length === 0) return;
    const edits = turns.map(({ state, block }) =>
      editOf(
        state,
        [...state.kept].filter((j) => !block.includes(j)),
      ),
    );
    const normalNow = await offer(asked, edits, found);
    turns.forEach(({ state, block }, k) => {
      if (normalNow(k)) for (const j of block) state.kept.delete(j);
      else if (block.length > 1) state.blocks.unshift(...halves(block));
    });
  }
}

function halves<T>(items: readonly T[]): T[][] {
  const middle = items.length >> 1;
  return middle === 0 ? [[...items]] : [items.slice(0, middle), items.slice(middle)];
}

/** Scores edits, offers them, and tells which are normal. */
async function offer(asked: Asked, edits: readonly Edit[], found: Found): Promise<(k: number) => boolean> {
  const { scores, pValues } = await asked.score(edits);
  for (const [k, edit] of edits.entries()) found.offer(edit, scores[k], pValues[k]);
  return (k) => found.isNormal(pValues[k]);
}
