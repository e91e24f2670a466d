import type { PublishedTable } from "./docs-tables.ts";
import { decimals, markdownTable, meanAndSpread } from "./markdown-table.ts";
import type { Measurement } from "./results.ts";

const SIGNALS: Readonly<Record<string, string>> = {
  tail: "tail, 10 rows",
  bulk: "bulk, 90",
  excess: "tail excess, 90",
};

/** Protocol A: power by signal, and the laws where nothing is new. */
export const exponentialTable: PublishedTable = {
  file: "discover-A.parquet",
  render(rows) {
    const nulls = rows.filter((row) => row["signal"] === "null");
    const signals = Object.keys(SIGNALS).map((signal) => rows.filter((row) => row["signal"] === signal));
    const line = (title: string, cell: (own: readonly Measurement[]) => string) => [title, ...signals.map(cell)];
    const mean = (name: string, digits: number) => (own: readonly Measurement[]) =>
      meanAndSpread(of(own, name), digits);
    const table = markdownTable([
      ["", ...Object.values(SIGNALS)],
      line("power at α = .05", mean("power", 3)),
      line("aim", ([one]) => decimals(Number(one["power_bar"]), 2)),
      line("without the strongest kernels alone", mean("power_joint", 3)),
      line("power at α = .01", mean("power_at_1_percent", 3)),
      line("by ranks, α = .05", mean("power_ranks", 3)),
      line("min-p, α = .05", mean("power_min_p", 3)),
      line("best width's Z", mean("best_z", 2)),
      line("aim: Falkon's Z + .5", ([one]) => decimals(Number(one["falkon_z"]) + 0.5, 2)),
      line("Falkon, published Z", ([one]) => decimals(Number(one["falkon_z"]), 2)),
    ]);
    const each = (name: string, digits: number) => of(nulls, name).map((x) => decimals(x, digits));
    return `${table}\n\nNull windows, ${keysOf(nulls)}: KS p of their p-values ${each("ks_p_value", 2).join(", ")}; share with p ≤ .05 ${each("power", 3).join(", ")}; degrees of freedom of the χ² laws by width ${nulls[0]["degrees"]} (${firstKey(nulls)}).`;
  },
};

/** Protocol B: power in the 2-d mixture. */
export const mixtureTable: PublishedTable = {
  file: "discover-B.parquet",
  render: (rows) =>
    markdownTable([
      ["s, n", "windows", "SparKer", "MMD-FUSE, ours", "MMD-FUSE, published"],
      ...grouped(rows, ["s", "n"]).map((own) => {
        const [one] = own;
        const power =
          own.length > 1
            ? meanAndSpread(of(own, "sparker_power"), 2)
            : `${decimals(Number(one["sparker_power"]), 2)} (${decimals(Number(one["low"]), 2)} to ${decimals(Number(one["high"]), 2)})`;
        return [
          `${one["s"]}, ${one["n"]}`,
          String(total(own, "windows")),
          power,
          `${meanAndSpread(of(own, "mmd_power"), 2)}${one["mmd_windows"] === one["windows"] ? "" : ` (${total(own, "mmd_windows")} windows)`}`,
          decimals(Number(one["published_mmd_fuse"]), 3),
        ];
      }),
    ]),
};

/** Protocols C and D: planted rows, SparKer beside its peers. */
function plantedTable(file: string): PublishedTable {
  return {
    file,
    render: (rows) =>
      markdownTable([
        [
          "planted",
          "windows",
          "power: SparKer",
          "MMD-FUSE",
          "classifier",
          "median p: SparKer",
          "MMD-FUSE",
          "classifier",
          "recall, top 2 %: f",
          "1-NN",
        ],
        ...grouped(rows, ["kind", "planted"]).map((own) => [
          String(own[0]["kind"]),
          String(total(own, "windows")),
          ...["sparker_power", "mmd_power", "c2st_power"].map((name) => meanAndSpread(of(own, name), 2)),
          ...["sparker_median_p", "mmd_median_p", "c2st_median_p"].map((name) => meanAndSpread(of(own, name), 2)),
          ...["recall", "recall_nearest"].map((name) => meanAndSpread(of(own, name), 2)),
        ]),
      ]),
  };
}
export const higgsTable = plantedTable("discover-C.parquet");
export const intrusionTable = plantedTable("discover-D.parquet");
export const higgsSpecifiedTable = plantedTable("discover-C-specified.parquet");
export const intrusionSpecifiedTable = plantedTable("discover-D-specified.parquet");

