import type { PublishedTable } from "./docs-tables.ts";
import { decimals, markdownTable, meanAndSpread } from "./markdown-table.ts";
import { APART, HEADLINE } from "./meta-learning-data.ts";
import type { Measurement } from "./results.ts";

const FILE = "meta-learning.parquet";

/** What tables show of a method: field and title. */
const SHOWN: readonly (readonly [string, string])[] = [
  ["auroc", "AUROC"],
  ["f1", "F1 τ_95"],
  ["recallAt1", "recall at 1 %"],
  ["falseAlarms95", "FPR τ_95"],
  ["balancedPrecision", "AP, balanced"],
  ["knownAuroc", "known AUROC"],
];

/**
 * Means over the families of the headline (protocol B: the unseen types), ± the deviation over keys; the worst family, and
 * the spread of single episodes, of the last three quarters every third.
 */
export function headlineTable(protocol: "A" | "B"): PublishedTable {
  return {
    file: FILE,
    render(rows) {
      const own = rows.filter((row) => row["protocol"] === protocol && !APART.includes(String(row["family"])));
      const families = protocol === "A" ? HEADLINE.length : 1;
      return markdownTable([
        [
          "",
          "keys",
          ...SHOWN.map(([, title]) => title),
          ...(protocol === "A" ? ["worst family"] : []),
          "single episodes",
        ],
        ...byMethod(own).flatMap(([method, measured]) => {
          const keys = keysOf(measured).filter((key) => ofKey(measured, key).length === families);
          if (keys.length === 0) return [];
          const whole = measured.filter((row) => keys.includes(row["key"]));
          return [
            [
              method,
              keys.join(", "),
              ...SHOWN.map(([field]) =>
                meanAndSpread(
                  keys.map((key) => mean(ofKey(whole, key), field)),
                  3,
                ),
              ),
              ...(protocol === "A" ? [worst(whole)] : []),
              episodes(whole),
            ],
          ];
        }),
      ]);
    },
  };
}

/** AUROC of each family of protocol A, the small ones last. */
export const familyTable: PublishedTable = {
  file: FILE,
  render(rows) {
    const own = rows.filter((row) => row["protocol"] === "A");
    const families = [...HEADLINE, ...APART];
    return markdownTable([
      ["", ...families],
      ...byMethod(own).map(([method, measured]) => [
        method,
        ...families.map((family) => {
          const found = measured.filter((row) => row["family"] === family).map((row) => Number(row["auroc"]));
          return found.length === 0 ? "" : meanAndSpread(found, 3);
        }),
      ]),
    ]);
  },
};

/** The family of the lowest AUROC, mean over keys. */
function worst(rows: readonly Measurement[]): string {
  const each = HEADLINE.map((family) => ({
    family,
    auroc: mean(
      rows.filter((row) => row["family"] === family),
      "auroc",
    ),
  }));
  const least = each.reduce((a, b) => (b.auroc < a.auroc ? b : a));
  return `${decimals(least.auroc, 3)} ${least.family}`;
}

/** Mean AUROC of networks of single episodes, and from which to which they reach, mean over families and keys. */
function episodes(rows: readonly Measurement[]): string {
  const known = rows.filter((row) => typeof row["episodeMean"] === "number" && Number.isFinite(row["episodeMean"]));
  if (known.length === 0) return "";
  const [center, least, most] = ["episodeMean", "episodeLeast", "episodeMost"].map((field) => mean(known, field));
  return `${decimals(center, 3)} (${decimals(least, 2)} to ${decimals(most, 2)})`;
}

function mean(rows: readonly Measurement[], field: string): number {
  return rows.reduce((total, row) => total + Number(row[field]), 0) / rows.length;
}

function keysOf(rows: readonly Measurement[]) {
  return [...new Set(rows.map((row) => row["key"]))];
}

function ofKey(rows: readonly Measurement[], key: unknown): readonly Measurement[] {
  return rows.filter((row) => row["key"] === key);
}

function byMethod(rows: readonly Measurement[]): readonly (readonly [string, readonly Measurement[]])[] {
  const methods = [...new Set(rows.map((row) => String(row["method"])))];
  return methods.map((method) => [method, rows.filter((row) => row["method"] === method)]);
}
