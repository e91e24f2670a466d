import { expect, test } from "vitest";
import { resultRow as row } from "../../../test/bench/result-row.ts";
import { ranksOf } from "./ranks.ts";
import { setDifferences, summaryLines, throughout, trainingAdds } from "./summary.ts";

const twin = { twin_of: "maf", control: "untrained twin" };
const rows = [
  row("1-NN (knn)", "a", 0.6),
  row("1-NN (knn)", "b", 0.8, { key: 0 }),
  row("1-NN (knn)", "b", 0.6, { key: 1 }),
  row("maf", "a", 0.9),
  row("maf", "b", 0.5),
  row("maf, untrained", "a", 0.8, twin),
  row("maf, untrained", "b", 0.6, twin),
  row("lof", "a", 0.9),
  row("pca", "a", 0.7),
  row("pca", "b", Number.NaN, { error: "pca: refuses" }),
];

test("means are over sets, of means over keys; differences to the control over the sets of both", () => {
  const [control, maf, untrained, pca] = summaryLines(rows);
  expect(control).toMatchObject({
    name: "1-NN (knn)",
    sets: 2,
    minus: null,
    fitSeconds: 1,
    scoreSeconds: 2,
    recall: 25,
  });
  expect(control.auroc).toBeCloseTo((100 * (0.6 + 0.7)) / 2, 12);
  expect(maf.minus!.auroc.difference).toBeCloseTo((100 * (0.3 - 0.2)) / 2, 12);
  expect(untrained.name).toBe("maf, untrained");
  expect([pca.name, pca.sets, pca.minus!.ap.sets]).toEqual(["pca", 1, 1]);
  expect(pca.minus!.auroc.difference).toBeCloseTo(10, 12);
});

test("who has no row on some sets was left out, who refused some was not", () => {
  expect(throughout(rows)).toEqual(["1-NN (knn)", "maf", "maf, untrained", "pca"]);
});

test("what training adds is the difference to the twin; sets stand by their gain", () => {
  const [{ name, auroc }] = trainingAdds(rows);
  expect([name, auroc.difference]).toEqual(["maf", expect.closeTo(0, 12)]);
  expect(setDifferences(rows, "maf").map(({ set, ap }) => [set, ap])).toEqual([
    ["a", expect.closeTo(15, 12)],
    ["b", expect.closeTo(-10, 12)],
  ]);
});

test("ranks are those of contestants with a number on every set, twins apart", () => {
  const ranks = ranksOf(rows, "ap")!;
  expect(ranks.ranks).toEqual([
    { name: "1-NN (knn)", rank: 1.5 },
    { name: "maf", rank: 1.5 },
  ]);
  expect([ranks.sets, ranks.pValue]).toEqual([2, 1]);
  expect(ranksOf(rows.slice(0, 3), "ap")).toBe(null);
});
