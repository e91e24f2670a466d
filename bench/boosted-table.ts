import { median } from "../src/numeric/index.ts";
import type { PublishedTable } from "./docs-tables.ts";
import { markdownTable } from "./markdown-table.ts";
import type { Measurement } from "./results.ts";

/** Boosted trees beside scikit-learn's: AUROC × 100, and processor time of a fit. */
export const boostedTable: PublishedTable = {
  file: "boosted.parquet",
  render(rows) {
    const sets = [...new Set(rows.map((row) => String(row["set"])))];
    const lines = sets.map((set) => {
      const own = rows.filter((row) => row["set"] === set);
      const [auroc, theirs] = [mean(own, "auroc"), mean(own, "peer_auroc")];
      const [seconds, peer] = [middle(own, "processor_seconds"), middle(own, "peer_processor_seconds")];
      const shape = `${own[0]["rows"]} × ${own[0]["columns"]}`;
      return { set, shape, anomalous: String(own[0]["anomalous"]), auroc, theirs, seconds, peer };
    });
    const of = (name: "auroc" | "theirs" | "seconds" | "peer") => lines.reduce((total, line) => total + line[name], 0);
    const cells = (auroc: number, theirs: number, seconds: number, peer: number) => [
      auroc.toFixed(2),
      theirs.toFixed(2),
      seconds.toFixed(2),
      peer.toFixed(2),
      `${(seconds / peer).toFixed(2)} ×`,
    ];
    const table = markdownTable([
      ["table", "rows", "anomalous", "AUROC", "scikit-learn", "fit s", "scikit-learn", "as long"],
      ...lines.map((line) => [
        line.set,
        line.shape,
        line.anomalous,
        ...cells(line.auroc, line.theirs, line.seconds, line.peer),
      ]),
      [
        "mean; time in total",
        "",
        "",
        ...cells(of("auroc") / lines.length, of("theirs") / lines.length, of("seconds"), of("peer")),
      ],
    ]);
    const clock = (name: string) =>
      sets
        .reduce(
          (total, set) =>
            total +
            middle(
              rows.filter((row) => row["set"] === set),
              name,
            ),
          0,
        )
        .toFixed(2);
    const all = rows.every((row) => row["peer_seconds_all_threads"] !== null)
      ? ` (on as many threads as it chooses ${clock("peer_seconds_all_threads")} s)`
      : "";
    const byClock = `By the clock, in total: ${clock("seconds")} s, scikit-learn ${clock("peer_seconds")} s${all}.`;
    const keys = [...new Set(rows.map((row) => String(row["key"])))].join(", ");
    return `${table}\n\n${byClock} Keys ${keys}; ${rows[0]["peer"]}; ${rows[0]["machine"]}.`;
  },
};

function numbers(rows: readonly Measurement[], name: string): Float64Array {
  return Float64Array.from(rows, (row) => Number(row[name] ?? 0));
}

function mean(rows: readonly Measurement[], name: string): number {
  return numbers(rows, name).reduce((total, x) => total + x, 0) / rows.length;
}

function middle(rows: readonly Measurement[], name: string): number {
  return median(numbers(rows, name));
}
