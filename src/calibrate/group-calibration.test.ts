import fc from "fast-check";
import { expect, test } from "vitest";
import { decode, encode, evaluate, input, ndArray, openGraph } from "../graph/index.ts";
import { key, normal, permutation, uniform } from "../numeric/index.ts";
import { calibrationOf } from "./calibration.ts";
import { groupCalibrationOf } from "./group-calibration.ts";
import { calibrationBehind, pValueExpression } from "./p-value-expression.ts";
import { conformalPValues, randomizedPValues } from "./p-values.ts";

const score = input("score", "float64", ["rows"]);
const cell = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -3, max: 3, noNaN: true }));
const member = fc.tuple(fc.constantFrom("a", "b", "c", "d"), cell);
const members = fc.array(member, { minLength: 1, maxLength: 30 });

/** (1 + Σ_j (1 / N_j) #{i in group j: c_ij ≥ s}) / (K + 1), group by group. */
function naive(rows: readonly (readonly [string, number])[], s: number): number {
  const names = [...new Set(rows.map(([name]) => name))];
  const shares = names.map((name) => {
    const scores = rows.filter(([group]) => group === name).map(([, c]) => c);
    return scores.filter((c) => c >= s - 2e-6 * Math.abs(s)).length / scores.length;
  });
  return (1 + shares.reduce((a, b) => a + b, 0)) / (names.length + 1);
}

const prepared = (rows: readonly (readonly [string, number])[]) =>
  groupCalibrationOf(
    rows.map(([, c]) => c + 0),
    rows.map(([name]) => name),
  );

test("at 2, after groups a: 1, 2 and b: 3: p = (1 + 1/2 + 1) / 3", () => {
  const calibration = groupCalibrationOf([1, 2, 3], ["a", "a", "b"]);
  expect(calibration).toMatchObject({ n: 2, unit: "groups" });
  const p = conformalPValues(calibration, Float64Array.of(0, 2, 3, 4));
  expect([...p]).toEqual([1, 2.5 / 3, 2 / 3, 1 / 3]);
});

test("p-values = their naive twin", () => {
  fc.assert(
    fc.property(members, fc.array(cell), (rows, scores) => {
      const p = conformalPValues(prepared(rows), Float64Array.from(scores));
      scores.forEach((s, i) => {
        expect(p[i]).toBeCloseTo(naive(rows, s), 9);
      });
    }),
  );
});

test("groups of one row each are rows: the same p-values to the last bit", () => {
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 40 }), fc.array(cell), (normals, scores) => {
      const asGroups = groupCalibrationOf(normals, [...normals.keys()]);
      const [a, b] = [asGroups, calibrationOf(normals)].map((c) => conformalPValues(c, Float64Array.from(scores)));
      expect(a).toEqual(b);
    }),
  );
});

test("weights that add up to whole numbers do so exactly: p ≤ 0.05 holds where p is 0.05", () => {
  // 99 groups of three rows, and one row of each of three groups lies high: 3 · 1/3 = 1, p = 2 / 100.
  const names = Array.from({ length: 297 }, (_, i) => i % 99);
  const scores = Array.from({ length: 297 }, (_, i) => (i < 3 ? 10 : 0));
  expect(conformalPValues(groupCalibrationOf(scores, names), Float64Array.of(5))[0]).toBe(0.02);
});

test("the expression is the formula; scores, weights and K are read back from the file to the last bit", () => {
  fc.assert(
    fc.property(members, fc.array(cell), (rows, others) => {
      const calibration = prepared(rows);
      const queries = Float64Array.from([...rows.map(([, c]) => c), ...others]);
      const p = pValueExpression(calibration)(score);
      const { out } = evaluate({ out: p }, { score: ndArray("float64", [queries.length], queries) });
      const expected = conformalPValues(calibration, queries);
      expect(out.data).toEqual(expected);
      const again = calibrationBehind(decode(encode({ p })).outputs["p"], "groups");
      expect(again).toMatchObject({ n: calibration.n, unit: "groups" });
      expect(conformalPValues(again, queries)).toEqual(expected);
      const ties = [calibration, again].map((c) => randomizedPValues(c, queries, uniform(key(1))));
      expect(ties[1]).toEqual(ties[0]);
    }),
    { numRuns: 200 },
  );
});

test("2,000 scores of 300 groups: ONNX Runtime agrees to the last bit", async () => {
  const u = uniform(key("sizes"));
  const names = Array.from({ length: 2000 }, () => Math.floor(300 * u() ** 2));
  const z = normal(key("scores"));
  const calibration = groupCalibrationOf(
    names.map(() => z()),
    names,
  );
  using session = await openGraph({ p: pValueExpression(calibration)(score) });
  const queries = Float64Array.from({ length: 5000 }, z);
  const { p } = await session.run({ score: ndArray("float64", [5000], queries) });
  expect(p.data).toEqual(conformalPValues(calibration, queries));
});

