import { describe, expect, it } from "vitest";
import {
  concatenate,
  constant,
  evaluate,
  type Feeds,
  float64,
  gradient,
  identity,
  input,
  multiply,
  ndArray,
  type Tensor,
} from "../../graph/index.ts";
import { key, normal, uniform } from "../../numeric/index.ts";
import {
  binaryLoss,
  classLoss,
  concatLoss,
  concatTargets,
  leastLoss,
  OUT,
  pairwiseLoss,
  pairwiseTargets,
  type Targets,
  unit,
} from "./losses.ts";

const z1 = [1, 0, 0.8, 0.6, 0, 1, -1, 0];
const z2 = [0.96, 0.28, 0.6, 0.8, -0.6, 0.8, -0.8, -0.6];
const kinds = [0, 0, OUT, OUT];
const own = (n: number) => new Array<number>(n).fill(OUT);

const rows = (values: readonly number[], k = 2): Tensor => float64(values, [values.length / k, k]);
const value = (t: Tensor, feeds: Feeds = {}): number => Number(evaluate({ out: identity(t) }, feeds)["out"].data[0]);
const pairwise = (a: readonly number[], b: readonly number[], p: Targets, temperature: number, k = 2) =>
  value(pairwiseLoss(rows(a, k), rows(b, k), p, temperature));
const concat = (a: readonly number[], b: readonly number[], p: Targets, temperature: number, k = 2) =>
  value(concatLoss(rows([...a, ...b], k), p, temperature));

// Golden numbers of this file: NumPy, the formulas written out (losses.golden.py).
describe("golden values of four samples in the plane", () => {
  it.each([
    [0.5, 0.756838, 0.695242, 1.073229],
    [0.2, 0.699219, 0.605115, 0.87567],
  ])("τ = %f: pairwise %f, views exchanged %f; concat %f, unchanged", (temperature, forth, back, all) => {
    const [p, q] = [pairwiseTargets(kinds), concatTargets(kinds)];
    expect(pairwise(z1, z2, p, temperature)).toBeCloseTo(forth, 6);
    expect(pairwise(z2, z1, p, temperature)).toBeCloseTo(back, 6);
    expect(concat(z1, z2, q, temperature)).toBeCloseTo(all, 6);
    expect(concat(z2, z1, q, temperature)).toBeCloseTo(all, 6);
  });

  it.each([
    [0.5, 0.660838, 0.955896, 1.606562, 1.073229],
    [0.2, 0.459219, 0.582337, 2.209004, 0.87567],
  ])("τ = %f: nt-xent %f, among 2 N %f, supcon-binary %f, supcon-multi %f", (temperature, one, two, binary, multi) => {
    expect(pairwise(z1, z2, pairwiseTargets(own(4)), temperature)).toBeCloseTo(one, 6);
    expect(concat(z1, z2, concatTargets(own(4)), temperature)).toBeCloseTo(two, 6);
    expect(concat(z1, z2, concatTargets([0, 0, 1, 1]), temperature)).toBeCloseTo(binary, 6);
    expect(concat(z1, z2, concatTargets([0, 0, 1, 2]), temperature)).toBeCloseTo(multi, 6);
    const z = rows([...z1, ...z2]);
    expect(value(classLoss(z, float64([0, 0, 1, 1]), temperature))).toBeCloseTo(binary, 6);
    expect(value(classLoss(z, float64([0, 0, 1, 2]), temperature))).toBeCloseTo(multi, 6);
  });

  it("τ = .5: similarities of the first view, 1.92, 1.2, −1.2, −1.6", () => {
    // Drawn to key j alone, a query's loss is ln Σ exp(s) − s_j.
    const losses = [0, 1, 2, 3].map((j) => {
      const p = { queries: 1, keys: 4, shares: Float32Array.from([0, 1, 2, 3], (key) => (key === j ? 1 : 0)) };
      return value(pairwiseLoss(rows(z1.slice(0, 2)), rows(z2), p, 0.5));
    });
    const s = [1.92, 1.2, -1.2, -1.6];
    const total = Math.log(s.reduce((sum, x) => sum + Math.exp(x), 0));
    losses.forEach((loss, j) => {
      expect(total - loss).toBeCloseTo(s[j], 12);
    });
  });

  it("the terms of pairwise", () => {
    const expected = [
      [0.5, [0.805012, 0.775219, 0.881395, 0.565728]],
      [0.2, [1.053458, 0.699327, 0.730051, 0.314038]],
    ] as const;
    for (const [temperature, terms] of expected) {
      const { keys, shares } = pairwiseTargets(kinds);
      terms.forEach((term, i) => {
        const p = { queries: 1, keys, shares: shares.slice(i * keys, (i + 1) * keys) };
        const found = value(pairwiseLoss(rows(z1.slice(2 * i, 2 * i + 2)), rows(z2), p, temperature));
        expect(found).toBeCloseTo(term, 6);
      });
    }
  });

  it("gradients by z, and through normalization", () => {
    const [a, b] = [input("a", "float64", [4, 2]), input("b", "float64", [4, 2])];
    const feeds = {
      a: ndArray("float64", [4, 2], Float64Array.from(z1)),
      b: ndArray("float64", [4, 2], Float64Array.from(z2)),
    };
    const [da, db] = gradient(pairwiseLoss(a, b, pairwiseTargets(kinds), 0.5), [a, b]);
    const out = evaluate({ da: identity(da), db: identity(db) }, feeds);
    const near = (found: ArrayLike<number>, expected: readonly number[]) =>
      expected.forEach((x, i) => {
        expect(Math.abs(found[i] - x)).toBeLessThan(1e-6);
      });
    near(
      out["da"].data as Float64Array,
      [-0.004908, -0.04989, -0.057111, 0.006531, 0.360198, -0.055696, 0.07704, 0.298067],
    );
    near(
      out["db"].data as Float64Array,
      [0.041875, 0.058105, -0.122592, 0.19864, -0.148537, -0.272147, 0.229255, 0.015402],
    );
    const [du] = gradient(pairwiseLoss(unit(multiply(a, 1)), unit(b), pairwiseTargets(kinds), 0.5), [a]);
    const doubled = {
      ...feeds,
      a: ndArray(
        "float64",
        [4, 2],
        Float64Array.from(z1, (x) => 2 * x),
      ),
    };
    near(
      evaluate({ du: identity(du) }, doubled)["du"].data as Float64Array,
      [0, -0.024945, -0.011847, 0.015796, 0.180099, 0, 0, 0.149033],
    );
  });
});

