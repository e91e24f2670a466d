import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../../errors/index.ts";
import { columnOf, fromRows, key, type Matrix, matrix, normal, rowOf, uniform } from "../../numeric/index.ts";
import { columnsToSnap } from "./columns.ts";
import { ADBENCH_FAMILIES, FAMILIES, type Family, generatorOf, nearnessTo, outlierSource } from "./index.ts";
import { quotas } from "./outlier-source.ts";

const cloud = (n: number, d: number, seed = 1): Matrix => matrix(n, d, new Float64Array(n * d).map(normal(key(seed))));
const make = async (family: Family, rows: Matrix, count: number, groups: readonly (readonly number[])[] = []) =>
  generatorOf(family, rows, groups, key(3))(count, key(4));

describe("families", () => {
  test.each([...FAMILIES, ...ADBENCH_FAMILIES])("%s: equal keys, equal rows, all finite", async (family) => {
    const rows = cloud(60, 3);
    const [one, two] = [await make(family, rows, 50), await make(family, rows, 50)];
    expect(one).toEqual(two);
    expect(one.rows.values.every(Number.isFinite)).toBe(true);
  });

  test("subspace moves masked columns only, and one at least", async () => {
    const rows = cloud(40, 6);
    const made = await make("subspace", rows, 500);
    let moved = 0;
    for (let i = 0; i < 500; i++) {
      const [row, a] = [rowOf(made.rows, i), rowOf(rows, made.from[i])];
      const changed = row.filter((value, j) => value !== a[j]).length;
      expect(changed).toBeGreaterThan(0);
      moved += changed;
    }
    // E π = .3, a little more for rows that would not have moved: P(none) = E (1 − π)⁶ = .149.
    expect(moved / 3000).toBeCloseTo(0.3 + 0.149 / 6, 1);
  });

  test("shuffle keeps the marginal distribution of each column", async () => {
    const rows = cloud(400, 4);
    const made = await make("shuffle", rows, 4000);
    for (let j = 0; j < 4; j++) {
      const known = new Set(columnOf(rows, j));
      const column = columnOf(made.rows, j);
      expect(column.every((value) => known.has(value))).toBe(true);
      const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
      expect(Math.abs(mean(column) - mean(columnOf(rows, j)))).toBeLessThan(4 / Math.sqrt(4000));
    }
  });

  test("shuffle takes 1 … d columns alike", async () => {
    const rows = cloud(1000, 4);
    const made = await make("shuffle", rows, 4000);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) {
      const a = rowOf(rows, made.from[i]);
      counts[rowOf(made.rows, i).filter((value, j) => value !== a[j]).length]++;
    }
    for (const count of counts.slice(1)) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(750) + 10);
  });

  test("extrapolate is equivariant under shift and scale", async () => {
    const rows = cloud(30, 3);
    const moved = matrix(
      30,
      3,
      rows.values.map((value) => 5 * value - 7),
    );
    const [one, two] = [await make("extrapolate", rows, 100), await make("extrapolate", moved, 100)];
    one.rows.values.forEach((value, at) => {
      expect(two.rows.values[at]).toBeCloseTo(5 * value - 7, 9);
    });
  });

  test("box stays within 1.1 times the range, and fills it", async () => {
    const rows = cloud(200, 2);
    const made = await make("box", rows, 5000);
    for (let j = 0; j < 2; j++) {
      const [low, high] = [Math.min(...columnOf(rows, j)), Math.max(...columnOf(rows, j))];
      const [c, w] = [(low + high) / 2, (1.1 * (high - low)) / 2];
      const column = columnOf(made.rows, j);
      expect(Math.min(...column)).toBeGreaterThan(c - w);
      expect(Math.max(...column)).toBeLessThan(c + w);
      expect(Math.max(...column) - Math.min(...column)).toBeGreaterThan(1.98 * w);
    }
    expect([...made.from].every((place) => place === -1)).toBe(true);
  });

  test.each(FAMILIES)("%s: a category stays one category", async (family) => {
    const draw = uniform(key(5));
    // Columns 1 to 3 are one category in 0 and 2, as scaling may leave it.
    const rows = fromRows(
      Array.from({ length: 80 }, () => {
        const category = Math.floor(3 * draw());
        return [draw(), ...[0, 1, 2].map((c) => (c === category ? 2 : 0)), draw()];
      }),
    );
    const made = await make(family, rows, 300, [[1, 2, 3]]);
    const seen = new Set<string>();
    for (let i = 0; i < 300; i++) {
      const category = [...rowOf(made.rows, i).subarray(1, 4)];
      expect([...category].sort()).toEqual([0, 0, 2]);
      seen.add(category.join());
      if (family === "extrapolate") expect(category).toEqual([...rowOf(rows, made.from[i]).subarray(1, 4)]);
    }
    expect(seen.size).toBe(3);
  });

  test("a local anomaly of ADBench is √5 times as far out", async () => {
    const made = await make("adbench-local", cloud(2000, 2), 4000);
    const variance = made.rows.values.reduce((total, x) => total + x * x, 0) / made.rows.values.length;
    expect(variance).toBeGreaterThan(4.5);
    expect(variance).toBeLessThan(5.6);
  });
});

