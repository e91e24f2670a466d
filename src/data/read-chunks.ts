import type { InputError } from "../errors/index.ts";
import type { Table } from "../numeric/index.ts";
import { columnSinks } from "./column-sink.ts";
import { type Conversion, conversions } from "./conversion.ts";
import { misfit } from "./misfit.ts";
import { identifier } from "./quote.ts";
import type { Relation } from "./relation.ts";
import type { Selected } from "./selection.ts";

export interface ReadPlan {
  /** Rows a table; Infinity for one table of all. */
  readonly rows: number;
  /** Rows to make room for where `rows` does not tell. */
  readonly capacity: number;
  /** Rows at the start that are read over. */
  readonly skip?: number;
  /** Buffers of tables that are not used again, to be filled anew. */
  readonly spent?: ArrayBuffer[];
  readonly signal?: AbortSignal;
  readonly onRows?: (done: number) => void;
}

/**
 * The selected columns as tables of `rows` rows (the last may be shorter), in order; memory is bounded by one of them
 * and the chunk of DuckDB that is fetched meanwhile.
 *
 * Values are converted inside DuckDB and leave it as vectors of doubles, columns of floats as vectors of floats: 80
 * million floats take about half a second. Throws an InputError that names column, row (from 1, of the rows read) and
 * value where a value does not fit.
 */
export async function* readChunks(
  relation: Relation,
  selection: readonly Selected[],
  { rows, capacity, skip = 0, spent, signal, onRows }: ReadPlan,
): AsyncGenerator<Table> {
  const plan = conversions(relation, selection);
  const list = plan.length ? plan.map(({ sql }) => sql).join(", ") : "1";
  const sinks = columnSinks(plan, Math.min(rows, capacity), Number.isFinite(rows), spent);
  let [held, done] = [0, 0];
  const take = (): Table => {
    const table = { rows: held, columns: sinks.map((sink) => sink.take()) };
    [held, done] = [0, done + held];
    return table;
  };
  const stream = relation.database.stream(`SELECT ${list} FROM ${identifier(relation.name)}`, signal);
  for await (const chunk of oneAhead(stream)) {
    const count = chunk.rowCount;
    const over = Math.min(count, skip - done);
    if (over > 0) done += over;
    for (let from = Math.max(0, over); from < count; ) {
      const to = Math.min(count, from + rows - held);
      for (let j = 0; j < plan.length; j++) {
        const bad = sinks[j].append(chunk.getColumnVector(j), from, to);
        if (bad >= 0) throw await badValue(relation, plan[j], done + held + bad - from);
      }
      held += to - from;
      from = to;
      if (held === rows) yield take();
    }
    onRows?.(done + held);
  }
  if (held > 0) yield take();
}

/** The same items, the next of which is asked for while one is looked at. A generator queues its calls, so it may be ended at any time. */
async function* oneAhead<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = items.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = items.next();
      next.catch(() => {}); // thrown when its turn comes
      yield value;
    }
  } finally {
    await items.return(undefined);
  }
}

async function badValue(relation: Relation, { column, selected }: Conversion, row: number): Promise<InputError> {
  const [[value]] = await relation.database.run(
    `SELECT ${column.expression}::VARCHAR FROM ${identifier(relation.name)} LIMIT 1 OFFSET ${row}`,
  );
  return misfit(column.name, row + 1, selected.as, value, "file");
}