/** Protocol E: windows where nothing is new; many of them with short fits, or fewer with those of `discover`. */
export const nullTable = (file: "discover-E-brief.parquet" | "discover-E.parquet"): PublishedTable => ({
  file,
  render: (rows) =>
    markdownTable([
      ["rows", "windows", "toys", "KS p, a key each", "p ≤ .05", "p ≤ .10"],
      ...grouped(rows, ["data"]).map((own) => [
        String(own[0]["data"]),
        String(total(own, "windows")),
        String(own[0]["toys"]),
        of(own, "ks_p_value")
          .map((p) => decimals(p, 2))
          .join(", "),
        meanAndSpread(of(own, "at_5_percent"), 3),
        meanAndSpread(of(own, "at_10_percent"), 3),
      ]),
    ]),
});

/** Rows that agree in these fields, in the order they come. */
function grouped(rows: readonly Measurement[], fields: readonly string[]): readonly (readonly Measurement[])[] {
  const groups = new Map<string, Measurement[]>();
  for (const row of rows) {
    const id = JSON.stringify(fields.map((field) => row[field]));
    groups.set(id, [...(groups.get(id) ?? []), row]);
  }
  return [...groups.values()];
}

function of(rows: readonly Measurement[], name: string): readonly number[] {
  return rows.map((row) => Number(row[name]));
}

function total(rows: readonly Measurement[], name: string): number {
  return of(rows, name).reduce((sum, x) => sum + x, 0);
}

function keysOf(rows: readonly Measurement[]): string {
  return `${rows.length > 1 ? "keys" : "key"} ${of(rows, "key").join(", ")}`;
}

function firstKey(rows: readonly Measurement[]): string {
  return `key ${rows[0]["key"]}`;
}

/** What was tried for the tail of protocol A. */
export const remediesTable: PublishedTable = {
  file: "discover-remedies.parquet",
  render: (rows) =>
    markdownTable([
      [
        `keys ${rows[0]["keys"]}`,
        "tail",
        "bulk",
        "excess",
        "best Z, tail",
        "bulk",
        "excess",
        "tail, mean",
        "min-p",
        "degrees of freedom",
      ],
      ...rows.map((row) => [
        String(row["variant"]),
        ...["tail_half_half", "bulk_half_half", "excess_half_half"].map((name) => decimals(Number(row[name]), 3)),
        ...["tail_z", "bulk_z", "excess_z"].map((name) => decimals(Number(row[name]), 2)),
        ...["tail_mean", "tail_min_p"].map((name) => decimals(Number(row[name]), 3)),
        String(row["degrees"]),
      ]),
    ]),
};

/** The law of t where centers stay. */
export const lawTable: PublishedTable = {
  file: "discover-law.parquet",
  render: (rows) =>
    markdownTable([
      ["what counts", "reference rows", "toys", "mean t", "theory", "KS p of χ²₃"],
      ...rows.map((row) => [
        String(row["kind"]),
        Number(row["reference_rows"]).toLocaleString("en-US"),
        String(row["toys"]),
        decimals(Number(row["mean"]), 2),
        decimals(Number(row["theory"]), 2),
        row["ks_p_value"] === null ? "" : decimals(Number(row["ks_p_value"]), 3),
      ]),
    ]),
};

/** What was tried to find planted rows. */
export const plantedRemediesTable: PublishedTable = {
  file: "discover-planted-remedies.parquet",
  render: (rows) => {
    const kinds = [...new Set(rows.map((row) => String(row["kind"])))];
    return markdownTable([
      ["power; recall", ...kinds],
      ...[...new Set(rows.map((row) => String(row["remedy"])))].map((remedy) => [
        remedy,
        ...kinds.map((kind) => {
          const own = rows.filter((row) => row["remedy"] === remedy && row["kind"] === kind);
          return `${meanAndSpread(of(own, "power"), 2)}; ${meanAndSpread(of(own, "recall"), 2)}`;
        }),
      ]),
    ]);
  },
};
