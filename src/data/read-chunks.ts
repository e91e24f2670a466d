import type { InputError } from "../errors/index.ts";
import type { Table } from "../numeric/index.ts";
import { columnSink } from "./column-sink.ts";
import { type Conversion, conversions } from "./conversion.ts";
import { misfit } from "./misfit.ts";
import { identifier } from "./quote.ts";
import type { Relation } from "./relation.ts";
import type { Selected } from "./selection.ts";

/**
 * The selected columns as tables of up to `rows` rows, in order; memory is bounded by one of them.
 *
 * Values are converted inside DuckDB and leave it as vectors of doubles: 80 million floats take about a second.
 * Throws an InputError that names column, row (from 1, of the rows read) and value where a value does not fit.
 */
export async function* readChunks(
  relation: Relation,
  selection: readonly Selected[],
  rows: number,
  capacity: number,
  signal?: AbortSignal,
  onRows?: (done: number) => void,
): AsyncGenerator<Table> {
  const plan = conversions(relation, selection);
  const list = plan.length ? plan.map(({ sql }) => sql).join(", ") : "1";
  const sinks = plan.map((conversion) => columnSink(conversion, Math.min(rows, capacity)));
  let [held, done] = [0, 0];
  const take = (): Table => {
    const table = { rows: held, columns: sinks.map((sink) => sink.take()) };
    [held, done] = [0, done + held];
    return table;
  };
  for await (const chunk of relation.database.stream(`SELECT ${list} FROM ${identifier(relation.name)}`, signal)) {
    const count = chunk.rowCount;
    for (let from = 0; from < count; ) {
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

async function badValue(relation: Relation, { column, selected }: Conversion, row: number): Promise<InputError> {
  const [[value]] = await relation.database.run(
    `SELECT ${column.expression}::VARCHAR FROM ${identifier(relation.name)} LIMIT 1 OFFSET ${row}`,
  );
  return misfit(column.name, row + 1, selected.as, value, "file");
}
