import { describe, expect, test } from "vitest";
import { InputError, Interrupted } from "../errors/index.ts";
import { overRows } from "../graph/index.ts";
import {
  auroc,
  fromRows,
  key,
  type Matrix,
  matrix as matrixOf,
  median,
  normal,
  rowOf,
  takeRows,
  uniform,
} from "../numeric/index.ts";
import { parseOptions } from "../options/index.ts";
import { fitClassifier } from "./outlier-synthesis/classifier.ts";
import { learn } from "./outlier-synthesis/learn.ts";
import { negativesOf } from "./outlier-synthesis/negatives.ts";
import { synthesisOf } from "./outlier-synthesis/synthesis.ts";
import { outlierSynthesis } from "./outlier-synthesis.ts";
import { scoreRows } from "./score-rows.ts";

const optionsOf = (given: Record<string, unknown> = {}) =>
  parseOptions(outlierSynthesis.name, outlierSynthesis.options, given) as Parameters<typeof outlierSynthesis.fit>[1];
const quick = { steps: 60, latentSteps: 60, classifierSteps: 100, pool: 6000 };
const short = {
  score: "classifier",
  steps: 200,
  latentSteps: 200,
  classifierSteps: 400,
  pool: 6000,
  scaling: "standard",
};
const cloud = (n: number, d: number, seed: number) => matrixOf(n, d, new Float64Array(n * d).map(normal(key(seed))));
const fit = (rows: Matrix, given: Record<string, unknown> = {}, seed = 1) =>
  outlierSynthesis.fit(rows, optionsOf(given), { key: key(seed), workers: 0 });
const areaOf = async (fitted: Awaited<ReturnType<typeof fit>>, normals: Matrix, anomalies: Matrix) => {
  const [a, b] = [await scoreRows(fitted, normals), await scoreRows(fitted, anomalies)];
  return auroc([...a.map(() => 0), ...b.map(() => 1)], [...a, ...b]);
};

test("normal rows N(0, diag(1, 4)) from N((5, 0), I): AUROC ≥ .98", async () => {
  const stretched = (seed: number, n: number) =>
    matrixOf(
      n,
      2,
      cloud(n, 2, seed).values.map((value, at) => (at % 2 === 1 ? 2 * value : value)),
    );
  const anomalies = matrixOf(
    1000,
    2,
    cloud(1000, 2, 3).values.map((value, at) => (at % 2 === 0 ? value + 5 : value)),
  );
  const fitted = await fit(stretched(1, 2000), short);
  expect(await areaOf(fitted, stretched(2, 1000), anomalies)).toBeGreaterThanOrEqual(0.98);
});

test("far out scores do not fall below the median normal row", async () => {
  const rows = cloud(400, 5, 1);
  const fitted = await fit(rows, short);
  const middle = median(await scoreRows(fitted, rows));
  for (const distance of [3, 10, 100]) {
    const directions = cloud(50, 5, distance);
    const far = fromRows(
      Array.from({ length: 50 }, (_, i) => {
        const row = [...rowOf(directions, i)];
        const length = Math.hypot(...row) / Math.sqrt(5);
        return row.map((value) => (distance * value) / length);
      }),
    );
    for (const score of await scoreRows(fitted, far)) expect(score).toBeGreaterThan(middle);
  }
});

test("the logit of a density ratio: within .3 where |x| ≤ 2.5, .1 on average", async () => {
  const n = 16_000;
  const u = uniform(key(2));
  const normals = cloud(n, 1, 1);
  const negatives = matrixOf(
    n,
    1,
    new Float64Array(n).map(() => 8 * u() - 4),
  );
  const context = { key: key(3), workers: 0 };
  const { logit } = await fitClassifier(normals, negatives, null, { members: 1, steps: 1500 }, context);
  const optimum = (x: number) => Math.log(1 / 8) + (x * x) / 2 + Math.log(2 * Math.PI) / 2;
  [-1.160503, -0.660503, 0.839497, 3.339497].forEach((expected, x) => {
    expect(optimum(x)).toBeCloseTo(expected, 6);
  });
  const grid = Float64Array.from({ length: 101 }, (_, i) => -2.5 + i / 20);
  const got = await overRows(logit, matrixOf(101, 1, grid));
  const errors = grid.map((x, i) => Math.abs(got[i] - optimum(x)));
  expect(Math.max(...errors)).toBeLessThan(0.3);
  expect(errors.reduce((a, b) => a + b) / 101).toBeLessThan(0.1);
});

