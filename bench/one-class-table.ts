import type { PublishedTable } from "./docs-tables.ts";
import { markdownTable } from "./markdown-table.ts";
import { completeSets, type OneClassRow, summary } from "./one-class-summary.ts";

/** A file of `bench/one-class.ts`: all scores beside the control and `own`, after a line that says on what. */
export function oneClassTable(file: string, what: "tables" | "classes" | "sets", own: string): PublishedTable {
  return {
    file,
    render(measured) {
      const rows = measured as readonly OneClassRow[];
      const sets = completeSets(rows, [...new Set(rows.map(({ name }) => name))]);
      const seeds = [...new Set(rows.map(({ seed }) => seed))].sort((a, b) => a - b);
      const said = `${sets.length} ${what}, ${seeds.length === 1 ? "seed" : "seeds"} ${seeds.join(", ")}`;
      return `${said}:\n\n${markdownTable(summary(rows, own))}`;
    },
  };
}

/** AUROC by class of images, mean over seeds, of the named scores. */
export function classTable(file: string, names: readonly string[]): PublishedTable {
  return {
    file,
    render(measured) {
      const rows = measured as readonly OneClassRow[];
      const sets = completeSets(rows, [...new Set(rows.map(({ name }) => name))]);
      const cell = (name: string, set: string) => {
        const own = rows.filter((row) => row.name === name && row.set === set).map(({ auroc }) => auroc);
        return (own.reduce((total, x) => total + x, 0) / own.length).toFixed(1);
      };
      return markdownTable([
        ["AUROC × 100, normal class", ...sets.map((set) => set.slice(set.lastIndexOf(" ") + 1))],
        ...names.map((name) => [name, ...sets.map((set) => cell(name, set))]),
      ]);
    },
  };
}