test("a weighted calibration is not taken for one of rows", () => {
  const p = pValueExpression(groupCalibrationOf([1, 2, 3], ["a", "a", "b"]))(score);
  expect(() => calibrationBehind(p)).toThrow("expected rows that weigh alike");
});

/** Groups of unequal size, whose size, level and spread go together: the worst for pooled rows. */
function drawGroup(k: ReturnType<typeof key>): number[] {
  const [u, z] = [uniform(k.for("u")), normal(k.for("z"))];
  const high = u() < 0.2;
  const size = high ? 1 + Math.floor(3 * u()) : 5 + Math.floor(40 * u());
  const level = z() + (high ? 2 : 0);
  return Array.from({ length: size }, () => level + (high ? 1 : 0.3) * z());
}

/** How much of a new group has p ≤ t, on average over repeats, with its standard error. */
function newGroupShares(
  groups: number,
  levels: readonly number[],
  repeats: number,
  pValues: (calibration: number[][], fresh: Float64Array, i: number) => Float64Array,
) {
  const shares = levels.map(() => [] as number[]);
  for (let i = 0; i < repeats; i++) {
    const k = key("groups").for(groups).for(i);
    const calibration = Array.from({ length: groups }, (_, j) => drawGroup(k.for(j)));
    const p = pValues(calibration, Float64Array.from(drawGroup(k.for("new"))), i);
    levels.forEach((level, place) => {
      shares[place].push(p.filter((x) => x <= level * (1 + 1e-12)).length / p.length);
    });
  }
  return shares.map((values) => {
    const mean = values.reduce((a, b) => a + b, 0) / repeats;
    const variance = values.reduce((total, x) => total + (x - mean) ** 2, 0) / (repeats - 1);
    return { mean, error: Math.sqrt(variance / repeats) };
  });
}

const inGroups = (calibration: number[][]) =>
  groupCalibrationOf(
    calibration.flat(),
    calibration.flatMap((rows, j) => rows.map(() => j)),
  );

test.each([
  [4, 3000],
  [19, 1500],
  [40, 600],
])(
  "P(p ≤ t) ≤ t for a new group of %i, whatever its rows have in common (within 4 standard errors)",
  (groups, repeats) => {
    const levels = [1, 2, 4].map((j) => j / (groups + 1));
    for (const ties of ["conservative", "random"])
      newGroupShares(groups, levels, repeats, (calibration, fresh, i) =>
        ties === "random"
          ? randomizedPValues(inGroups(calibration), fresh, uniform(key(i)))
          : conformalPValues(inGroups(calibration), fresh),
      ).forEach(({ mean, error }, place) => {
        expect(mean).toBeLessThanOrEqual(levels[place] + 4 * error);
      });
  },
);

test("the same rows pooled, as if exchangeable, flag new groups several times as often: the law has teeth", () => {
  const [{ mean, error }] = newGroupShares(19, [0.05], 1500, (calibration, fresh) =>
    conformalPValues(calibrationOf(calibration.flat()), fresh),
  );
  expect(mean).toBeGreaterThan(2 * 0.05 + 4 * error);
});

test("random ties lie below the conservative p-value, and never below 1 / (K + 1)", () => {
  fc.assert(
    fc.property(members, fc.array(cell), (rows, scores) => {
      const calibration = prepared(rows);
      const queries = Float64Array.from(scores);
      const p = conformalPValues(calibration, queries);
      randomizedPValues(calibration, queries, uniform(key(3))).forEach((x, i) => {
        expect(x).toBeLessThanOrEqual(p[i] + 1e-12);
        expect(x).toBeGreaterThanOrEqual(1 / (calibration.n + 1));
      });
    }),
  );
});

test("the order of rows and the names of groups are irrelevant", () => {
  fc.assert(
    fc.property(members, fc.array(cell), fc.string(), (rows, scores, name) => {
      const shuffled = Array.from(permutation(key(name), rows.length), (i) => [`${rows[i][0]}!`, rows[i][1]] as const);
      const queries = Float64Array.from(scores);
      expect(conformalPValues(prepared(shuffled), queries)).toEqual(conformalPValues(prepared(rows), queries));
    }),
  );
});

test("no rows, other lengths and scores that are not finite are refused", () => {
  expect(() => groupCalibrationOf([], [])).toThrow("expected at least 1 calibration row, got 0");
  expect(() => groupCalibrationOf([1, 2], ["a"])).toThrow("calibrate: groups: expected one a score, 2, got 1");
  expect(() => groupCalibrationOf([NaN], ["a"])).toThrow("expected finite numbers, got NaN in row 0");
});
