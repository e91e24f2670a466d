import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Key, key, normal, twoSampleDistance, uniform, uniformDistance } from "../numeric/index.ts";
import { jumper } from "./jumper.ts";
import { wealthPaths } from "./martingale.ts";
import { onlinePValues } from "./online-p-values.ts";

const draw = (k: Key, n: number, shift = 0, scale = 1) => {
  const z = normal(k);
  return Float64Array.from({ length: n }, () => shift + scale * z());
};
const largest = (path: Float64Array) => path.reduce((most, x) => Math.max(most, x), 0);

describe("online p-values", () => {
  test("p_i = (#{c > s} + U (1 + #{c = s})) / (n + i), by a naive twin", () => {
    const scores = (minLength: number) => fc.array(fc.integer({ min: -3, max: 3 }), { minLength, maxLength: 12 });
    fc.assert(
      fc.property(scores(1), scores(0), (calibration, window) => {
        const u = uniform(key("u"));
        const naive = window.map((s, i) => {
          const before = [...calibration, ...window.slice(0, i)];
          const [above, tied] = [before.filter((c) => c > s).length, before.filter((c) => c === s).length];
          return (above + u() * (1 + tied)) / (before.length + 1);
        });
        expect([...onlinePValues(calibration, window, key("u"))]).toEqual(naive);
      }),
    );
  });

  test("5 calibration rows, a window of 4,000, and many ties: uniform, and no p-value tells the next", () => {
    const [u, root] = [uniform(key(1)), key("ties")];
    const distances: number[] = [];
    let product = 0;
    for (let repetition = 0; repetition < 40; repetition++) {
      const scores = (n: number) => Float64Array.from({ length: n }, () => Math.floor(6 * u() ** 2));
      const p = onlinePValues(scores(5), scores(4000), root.for(repetition));
      distances.push(uniformDistance(p).pValue);
      for (let i = 1; i < p.length; i++) product += ((p[i] - 0.5) * (p[i - 1] - 0.5) * 12) / Math.sqrt(40 * 3999);
    }
    expect(uniformDistance(distances).pValue).toBeGreaterThan(0.001);
    expect(Math.abs(product)).toBeLessThan(4); // standard normal
  });

  test("p-values against the calibration rows alone are not: their mean goes where the 5 rows lie", () => {
    const means = (online: boolean) =>
      Array.from({ length: 60 }, (_, repetition) => {
        const [calibration, window] = [draw(key(repetition), 5), draw(key(`w${repetition}`), 500)];
        const p = online
          ? onlinePValues(calibration, window, key(repetition))
          : window.map((s) => (calibration.filter((c) => c > s).length + 0.5) / 6);
        return p.reduce((sum, x) => sum + x / 500, 0);
      });
    const spread = (values: number[]) => Math.sqrt(values.reduce((sum, x) => sum + (x - 0.5) ** 2 / values.length, 0));
    expect(spread(means(true))).toBeLessThan(0.02); // 1 / √(12 · 500) = 0.013
    expect(spread(means(false))).toBeGreaterThan(0.08);
  });

  test("scores that differ by rounding count as equal, whole numbers keep their order; increasing maps change nothing", () => {
    const root = key("r");
    const even = onlinePValues([1.1, 1.1, 2], [1.1, 7], root);
    expect([...onlinePValues([1.1 + 1e-8, 1.1 - 1e-8, 2], [1.1, 7], root)]).toEqual([...even]);
    const order = [5, 131_071, 131_070, -3, 0];
    const ranked = onlinePValues([131_069, 4], order, root);
    expect([...onlinePValues([6, 2], [3, 8, 7, 0, 1], root)]).toEqual([...ranked]);
  });

  test("scores that are not finite are refused", () => {
    expect(() => onlinePValues([1], [Infinity], key(0))).toThrow("online p-value: scores: expected finite numbers");
    expect(() => onlinePValues([NaN], [1], key(0))).toThrow("online p-value: scores: expected finite numbers");
  });
});

