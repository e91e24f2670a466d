import { describe, expect, it } from "vitest";
import { evaluate, identity, input, ndArray, overRows, type Tensor } from "../../graph/index.ts";
import { fromRows, key, type Matrix, matrix, uniform } from "../../numeric/index.ts";
import { alarms, deadShare, effectiveRank } from "./alarms.ts";
import { cosineLeftOut, FEATURE_SCORES, featureScore, mahalanobisLeftOut, unitRows } from "./scores.ts";

const features = fromRows([
  [3, 4],
  [1, 0],
  [0, 2],
  [2, 2],
  [6, 8],
  [0.5, 1],
]);
const rows = fromRows([
  [2, 1],
  [-1, 1],
  [0, 0],
]);
const valuesOf = (score: (h: Tensor) => Tensor, of: Matrix): number[] => {
  const x = input("x", "float64", ["rows", of.columns]);
  const { out } = evaluate({ out: identity(score(x)) }, { x: ndArray("float64", [of.rows, of.columns], of.values) });
  return [...(out.data as Float64Array)];
};

// Golden: scores.golden.py.
describe("golden scores of three features", () => {
  it.each([
    ["cos-k", 1, [0.051317, 0.292893, 1]],
    ["cos-k", 5, [0.113607, 0.738765, 1]],
    ["cos-k-norm", 5, [-1.982035, -0.369443, 0]],
    ["center", 5, [0.092461, 0.888571, 1]],
    ["kde", 5, [-0.948847, -0.707107, -0.018551]],
    ["mahalanobis", 5, [1.44909, 3.194936, 1.243999].map(Math.sqrt)],
    ["l2-k", 1, [1, Math.SQRT2, 1]],
    ["l2-k", 5, [1.862512, 2.662512, 2.389292]],
  ] as const)("%s, k = %i", (name, k, expected) => {
    valuesOf(featureScore(name, features, k), rows).forEach((found, i) => {
      expect(Math.abs(found - expected[i])).toBeLessThan(1e-6);
    });
  });

  it("mahalanobis² = 1.449090, 3.194936, 1.243999; Σ' = (4.173264, 4.3625; 4.3625, 6.667014)", () => {
    const score = featureScore("mahalanobis", features, 5);
    const squares = (of: Matrix) => valuesOf(score, of).map((x) => x * x);
    [1.44909, 3.194936, 1.243999].forEach((expected, i) => {
      expect(squares(rows)[i]).toBeCloseTo(expected, 6);
    });
    // From the mean one step along each axis, and along both: the entries of Σ'⁻¹.
    const [x, y] = [12.5 / 6, 17 / 6];
    const [a, b, both] = squares(
      fromRows([
        [x + 1, y],
        [x, y + 1],
        [x + 1, y + 1],
      ]),
    );
    const c = (both - a - b) / 2;
    const determinant = a * b - c * c;
    [b / determinant, -c / determinant, a / determinant].forEach((entry, i) => {
      expect(entry).toBeCloseTo([4.173264, 4.3625, 6.667014][i], 5);
    });
  });

  it("center: c̄ = (.623911, .781495)", () => {
    const cosines = valuesOf(
      featureScore("center", features, 5),
      fromRows([
        [1, 0],
        [0, 1],
      ]),
    ).map((score) => 1 - score);
    [0.623911, 0.781495].forEach((expected, i) => {
      expect(cosines[i]).toBeCloseTo(expected, 6);
    });
  });

  it("kde: var .103535, γ = 20/(f var) = 96.585533", () => {
    // A feature of length 0 has cosine 0 with all six: −(1/γ) ln 6.
    const [score] = valuesOf(featureScore("kde", features, 5), fromRows([[0, 0]]));
    const gamma = -Math.log(6) / score;
    expect(gamma).toBeCloseTo(96.585533, 5);
    expect(20 / (2 * gamma)).toBeCloseTo(0.103535, 6);
  });

  it("effective rank", () => {
    expect(effectiveRank(features)).toBeCloseTo(1.336681, 6);
  });
});