describe("masks of kinds (1, 2, 2, out, out)", () => {
  const five = [1, 2, 2, OUT, OUT];
  const drawnTo = ({ keys, shares }: Targets, i: number) =>
    [...shares.subarray(i * keys, (i + 1) * keys)].flatMap((p, j) => (p > 0 ? [j] : []));
  it("pairwise", () => {
    const p = pairwiseTargets(five);
    expect(five.map((_, i) => drawnTo(p, i))).toEqual([[0], [1, 2], [1, 2], [3], [4]]);
  });
  it("concat", () => {
    const p = concatTargets(five);
    const expected = [[5], [2, 6, 7], [1, 6, 7], [8], [9], [0], [1, 2, 7], [1, 2, 6], [3], [4]];
    expect(expected.map((_, i) => drawnTo(p, i))).toEqual(expected);
  });
});

describe("laws", () => {
  const draw = (seed: number, n: number, k: number): number[] => {
    const z = normal(key(seed));
    const raw = Array.from({ length: n }, () => Array.from({ length: k }, () => z()));
    return raw.flatMap((row) => row.map((x) => x / Math.hypot(...row)));
  };
  const mixed = [0, OUT, 0, OUT, OUT, 0];

  it("∂L/∂z of pairwise agrees with central differences to 1e-9, at z and through normalization", () => {
    const forms = [
      [z1, z2, (z: Tensor) => z],
      [z1.map((x) => 2 * x), z2, unit],
    ] as const;
    for (const [at1, at2, form] of forms) {
      const [a, b] = [input("a", "float64", [4, 2]), input("b", "float64", [4, 2])];
      const loss = pairwiseLoss(form(a), form(b), pairwiseTargets(kinds), 0.5);
      const fed = (j: number, step: number) => {
        const moved = [...at1, ...at2].map((x, i) => (i === j ? x + step : x));
        const side = (from: number) => ndArray("float64", [4, 2], Float64Array.from(moved.slice(from, from + 8)));
        return { a: side(0), b: side(8) };
      };
      const [da, db] = gradient(loss, [a, b]);
      const slopes = evaluate({ da: identity(da), db: identity(db) }, fed(0, 0));
      const all = [...(slopes["da"].data as Float64Array), ...(slopes["db"].data as Float64Array)];
      all.forEach((slope, j) => {
        // Of steps 2e-4 and 1e-4: what is left of the error is of order step⁴.
        const difference = (step: number) => (value(loss, fed(j, step)) - value(loss, fed(j, -step))) / (2 * step);
        const best = (4 * difference(1e-4) - difference(2e-4)) / 3;
        expect(Math.abs(best - slope)).toBeLessThan(1e-9);
      });
    }
  });

  it("∂L/∂s = (softmax(s) − p)/N, whose rows sum to 0", () => {
    const s = draw(21, 6, 6).map((x) => 3 * x);
    const p = pairwiseTargets(mixed);
    const z = input("z", "float64", [6, 6]);
    const one = float64(
      Array.from({ length: 36 }, (_, i) => (i % 7 === 0 ? 1 : 0)),
      [6, 6],
    );
    // Against the unit vectors at τ = 1, similarities are z itself.
    const [ds] = gradient(pairwiseLoss(z, one, p, 1), [z]);
    const feeds = { z: ndArray("float64", [6, 6], Float64Array.from(s)) };
    const found = evaluate({ ds: identity(ds) }, feeds)["ds"].data as Float64Array;
    for (let i = 0; i < 6; i++) {
      const row = s.slice(6 * i, 6 * i + 6);
      const total = row.reduce((sum, x) => sum + Math.exp(x), 0);
      row.forEach((x, j) => {
        expect(found[6 * i + j]).toBeCloseTo((Math.exp(x) / total - p.shares[6 * i + j]) / 6, 6);
      });
      expect(Math.abs(found.slice(6 * i, 6 * i + 6).reduce((a, b) => a + b, 0))).toBeLessThan(1e-7);
    }
  });

  it("at most one normal sample: pairwise = nt-xent", () => {
    const [a, b] = [draw(1, 4, 3), draw(2, 4, 3)];
    const expected = pairwise(a, b, pairwiseTargets(own(4)), 0.2, 3);
    for (const one of [own(4), [0, OUT, OUT, OUT], [OUT, OUT, 0, OUT]])
      expect(pairwise(a, b, pairwiseTargets(one), 0.2, 3)).toBeCloseTo(expected, 12);
  });

  it("L ≥ its bound, (n_ID/N) ln n_ID or (n_ID/N) ln(2 n_ID − 1)", () => {
    const batch = (normals: number, out: number) => [...new Array<number>(normals).fill(0), ...own(out)];
    expect(leastLoss(pairwiseTargets(batch(64, 192)))).toBeCloseTo(1.0397, 4);
    expect(leastLoss(pairwiseTargets(batch(128, 128)))).toBeCloseTo(2.426, 4);
    expect(leastLoss(concatTargets(batch(64, 192)))).toBeCloseTo(1.211, 4);
    expect(leastLoss(concatTargets(batch(128, 128)))).toBeCloseTo(2.7706, 4);
    expect(leastLoss(pairwiseTargets(kinds))).toBeCloseTo(0.346574, 6);
    for (let seed = 0; seed < 20; seed++) {
      const [a, b] = [draw(seed, 6, 3), draw(seed + 100, 6, 3)];
      expect(pairwise(a, b, pairwiseTargets(mixed), 0.05, 3)).toBeGreaterThan(leastLoss(pairwiseTargets(mixed)));
      expect(concat(a, b, concatTargets(mixed), 0.05, 3)).toBeGreaterThan(leastLoss(concatTargets(mixed)));
    }
  });

  it("turning all z, or another order of the samples, changes nothing", () => {
    const [a, b] = [draw(5, 6, 2), draw(6, 6, 2)];
    const turn = (z: number[]) =>
      z.map((_, i) => (i % 2 === 0 ? 0.6 * z[i] - 0.8 * z[i + 1] : 0.8 * z[i - 1] + 0.6 * z[i]));
    const order = [3, 0, 5, 1, 4, 2];
    const sorted = (z: number[]) => order.flatMap((i) => z.slice(2 * i, 2 * i + 2));
    const moved = order.map((i) => mixed[i]);
    const [p, q] = [pairwise(a, b, pairwiseTargets(mixed), 0.2), concat(a, b, concatTargets(mixed), 0.2)];
    expect(pairwise(turn(a), turn(b), pairwiseTargets(mixed), 0.2)).toBeCloseTo(p, 12);
    expect(concat(turn(a), turn(b), concatTargets(mixed), 0.2)).toBeCloseTo(q, 12);
    expect(pairwise(sorted(a), sorted(b), pairwiseTargets(moved), 0.2)).toBeCloseTo(p, 12);
    expect(concat(sorted(a), sorted(b), concatTargets(moved), 0.2)).toBeCloseTo(q, 12);
  });

  it("all z equal: ln N, and ln(2 N − 1) among all views", () => {
    const same = new Array<number>(4).fill(1).flatMap(() => [0.6, 0.8]);
    expect(pairwise(same, same, pairwiseTargets(kinds), 0.2)).toBeCloseTo(1.386294, 6);
    expect(concat(same, same, concatTargets(kinds), 0.2)).toBeCloseTo(1.94591, 6);
  });

  it("normals together and outliers apart reach the bound as τ falls", () => {
    const z = [1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1];
    expect(pairwise(z, z, pairwiseTargets(kinds), 0.02, 3)).toBeCloseTo(0.346574, 6);
    expect(pairwise(z, z, pairwiseTargets(kinds), 0.2, 3)).toBeCloseTo(0.359937, 6);
  });

  it("∂L/∂z agrees with differences, in both forms and by classes", () => {
    const z = input("z", "float64", [12, 3]);
    const u = uniform(key(9));
    const at = Float64Array.from({ length: 36 }, () => 2 * u() - 1);
    const direction = Float64Array.from({ length: 36 }, () => 2 * u() - 1);
    const classes = constant(ndArray("float64", [6], Float64Array.of(0, 0, 1, 2, 2, 1)));
    const forms = {
      concat: concatLoss(unit(z), concatTargets(mixed), 0.2),
      classes: classLoss(unit(z), classes, 0.2),
    };
    for (const loss of Object.values(forms)) {
      const fed = (step: number) => ({
        z: ndArray(
          "float64",
          [12, 3],
          at.map((x, i) => x + step * direction[i]),
        ),
      });
      const [dz] = gradient(loss, [z]);
      const slope = (evaluate({ dz: identity(dz) }, fed(0))["dz"].data as Float64Array).reduce(
        (total, g, i) => total + g * direction[i],
        0,
      );
      expect((value(loss, fed(1e-5)) - value(loss, fed(-1e-5))) / 2e-5).toBeCloseTo(slope, 7);
    }
  });
});

it("bce: ½ mean softplus(t) of normals + ½ mean softplus(−t) of outliers; ln 2 at t = 0", () => {
  const t = float64([-2, 1, 0.5, -1], [4, 1]);
  const soft = (x: number) => Math.log1p(Math.exp(x));
  expect(value(binaryLoss(t, 2, 1))).toBeCloseTo(0.25 * (soft(-2) + soft(0.5)) + 0.25 * (soft(-1) + soft(1)), 12);
  expect(value(binaryLoss(concatenate([multiply(t, 0), multiply(t, 0)], 0), 4, 1))).toBeCloseTo(Math.LN2, 12);
  expect(value(binaryLoss(multiply(t, 1e4), 2, 1))).toBeCloseTo(0.25 * (5000 + 10000), 6);
});
