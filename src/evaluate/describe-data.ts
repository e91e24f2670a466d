import type { Source } from "../data/index.ts";
import { fingerprint } from "../model/index.ts";
import type { Labelled } from "./labelled.ts";
import type { EvaluateOptions } from "./options.ts";
import type { Evaluated } from "./result.ts";
import type { TellingColumn } from "./telling-columns.ts";

/** What was evaluated on, as plain data. `toldAside` are columns left aside from which the label could be read. */
export function describeData(
  source: Source,
  { table, columns, schema, labels, normal }: Labelled,
  { label }: EvaluateOptions,
  twins: Uint32Array,
  toldAside: readonly TellingColumn[],
  nearDuplicates: number,
): Evaluated["data"] {
  const sizes = new Map<string, number>();
  for (const name of labels.classes) if (name !== null) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  const told = new Set(toldAside.map(({ name }) => name));
  const anomalies = labels.anomalous.reduce((sum, kind) => sum + kind, 0);
  return {
    description: source.description,
    fingerprint: fingerprint(table),
    label,
    normal,
    rows: table.rows,
    normals: table.rows - anomalies,
    classes: [...sizes]
      .map(([name, rows]) => ({ name, rows }))
      .sort((a, b) => b.rows - a.rows || (a.name < b.name ? -1 : 1)),
    columns: columns.map(({ name, kind }) => ({ name, kind })),
    ignored: schema
      .filter(({ used }) => !used)
      .map(({ name, kind, reason }) => ({
        name,
        kind,
        reason: told.has(name) ? `gives the label away, and is left aside: ${reason}` : reason,
      })),
    duplicates: twins.reduce((sum, first, row) => sum + (first === row ? 0 : 1), 0),
    nearDuplicates,
  };
}
