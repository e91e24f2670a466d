import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generateDocs } from "../../bench/docs.ts";
import { criticalDifferenceFigure, groupsWithin } from "../../bench/docs-figure.ts";

const repository = join(import.meta.dirname, "../..");

test("docs/benchmarks.md and its figures are what the published results give, byte for byte", async () => {
  for (const [path, content] of await generateDocs()) {
    const there = existsSync(join(repository, path)) ? readFileSync(join(repository, path), "utf8") : "";
    expect(there === content, `${path} is not up to date: npm run bench:docs`).toBe(true);
  }
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
