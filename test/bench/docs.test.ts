import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { generateDocs } from "../../bench/docs.ts";
import { criticalDifferenceFigure, groupsWithin } from "../../bench/docs-figure.ts";
import { decimals, markdownTable, meanAndSpread } from "../../bench/markdown-table.ts";
import { type Measurement, writeParquet } from "../../bench/results.ts";
import { type ResultRow, writeResults } from "../../src/evaluate/index.ts";
import { resultRow } from "./result-row.ts";

const folder = mkdtempSync(join(tmpdir(), "docs-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const repository = join(import.meta.dirname, "../..");

test("docs/benchmarks.md and its figures are what the published results give, byte for byte", async () => {
  for (const [path, content] of await generateDocs()) {
    const there = existsSync(join(repository, path)) ? readFileSync(join(repository, path), "utf8") : "";
    expect(there === content, `${path} is not up to date: npm run bench:docs`).toBe(true);
  }
});

test("equal results give equal bytes; what was measured apart joins the table, and the first measurement counts", async () => {
  const sets = Array.from({ length: 8 }, (_, i) => `set${i}`);
  const of = (name: string, from: number, more = {}) =>
    sets.map((set, i) =>
      resultRow(name, set, from + 0.3 * Math.sin(i + from), { max_train: 4000, max_test: 8000, ...more }),
    );
  const write = (file: string, rows: ResultRow[]) => writeResults(join(folder, file), rows);
  await write("oddbench-4000-8000-key0.parquet", [
    ...of("1-NN (knn)", 0.6),
    ...of("auto", 0.62),
    ...of("pca", 0.5).slice(0, 5),
  ]);
  await write("oddbench-4000-8000-key0-knn-scaling.parquet", [
    ...of("1-NN (knn)", 0.1),
    ...of("knn scaling robust", 0.55),
  ]);
  const [once, twice] = [await generateDocs(folder), await generateDocs(folder)];
  expect([...twice]).toEqual([...once]);
  expect([...once.keys()]).toEqual(["docs/critical-difference-oddbench.svg", "docs/benchmarks.md"]);
  const text = once.get("docs/benchmarks.md")!;
  const lines = text.split("\n").filter((line) => /^\| (1-NN|auto|knn scaling robust|pca)/.test(line));
  expect(lines.slice(0, 3).map((line) => line.split(" | ")[0])).toEqual([
    "| 1-NN (knn)",
    "| auto",
    "| knn scaling robust",
  ]);
  expect(lines[0]).toContain((100 * of("1-NN (knn)", 0.6).reduce((sum, { auroc }) => sum + auroc / 8, 0)).toFixed(2));
  expect(text).toContain("Left out for their time: `pca` (1.0 s a fit on the first 5 sets).");
  expect(text).toContain("**Protocol.** 8 sets;");
  expect(text).not.toMatch(/NaN|undefined|\{\{/);
});

test("a table is rendered from its own file of measurements, or not measured yet; an unknown name is refused", async () => {
  const tables = {
    doubled: {
      file: "doubled.parquet",
      render: (rows: readonly Measurement[]) =>
        rows.map(({ n, x, of }) => `${of}: ${Number(n) + Number(x)}`).join("; "),
    },
    "not-there": { file: "not-there.parquet", render: () => "never" },
  };
  const there = mkdtempSync(join(folder, "tables-"));
  const path = await writeParquet("docs-test-doubled", [
    { of: "a", n: 3, x: 0.5 },
    { of: "b", n: 40, x: 2.25 },
  ]);
  renameSync(path, join(there, "doubled.parquet"));
  const text = async (template: string) => (await generateDocs(there, tables, template)).get("docs/benchmarks.md");
  expect(await text("A\n\n{{table doubled}}\n\n{{table not-there}}\n{{oddbench all}}\n")).toBe(
    "A\n\na: 3.5; b: 42.25\n\nNot measured yet.\nNot measured yet.\n",
  );
  await expect(text("{{table odd}}\n")).rejects.toThrow(
    "bench: docs: {{table odd}}: expected one of doubled, not-there; add it to bench/docs-tables.ts",
  );
});

test("means over keys have their spread beside them, and shares no leading zero", () => {
  expect(meanAndSpread([0.5, 0.7], 2)).toBe(".60 ± .14");
  expect(meanAndSpread([-0.25], 2)).toBe("−.25");
  expect(decimals(1, 3)).toBe("1.000");
  expect(
    markdownTable([
      ["", "a"],
      ["b", "1"],
    ]),
  ).toBe("|  | a |\n|---|---:|\n| b | 1 |");
});

test("bars join the largest groups within the critical difference, and no group inside another", () => {
  expect(groupsWithin([1, 2, 3, 7], 2)).toEqual([[0, 2]]);
  expect(groupsWithin([1, 2, 3, 4], 2)).toEqual([[0, 2], [1, 3]]); // biome-ignore format: places
  expect(groupsWithin([1, 4], 2)).toEqual([]);
});

test("the figure says in words what it shows, and a name is no markup", () => {
  const ranks = [
    { name: "auto", rank: 1.25 },
    { name: "a<b", rank: 1.75 },
  ];
  const svg = criticalDifferenceFigure({ ranks, sets: 4, pValue: 0.3, criticalDifference: 0.98 }, "AUROC");
  expect(svg).toContain("Mean ranks by AUROC over 4 sets: auto 1.25, a&lt;b 1.75. Differences above 0.98");
  expect(svg).not.toContain("a<b");
});