describe("wealth", () => {
  test("one more uniform p-value leaves the mean wealth as it is, whatever came before", () => {
    const past = fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 30 });
    fc.assert(
      fc.property(past, (before) => {
        const at = (path: Float64Array, i: number) => (i < 0 ? 1 : Math.exp(path[i]));
        const paths = wealthPaths(before);
        const [sums, steps] = [{ together: 0, bulk: 0, tail: 0 }, 4000]; // midpoints: exact for steps and slopes
        for (let k = 0; k < steps; k++) {
          const next = wealthPaths([...before, (k + 0.5) / steps]);
          for (const name of ["together", "bulk", "tail"] as const) sums[name] += at(next[name], before.length) / steps;
        }
        for (const name of ["together", "bulk", "tail"] as const)
          expect(sums[name] / at(paths[name], before.length - 1)).toBeCloseTo(1, 6);
      }),
      { numRuns: 10 },
    );
  });

  test("a jumper of one bet is the product of its bets; of rate 1 the product of their means; of two rates the mean", () => {
    const up = (p: number) => 0.5 + p;
    const single = jumper([up], [0.01]);
    single.next(0.9);
    expect(single.next(0.2)).toBeCloseTo(Math.log(1.4 * 0.7), 12);
    const mixed = jumper([up, () => 1], [1]);
    mixed.next(0.9);
    expect(mixed.next(0.2)).toBeCloseTo(Math.log(1.2 * 0.85), 12);
    const both = jumper([up, () => 1], [1, 0]);
    both.next(0.9);
    expect(both.next(0.2)).toBeCloseTo(Math.log((1.2 * 0.85 + (1.4 * 0.7 + 1) / 2) / 2), 12);
  });

  test("P(wealth ever ≥ 1/α) ≤ α for 20 calibration rows and windows of 3,000, and the mean wealth is 1", () => {
    const repetitions = 400;
    const alarms = { together: [0, 0], bulk: [0, 0], tail: [0, 0] };
    const early = { together: 0, bulk: 0, tail: 0 };
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const root = key("null").for(repetition);
      const window = draw(root.for("window"), 3000);
      const paths = wealthPaths(onlinePValues(draw(root.for("calibration"), 20), window, root));
      for (const name of ["together", "bulk", "tail"] as const) {
        const most = Math.exp(largest(paths[name]));
        for (const [i, level] of [0.2, 0.05].entries()) if (most >= 1 / level) alarms[name][i]++;
        early[name] += Math.exp(paths[name][10]) / repetitions; // later the mean lies in rare large wealths
      }
    }
    for (const name of ["together", "bulk", "tail"] as const) {
      for (const [i, level] of [0.2, 0.05].entries())
        expect(alarms[name][i] / repetitions).toBeLessThan(level + 3 * Math.sqrt((level * (1 - level)) / repetitions));
      expect(Math.abs(early[name] - 1)).toBeLessThan(0.15);
    }
  });

  test.each([
    ["higher", 0.7, 1],
    ["lower", -0.7, 1],
    ["wider", 0, 2],
    ["narrower", 0, 0.5],
  ])("scores that lie %s win in bulk: the alarm at 1 % is raised within 1,000 rows", (_, shift, scale) => {
    const paths = wealthPaths(onlinePValues(draw(key(1), 300), draw(key(2), 1000, shift, scale), key(3)));
    expect(largest(paths.together)).toBeGreaterThan(Math.log(100));
    expect(largest(paths.bulk)).toBeGreaterThan(Math.log(100));
  });

  test("5 % anomalous rows win in the tail and leave the bulk alone", () => {
    let bulk = 0;
    for (let repetition = 0; repetition < 20; repetition++) {
      const [z, u, root] = [normal(key(`z${repetition}`)), uniform(key(`u${repetition}`)), key(repetition)];
      const window = Float64Array.from({ length: 1500 }, () => z() + (u() < 0.05 ? 8 : 0));
      const paths = wealthPaths(onlinePValues(draw(root, 500), window, root));
      expect(largest(paths.together)).toBeGreaterThan(Math.log(100));
      expect(largest(paths.tail)).toBeGreaterThan(Math.log(100));
      if (largest(paths.bulk) > Math.log(20)) bulk++;
    }
    expect(bulk).toBeLessThanOrEqual(4); // 1 expected
  });

  test("a change after 5,000 quiet rows is found within 500", () => {
    const window = Float64Array.from([...draw(key(4), 5000), ...draw(key(5), 500, 1)]);
    const { together } = wealthPaths(onlinePValues(draw(key(6), 2000), window, key(7)));
    expect(largest(together.subarray(0, 5000))).toBeLessThan(Math.log(100));
    expect(largest(together)).toBeGreaterThan(Math.log(100));
  });

  test("a million times the same p-value stays finite; no rows, no wealth", () => {
    const { together } = wealthPaths(new Float64Array(100_000).fill(0));
    expect(Number.isFinite(together[99_999])).toBe(true);
    expect(wealthPaths([]).together.length).toBe(0);
  });

  test("together = the mean of bulk and tail", () => {
    const { together, bulk, tail } = wealthPaths(onlinePValues([1, 2, 3], draw(key(8), 50), key(9)));
    for (const [i, log] of together.entries())
      expect(Math.exp(log)).toBeCloseTo((Math.exp(bulk[i]) + Math.exp(tail[i])) / 2, 10);
    expect(twoSampleDistance(together, bulk).distance).toBeGreaterThan(0);
  });
});
