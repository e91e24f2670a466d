import type { PublishedTable } from "./docs-tables.ts";
import { markdownTable } from "./markdown-table.ts";
import type { Measurement } from "./results.ts";

/** Published on 31 tables: AUROC and average precision with 5, 10 and 20 labels (Jiang et al. 2023). */
const PUBLISHED: readonly (readonly [
  name: string,
  cells: readonly (readonly [labels: number, auroc: number, ap: number])[],
])[] = [
  [
    "CatBoost",
    [
      [5, 84.8, 56.47],
      [10, 88.22, 63.49],
      [20, 90.11, 69.28],
    ],
  ],
  [
    "logistic regression",
    [
      [5, 79.68, 49.87],
      [10, 82.53, 54.76],
      [20, 84.56, 58.53],
    ],
  ],
];

/** ADGym's protocol: AUROC / average precision × 100 by number of labelled anomalies, beside what was published. */
export const adgymTable: PublishedTable = {
  file: "adgym.parquet",
  render(rows) {
    const of = (name: string) => [...new Set(rows.map((row) => row[name]))];
    const [sets, methods, labels, keys] = [of("set"), of("method"), of("labels"), of("key")];
    const cell = (method: unknown, count: unknown) => {
      const own = rows.filter((row) => row["method"] === method && row["labels"] === count);
      return `${mean(own, "auroc").toFixed(1)} / ${mean(own, "ap").toFixed(1)}`;
    };
    const published = PUBLISHED.map(([name, cells]) => [
      `${name}, published, 31 tables`,
      ...labels.map((count) => {
        const found = cells.find(([of]) => of === count);
        return found ? `${found[1].toFixed(1)} / ${found[2].toFixed(1)}` : "";
      }),
    ]);
    const table = markdownTable([
      ["labelled anomalies", ...labels.map(String)],
      ...methods.map((method) => [String(method), ...labels.map((count) => cell(method, count))]),
      ...published,
    ]);
    return `${table}\n\nMeans over ${sets.length} tables (${sets.join(", ")}), keys ${keys.join(", ")}; ${rows[0]["machine"]}.`;
  },
};

function mean(rows: readonly Measurement[], name: string): number {
  return rows.reduce((total, row) => total + Number(row[name]), 0) / rows.length;
}