describe("what is made", () => {
  const options = {
    steps: 200,
    latentSteps: 200,
    features: "full",
    levels: "both",
    negatives: "half",
    route: "features",
    reject: 0,
    latent: true,
    outskirts: { quantile: 0.9, push: 0, spreads: [0], radius: "ellipsoid", residual: "kept" },
  } as const;
  const rows = cloud(300, 4, 1);
  const context = { key: key(5), workers: 0 };

  test("s = a = 0 gives the generating row back, as features and as columns", async () => {
    using synthesis = await synthesisOf(rows, null, [], options, context);
    const made = await synthesis.negatives(100, key(6));
    for (let i = 0; i < 50; i++) {
      expect(made.families[i]).toBe("outskirts");
      rowOf(made.h, i).forEach((value, j) => {
        expect(value).toBeCloseTo(rowOf(synthesis.h, made.from[i])[j], 5);
      });
      rowOf(made.x, i).forEach((value, j) => {
        expect(value).toBeCloseTo(rowOf(rows, made.from[i])[j], 5);
      });
    }
  });

  test("half outskirts, half six families in equal parts; all outside normal rows but those filled", async () => {
    const pushed = { ...options, reject: 0.5, outskirts: { ...options.outskirts, push: 1, spreads: [1, 2, 3] } };
    using synthesis = await synthesisOf(rows, null, [], pushed, context);
    const made = await synthesis.negatives(1200, key(6));
    const count = (name: string) => made.families.filter((family) => family === name).length;
    expect(count("outskirts")).toBe(600);
    for (const family of ["ladder", "shuffle", "extrapolate", "box", "partial-box"])
      expect(count(family)).toBeGreaterThanOrEqual(95);
    const distances = await synthesis.near.distances(made.h);
    const inside = distances.filter((distance) => distance < synthesis.near.threshold).length;
    expect(inside).toBeLessThanOrEqual(made.filled);
  });

  test("nothing accepted: the push doubles twice, and subspace rows fill the places", async () => {
    using synthesis = await synthesisOf(rows, null, [], options, context);
    const { outskirtsOf } = await import("./outlier-synthesis/source.ts");
    const none = async (h: Matrix) => new Uint8Array(h.rows);
    using outskirts = await outskirtsOf(synthesis.h, synthesis.latent!, options.outskirts, none, context);
    const draw = negativesOf(
      { fit: rows, h: synthesis.h, description: synthesis.description, outskirts, accept: undefined },
      { negatives: "outskirts", route: "features", snapped: [], madeAs: "columns" },
      context,
    );
    const made = await draw(40, key(1));
    expect(made.acceptance[0]).toEqual({ family: "outskirts", made: 400, accepted: 0 });
    expect([made.escalations, made.filled, new Set(made.families)]).toEqual([2, 40, new Set(["subspace"])]);
  });
});

test("same key, same model, bit for bit; a row scores the same alone and in a batch", async () => {
  const [rows, others] = [cloud(120, 3, 1), cloud(40, 3, 2)];
  const [one, two] = [await fit(rows, quick), await fit(rows, quick)];
  const scores = await scoreRows(one, others);
  expect(await scoreRows(two, others)).toEqual(scores);
  for (const i of [0, 7, 39]) {
    const [alone] = await scoreRows(one, takeRows(others, [i]));
    expect(Math.abs(alone - scores[i])).toBeLessThan(1e-9);
  }
  expect(await scoreRows(await fit(rows, quick, 2), others)).not.toEqual(scores);
});

test("one learning for several scores gives each the bits of a fit for it alone", async () => {
  const [rows, others, few] = [cloud(60, 3, 1), cloud(40, 3, 2), { ...quick, classifierSteps: 20, members: 1 }];
  const scores = ["nearest", "classifier", "elbo"] as const;
  const { scoreBy, ...learned } = await learn(rows, optionsOf(few), { key: key(1), workers: 0 }, scores);
  for (const score of scores) {
    const fitted = { ...learned, score: await scoreBy(score) };
    expect(await scoreRows(fitted, others), score).toEqual(await scoreRows(await fit(rows, { ...few, score }), others));
  }
  const control = await learn(rows, optionsOf(few), { key: key(1), workers: 0 }, ["residual"]);
  expect(control.notes.join()).not.toContain("classifier");
  await expect(control.scoreBy("fused")).rejects.toThrow(
    "outlier-synthesis: score: expected one that was learned (residual), got fused",
  );
});

test.each([
  { levels: "autoencoders" },
  { levels: "variational" },
  { levels: "variational", negatives: "six", reject: 0.9 },
  { input: "means", residual: "dropped" },
  { negatives: "half-partial-box", input: "prepared", features: "codes" },
  { radius: "neighbors", route: "input", spread: "3", push: 0 },
  { score: "fused" },
  { score: "fused", reject: 0, members: 1, spread: "1", quantile: 0.99 },
  { score: "nearest", steps: 0 },
  { score: "residual" },
  { score: "radius" },
  { score: "elbo" },
])("%o: far rows score above normal ones", async (given) => {
  const fitted = await fit(cloud(150, 4, 1), { ...quick, score: "classifier", ...given });
  const far = matrixOf(
    100,
    4,
    cloud(100, 4, 3).values.map((value) => 6 * Math.sign(value) + value),
  );
  expect(await areaOf(fitted, cloud(100, 4, 2), far)).toBeGreaterThan(0.8);
});

test("outskirts alone: every score is finite (far out nothing holds it up)", async () => {
  const fitted = await fit(cloud(150, 4, 1), { ...quick, score: "classifier", negatives: "outskirts" });
  expect((await scoreRows(fitted, cloud(50, 4, 2))).every(Number.isFinite)).toBe(true);
});

test("with fewer than 50 rows none are held out, and two are enough", async () => {
  const fitted = await fit(cloud(30, 2, 1), quick);
  expect(fitted.notes.join()).toContain("classifier: trained for 100 steps");
  expect(fitted.notes.join()).not.toContain("held-out");
  expect((await scoreRows(await fit(cloud(2, 2, 1), quick), cloud(3, 2, 2))).every(Number.isFinite)).toBe(true);
});

test("refusals", async () => {
  await expect(fit(fromRows(new Array(60).fill([1, 2])))).rejects.toThrow(
    new InputError(
      "outlier-synthesis: rows: expected a column that varies, got none; choose another detector, such as --detector knn",
    ),
  );
  await expect(fit(cloud(60, 2, 1), { ...quick, score: "residual", levels: "variational" })).rejects.toThrow(
    new InputError(
      "outlier-synthesis: score residual: expected autoencoders, got levels variational; pass --levels both",
    ),
  );
  const signal = AbortSignal.abort();
  await expect(
    outlierSynthesis.fit(cloud(60, 2, 1), optionsOf(quick), { key: key(1), workers: 0, signal }),
  ).rejects.toThrow(Interrupted);
});
