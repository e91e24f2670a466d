import { expect, it } from "vitest";
import { overRows } from "../../graph/index.ts";
import { auroc, key, type Matrix, matrix, normal, sample, takeRows } from "../../numeric/index.ts";
import { parseOptions } from "../../options/index.ts";
import { scoreRows } from "../score-rows.ts";
import { auto } from "./auto.ts";
import { learnedObjection } from "./learned.ts";

const cloud = (n: number, d: number, seed: number) =>
  matrix(n, d, Float64Array.from({ length: n * d }, normal(key(seed))));
const context = { key: key(1), workers: 0 };
const fit = (rows: Matrix, learned: boolean) =>
  auto.fit(rows, parseOptions("auto", auto.options, { learned }), context);

it("auto with a classifier scores the larger of its views and what the classifier says", async () => {
  const rows = cloud(120, 3, 2);
  const some = cloud(60, 3, 3);
  some.values.set([4, -4, 4]);
  // As auto, which keeps all of so few rows in an order of its own.
  const kept = takeRows(rows, sample(context.key.for("rows"), 120, 10_000));
  const network = await learnedObjection(kept, { ...context, key: context.key.for("learned") });
  const says = await overRows(network!.score, some, { workers: 0 });
  const views = await scoreRows(await fit(rows, false), some, { workers: 0 });
  expect(network!.notes).toEqual(["a classifier of made outliers learned from 96 rows, and may object"]);
  const both = await scoreRows(await fit(rows, true), some, { workers: 0 });
  expect(both.some((score, i) => score > views[i])).toBe(true);
  both.forEach((score, i) => {
    expect(score).toBeCloseTo(Math.max(views[i], says[i]), 9);
  });
});

it("what the classifier says of normal rows exceeds ln(1 / α) − 1 with probability α, about; of odd ones it is larger", async () => {
  const network = await learnedObjection(cloud(1000, 3, 4), context);
  const [usual, odd] = [cloud(1000, 3, 5), cloud(200, 3, 6)];
  const says = await overRows(network!.score, usual, { workers: 0 });
  for (const alpha of [0.5, 0.1]) {
    const share = says.filter((score) => score > Math.log(1 / alpha) - 1).length / 1000;
    expect(Math.abs(share - alpha)).toBeLessThan(0.08);
  }
  const of = await overRows(
    network!.score,
    matrix(
      200,
      3,
      odd.values.map((x, at) => (at % 3 === 0 ? x + 4 : x)),
    ),
    { workers: 0 },
  );
  expect(auroc([...says.map(() => 0), ...of.map(() => 1)], [...says, ...of])).toBeGreaterThan(0.95);
});

it("none with fewer than 50 rows to learn from, or where no column varies; auto says so", async () => {
  const rows = cloud(61, 2, 7);
  expect(await learnedObjection(rows, context)).toBeNull();
  expect(await learnedObjection(matrix(80, 2), context)).toBeNull();
  const fitted = await fit(rows, true);
  expect(fitted.notes).toContain("too few rows, or no column that varies: no classifier was trained");
  const some = takeRows(rows, [1, 2]);
  expect(await scoreRows(fitted, some, { workers: 0 })).toEqual(
    await scoreRows(await fit(rows, false), some, { workers: 0 }),
  );
});
