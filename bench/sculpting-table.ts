import type { PublishedTable } from "./docs-tables.ts";
import { markdownTable, meanAndSpread } from "./markdown-table.ts";
import type { Measurement } from "./results.ts";

/** What tables show of a method: field, title, decimals. */
export const SHOWN: readonly (readonly [string, string])[] = [
  ["unseenAuroc", "unseen AUROC"],
  ["unseenF1", "unseen F1"],
  ["knownAuroc", "known AUROC"],
  ["knownF1", "known F1"],
  ["recallAt1", "unseen at 1 %"],
  ["recallAt5", "unseen at 5 %"],
  ["falseAlarms95", "FPR τ_95"],
];

/** Methods of a protocol: means and deviations over keys. */
export function sculptingTable(protocol: "A" | "B"): PublishedTable {
  return {
    file: `sculpting-${protocol}.parquet`,
    render: (rows) =>
      markdownTable([
        ["", "keys", ...SHOWN.map(([, title]) => title)],
        ...byMethod(rows).map(([method, own]) => [
          method,
          String(own.length),
          ...SHOWN.map(([field]) => overKeys(own, field)),
        ]),
      ]),
  };
}

/** Recall of unseen classes at a threshold of a protocol: the classes of most rows first. */
export function sculptingClassTable(protocol: "A" | "B", field: "recall95" | "recall85"): PublishedTable {
  return {
    file: `sculpting-${protocol}-classes.parquet`,
    render(rows) {
      const classes = [...new Set(rows.map((row) => String(row["class"])))].slice(0, 8);
      return markdownTable([
        ["", ...classes],
        ...byMethod(rows).map(([method, own]) => [
          method,
          ...classes.map((name) =>
            overKeys(
              own.filter((row) => row["class"] === name),
              field,
            ),
          ),
        ]),
      ]);
    },
  };
}

function overKeys(rows: readonly Measurement[], field: string): string {
  return rows.length === 0
    ? ""
    : meanAndSpread(
        rows.map((row) => Number(row[field])),
        3,
      );
}

function byMethod(rows: readonly Measurement[]): readonly (readonly [string, readonly Measurement[]])[] {
  const methods = [...new Set(rows.map((row) => String(row["method"])))];
  return methods.map((method) => [method, rows.filter((row) => row["method"] === method)]);
}