describe("snapping", () => {
  test("whole numbers and few values", () => {
    const draw = uniform(key(6));
    const rows = fromRows(Array.from({ length: 100 }, (_, i) => [draw(), i * 1000, (i % 32) / 7, (i % 33) / 7]));
    expect(columnsToSnap(rows)).toEqual([false, true, true, false]);
  });

  test("snapped columns hold training values only, others move", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 0, max: 99 }), async (n, seed) => {
        const draw = normal(key(seed));
        const rows = fromRows(Array.from({ length: n }, () => [draw(), Math.round(3 * draw()), draw()]));
        const source = outlierSource(rows, { weights: weighted(FAMILIES), snapped: [false, true], key: key(1) });
        const { rows: made } = await source.draw(60, key(2));
        const known = new Set(columnOf(rows, 1));
        expect(columnOf(made, 1).every((value) => known.has(value))).toBe(true);
        expect(new Set(columnOf(made, 0)).size).toBeGreaterThan(20);
      }),
      { numRuns: 20 },
    );
  });
});

const weighted = (families: readonly Family[]) => Object.fromEntries(families.map((family) => [family, 1]));

describe("source", () => {
  test("quotas add up, and are the shares where these are whole", () => {
    expect(quotas(10, [1, 1, 2])).toEqual([3, 2, 5]);
    expect(quotas(8, [1, 1, 2])).toEqual([2, 2, 4]);
    fc.assert(
      fc.property(fc.nat(1000), fc.array(fc.double({ min: 0.01, max: 9, noNaN: true }), { minLength: 1 }), (n, w) => {
        expect(quotas(n, w).reduce((a, b) => a + b, 0)).toBe(n);
      }),
    );
  });

  test("shares of families, and where rows come from", async () => {
    const source = outlierSource(cloud(50, 3), { weights: { subspace: 3, box: 1 }, key: key(1) });
    const { families, from, acceptance, filled } = await source.draw(100, key(2));
    expect(families.filter((name) => name === "subspace").length).toBe(75);
    families.forEach((name, i) => {
      expect(from[i] >= 0).toBe(name === "subspace");
    });
    expect(acceptance).toEqual([
      { family: "subspace", made: 75, accepted: 75 },
      { family: "box", made: 25, accepted: 25 },
    ]);
    expect(filled).toBe(0);
  });

  test("what lies among normal rows is made again", async () => {
    const rows = cloud(500, 4);
    using near = await nearnessTo(rows, { key: key(9) });
    const source = outlierSource(rows, { weights: { ladder: 1 }, accept: near.outside, key: key(1) });
    const { rows: made, acceptance, filled } = await source.draw(300, key(2));
    const [{ made: tried, accepted }] = acceptance;
    expect(accepted).toBe(300 - filled);
    expect(tried).toBeGreaterThan(300);
    const distances = await near.distances(made);
    expect(distances.filter((distance) => distance < near.threshold).length).toBeLessThanOrEqual(filled);
  });

  test("where nothing is accepted, places are filled unseen", async () => {
    const accept = async (rows: Matrix) => new Uint8Array(rows.rows);
    const source = outlierSource(cloud(9, 2), { weights: { ladder: 1 }, accept, fill: "subspace", key: key(1) });
    const { families, acceptance, filled } = await source.draw(7, key(2));
    expect(acceptance).toEqual([{ family: "ladder", made: 70, accepted: 0 }]);
    expect([filled, families]).toEqual([7, new Array(7).fill("subspace")]);
  });

  test("a generator of the caller's has its share", async () => {
    const rows = cloud(9, 2);
    const generate = (count: number) => ({ rows: matrix(count, 2), from: new Int32Array(count) });
    const source = outlierSource(rows, { weights: { box: 1 }, own: { zeros: { weight: 1, generate } }, key: key(1) });
    const { families, rows: made } = await source.draw(10, key(2));
    expect(families.filter((name) => name === "zeros").length).toBe(5);
    expect([...rowOf(made, families.indexOf("zeros"))]).toEqual([0, 0]);
  });

  test("one column: shuffle is left out, and refused alone", async () => {
    const rows = cloud(9, 1);
    const source = outlierSource(rows, { weights: { shuffle: 1, box: 1 }, key: key(1) });
    expect((await source.draw(4, key(2))).acceptance).toEqual([{ family: "box", made: 4, accepted: 4 }]);
    expect(() => outlierSource(rows, { weights: { shuffle: 1 }, key: key(1) })).toThrow(
      new InputError(
        "outliers: weights: expected a family that weighs more than 0, other than shuffle for a single column, got none",
      ),
    );
  });
});

