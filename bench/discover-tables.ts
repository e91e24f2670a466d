import { inferSchema, openSource, selectionOf } from "../src/data/index.ts";
import { fromColumns, type Matrix, takeRows } from "../src/numeric/index.ts";

/** Distinct rows of the numeric columns of a file, and the label of each; columns named are left aside. */
export async function tableFromFile(
  path: string,
  label: string | null,
  ignore: readonly string[],
): Promise<{ readonly rows: Matrix; readonly labels: readonly string[] }> {
  using source = await openSource(path);
  const schema = inferSchema(await source.profile(), { ignore: [...ignore, ...(label === null ? [] : [label])] });
  const selected = selectionOf(schema).filter(({ as }) => as === "number" || as === "boolean");
  const table = await source.read([...selected, ...(label === null ? [] : [{ name: label, as: "text" as const }])]);
  const numbers = table.columns.filter((column) => column.type === "number");
  const named = table.columns.find(({ name }) => name === label);
  const rows = fromColumns(
    table.rows,
    numbers.map(({ values }) => values.map((x) => (Number.isFinite(x) ? x : 0))),
  );
  const seen = new Set<string>();
  const kept: number[] = [];
  for (let i = 0; i < rows.rows; i++) {
    const text = `${named?.values[i]} ${rows.values.subarray(i * rows.columns, (i + 1) * rows.columns).join()}`;
    if (!seen.has(text)) kept.push(i);
    seen.add(text);
  }
  return { rows: takeRows(rows, kept), labels: kept.map((i) => String(named?.values[i] ?? "")) };
}