describe("laws", () => {
  const u = uniform(key(3));
  const many = matrix(
    40,
    5,
    Float64Array.from({ length: 200 }, () => Math.max(0, u() - 0.3)),
  );
  const some = matrix(
    8,
    5,
    Float64Array.from({ length: 40 }, () => Math.max(0, u() - 0.3)),
  );
  const scaled = (m: Matrix, factor: number) =>
    matrix(
      m.rows,
      m.columns,
      m.values.map((x) => factor * x),
    );

  it.each(["cos-k", "center", "kde"] as const)("%s: the length of h does not matter", (name) => {
    const score = featureScore(name, many, 5);
    const once = valuesOf(score, some);
    valuesOf(score, scaled(some, 3)).forEach((found, i) => {
      expect(found).toBeCloseTo(once[i], 9);
    });
  });

  it("cos-k = naive loops, ONNX Runtime as well", async () => {
    const unit = unitRows(many);
    const naive = Array.from({ length: some.rows }, (_, i) => {
      const h = [...some.values.subarray(5 * i, 5 * i + 5)];
      const length = Math.hypot(...h);
      const cosines = Array.from({ length: 40 }, (_, j) =>
        h.reduce((total, x, l) => total + (x / length) * unit.values[5 * j + l], 0),
      );
      return (
        1 -
        cosines
          .sort((a, b) => b - a)
          .slice(0, 5)
          .reduce((a, b) => a + b, 0) /
          5
      );
    });
    const found = await overRows(featureScore("cos-k", many, 5), some, { workers: 0 });
    naive.forEach((expected, i) => {
      expect(found[i]).toBeCloseTo(expected, 9);
    });
  });

  it.each(["cos-k", "mahalanobis"] as const)("left out, a row is scored by the others: %s", (name) => {
    const left = name === "cos-k" ? valuesOf(cosineLeftOut(many, 5), many) : mahalanobisLeftOut(many);
    for (const i of [0, 7, 39]) {
      const others = [...Array(40).keys()].filter((j) => j !== i);
      const rest = fromRows(others.map((j) => [...many.values.subarray(5 * j, 5 * j + 5)]));
      const [alone] = valuesOf(featureScore(name, rest, 5), matrix(1, 5, many.values.slice(5 * i, 5 * i + 5)));
      expect(left[i]).toBeCloseTo(alone, 9);
    }
  });

  it.each(FEATURE_SCORES)("%s: finite where all features are equal, or 0", (name) => {
    for (const value of [0, 2]) {
      const equal = matrix(6, 3, new Float64Array(18).fill(value));
      for (const score of valuesOf(
        featureScore(name, equal, 5),
        fromRows([
          [0, 0, 0],
          [1, 0, 5],
        ]),
      ))
        expect(Number.isFinite(score)).toBe(true);
    }
  });

  it("a twin of five rows scores 0", () => {
    const twins = fromRows(Array.from({ length: 6 }, () => [0.1, 0.2, 0.3]));
    expect(valuesOf(featureScore("cos-k", twins, 5), fromRows([[0.1, 0.2, 0.3]]))).toEqual([0]);
  });
});

describe("alarms", () => {
  const well = { watch: 0.95, nearest: 0.9, untrained: 0.97, rank: 6, dead: 0.1, excess: 0.4 };
  it.each([
    [{}, []],
    [{ untrained: 1.001 }, ["the untrained network tells outliers better (1.001 against 0.950)"]],
    [{ nearest: 0.96 }, ["the nearest normal row tells outliers better (0.960 against 0.950)"]],
    [{ rank: 1.4 }, ["features of normal rows lie along one direction (effective rank 1.400)"]],
    [{ dead: 0.55 }, ["55 % of the features are 0 for every normal row"]],
    [{ excess: 0.91 }, ["the loss has hardly fallen"]],
    [{ watch: null, nearest: null, untrained: null, excess: null }, []],
  ])("%o", (change, expected) => {
    expect(alarms({ ...well, ...change })).toEqual(expected);
  });

  it("rank and dead share of features", () => {
    expect(
      deadShare(
        fromRows([
          [0, 1, 0],
          [0, 0, 0],
        ]),
      ),
    ).toBeCloseTo(2 / 3, 12);
    expect(
      effectiveRank(
        fromRows([
          [1, 0],
          [2, 0],
          [5, 0],
        ]),
      ),
    ).toBe(0);
    expect(
      effectiveRank(
        fromRows([
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ]),
      ),
    ).toBeCloseTo(2, 9);
  });
});