describe("nearness", () => {
  // Six points, their distances to the 2nd nearest other one: 1, √2, √2, √2, √2, 3.
  const six = fromRows([
    [0, 0],
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
    [3, 1],
  ]);
  const four = fromRows([
    [1.2, 0.2],
    [2, 1.5],
    [4, 1.5],
    [0.5, 0.5],
  ]);

  test("the median distance to the 2nd nearest other is √2; what is nearer is refused", async () => {
    using near = await nearnessTo(six, { k: 2, key: key(1) });
    expect(near.threshold).toBeCloseTo(Math.SQRT2, 12);
    const distances = await near.distances(four);
    [1.216553, 1.802776, 3.354102, 0.707107].forEach((expected, i) => {
      expect(distances[i]).toBeCloseTo(expected, 6);
    });
    expect([...(await near.outside(four))]).toEqual([0, 1, 1, 0]);
  });

  test("each row left out of its own search: 1, √2, √2, √2, √2, 3", async () => {
    for (const [i, expected] of [1, Math.SQRT2, Math.SQRT2, Math.SQRT2, Math.SQRT2, 3].entries()) {
      using near = await nearnessTo(six, { k: 2, quantile: i / 5, key: key(1) });
      expect(near.threshold).toBeCloseTo(expected, 12);
    }
  });

  test("twins have a threshold of 0, which refuses nothing", async () => {
    using near = await nearnessTo(fromRows(new Array(10).fill([1, 2])), { key: key(1) });
    expect(near.threshold).toBe(0);
    expect([...(await near.outside(four))]).toEqual([1, 1, 1, 1]);
  });

  test("two rows are enough, no candidates are none", async () => {
    using near = await nearnessTo(
      fromRows([
        [0, 0],
        [3, 4],
      ]),
      { key: key(1) },
    );
    expect(near.threshold).toBe(5);
    expect((await near.distances(matrix(0, 2))).length).toBe(0);
  });
});
