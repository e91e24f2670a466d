/** DuckDB plans a query in time that grows with the square of its aggregates: wide tables take several passes. */
const columnsAtOnce = 128;

/** The columns in groups small enough for one query. */
export function columnGroups<T>(columns: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(columns.length / columnsAtOnce) }, (_, i) =>
    columns.slice(i * columnsAtOnce, (i + 1) * columnsAtOnce),
  );
}
