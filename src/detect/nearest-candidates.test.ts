import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cast, constant, input, ndArray, openGraph, overRows, square, sum, type Tensor } from "../graph/index.ts";
import { type Key, key, type Matrix, matrix, normal, rowOf, sample, takeRows } from "../numeric/index.ts";
import { inSinglePrecision, nearestRows } from "./nearest.ts";
import { candidatesInSinglePrecision } from "./nearest-candidates.ts";
import { precisionFor } from "./nearest-precision.ts";

const tensorOf = (m: Matrix) => constant(ndArray("float64", [m.rows, m.columns], m.values));

/** Squared distances from a row to every reference row: loops only. */
function naiveSquares(row: ArrayLike<number>, reference: Matrix): number[] {
  return Array.from({ length: reference.rows }, (_, i) =>
    rowOf(reference, i).reduce((total, a, j) => total + (row[j] - a) ** 2, 0),
  );
}

/** Numbers of every kind that single precision finds hard, and some that it finds easy: n × d, one number at a time. */
const families: Readonly<Record<string, (next: () => number, i: number, j: number) => number>> = {
  cloud: (next) => next(),
  "small whole numbers": (next) => Math.round(next()),
  "near-twins": (next, i) => (i % 7) + 1e-9 * next(),
  "clusters far apart": (next, i) => 1000 * (i % 5) + 1e-3 * next(),
  "a cloud a thousand times its width from the origin": (next) => 1000 + next(),
  "a cloud at 1e15": (next) => 1e15 + Math.round(4 * next()),
  "one row far out": (next, i) => (i === 0 ? 1e6 : next()),
  "rows of every size": (next, i) => next() * 10 ** (i % 9) * 1e-4,
  "columns of every size": (next, _, j) => next() * 10 ** (3 * (j % 4) - 4),
  "a line through the origin": (_, i) => i / 16,
  "too small for float32": (next) => 1e-42 * next(),
  "squares too small for float32": (next) => 1e-21 * next(),
  "too large for float32": (next) => 1e39 * next(),
  "squares too large for float32": (next) => 1e25 * next(),
  "from 1e-100 to 1e100": (next, i) => next() * 10 ** (((i * 37) % 201) - 100),
  "the same row": (_next, _i, j) => j + 0.1,
};

function drawn(family: string, rows: number, columns: number, seed: Key): Matrix {
  const next = normal(seed);
  const values = Float64Array.from({ length: rows * columns }, (_, at) =>
    families[family](next, Math.floor(at / columns), at % columns),
  );
  return matrix(rows, columns, values);
}

interface Case {
  readonly reference: Matrix;
  readonly rows: Matrix;
  readonly k: number;
}

/** Reference rows and rows to compare with them: half of the same family, a quarter twins, a quarter of another family. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    family: fc.constantFrom(...Object.keys(families)),
    other: fc.constantFrom(...Object.keys(families)),
    n: fc.integer({ min: 12, max: 120 }),
    d: fc.integer({ min: 1, max: 40 }),
    k: fc.integer({ min: 1, max: 6 }),
    seed: fc.nat(1e6),
  })
  .map(({ family, other, n, d, k, seed }) => {
    const reference = drawn(family, n, d, key(seed).for("reference"));
    const parts = [
      drawn(family, 10, d, key(seed).for("rows")),
      takeRows(reference, sample(key(seed).for("twins"), n, 5)),
      drawn(other, 5, d, key(seed).for("other")),
    ];
    const values = Float64Array.from(parts.flatMap((part) => [...part.values]));
    return { reference, rows: matrix(20, d, values), k };
  });

type Numbers = Readonly<Record<string, readonly number[]>>;

/** Compiled outputs of x, and the numbers that they give for some rows. */
async function opened(columns: number, outputs: (x: Tensor) => Readonly<Record<string, Tensor>>) {
  const session = await openGraph(outputs(input("x", "float64", ["rows", columns])));
  return {
    async run(rows: Matrix): Promise<Numbers> {
      const out = await session.run({ x: ndArray("float64", [rows.rows, columns], rows.values) });
      return Object.fromEntries(
        Object.entries(out).map(([name, { data }]) => [name, Array.from(data as Float64Array, Number)]),
      );
    },
    [Symbol.dispose]: () => session[Symbol.dispose](),
  };
}

async function runOn(rows: Matrix, outputs: (x: Tensor) => Readonly<Record<string, Tensor>>): Promise<Numbers> {
  using model = await opened(rows.columns, outputs);
  return await model.run(rows);
}

const close = (a: number, b: number) => Math.abs(a - b) <= 1e-11 * Math.max(Math.abs(a), Math.abs(b));

it("no row that is left out is nearer than the bound says, whatever the numbers", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ reference, rows, k }) => {
      const stored = tensorOf(reference);
      const { places, others, inRange } = await runOn(rows, (x) => {
        const found = candidatesInSinglePrecision(x, stored, sum(square(stored), 1), k + 3);
        return { ...found, inRange: cast(found.inRange, "int64") };
      });
      for (let i = 0; i < rows.rows; i++) {
        if (!inRange[i]) continue;
        const chosen = new Set(places.slice(i * (k + 3), (i + 1) * (k + 3)));
        const squares = naiveSquares(rowOf(rows, i), reference).filter((_, place) => !chosen.has(place));
        // What float64 loses is less than the room that the bound leaves for it.
        expect(Math.min(...squares) - others[i]).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 300 },
  );
}, 60_000);

it("what is certain is right: the k distances are the naive ones", async () => {
  let [certainly, not] = [0, 0];
  await fc.assert(
    fc.asyncProperty(cases, async ({ reference, rows, k }) => {
      const { distances, certain } = await runOn(rows, (x) => {
        const found = inSinglePrecision(x, tensorOf(reference), k);
        return { distances: found.fast.distances, certain: cast(found.certain, "int64") };
      });
      for (let i = 0; i < rows.rows; i++) {
        if (certain[i]) certainly++;
        else not++;
        if (!certain[i]) continue;
        const expected = naiveSquares(rowOf(rows, i), reference)
          .map(Math.sqrt)
          .sort((a, b) => a - b);
        for (let j = 0; j < k; j++) expect(close(distances[i * k + j], expected[j])).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
  // The families reach both sides.
  expect(Math.min(certainly, not)).toBeGreaterThan(500);
}, 60_000);

it("single = naive, in every batch: to the last place where a row is certain, to the rounding of a float64 product elsewhere", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ reference, rows, k }) => {
      using model = await opened(rows.columns, (x) => {
        const { distances, places } = nearestRows(x, tensorOf(reference), k, "euclidean", "single");
        const { certain } = inSinglePrecision(x, tensorOf(reference), k);
        return { distances, places, certain: cast(certain, "int64") };
      });
      const norms = naiveSquares(new Float64Array(reference.columns), reference);
      const whole = await model.run(rows);
      for (let i = 0; i < rows.rows; i++) {
        const row = rowOf(rows, i);
        const alone = await model.run(takeRows(rows, [i]));
        const squares = naiveSquares(row, reference);
        const sorted = [...squares].sort((a, b) => a - b);
        const scale = row.reduce((total, value) => total + value * value, 2 * Math.max(...norms));
        const certain = alone["certain"][0] === 1;
        const rounding = (reference.columns + 8) * 2 ** -51 * scale;
        for (let j = 0; j < k; j++) {
          const distance = whole["distances"][i * k + j];
          // ONNX Runtime's order of summing depends on where an array lies in memory.
          if (certain) expect(Math.abs(alone["distances"][j] - distance)).toBeLessThanOrEqual(1e-15 * distance);
          expect(close(distance ** 2, squares[whole["places"][i * k + j]])).toBe(true);
          expect(Math.abs(distance ** 2 - sorted[j])).toBeLessThanOrEqual(certain ? 1e-11 * sorted[j] : rounding);
          expect(Math.abs(alone["distances"][j] ** 2 - sorted[j])).toBeLessThanOrEqual(rounding);
        }
      }
    }),
    { numRuns: 40 },
  );
}, 60_000);

describe("where a certificate fails", () => {
  const far = drawn("cloud", 400, 8, key(5));
  const moved = matrix(
    400,
    8,
    far.values.map((value) => 1e5 + value),
  );

  it("float32 does pick wrong rows there, no row is certain, and the result is right all the same", async () => {
    const rows = takeRows(
      moved,
      Array.from({ length: 60 }, (_, i) => i * 5),
    );
    const shifted = matrix(
      60,
      8,
      rows.values.map((value, at) => value + 0.3 * Math.sin(at)),
    );
    const { wrong, certain, distances } = await runOn(shifted, (x) => {
      const { fast, certain } = inSinglePrecision(x, tensorOf(moved), 2);
      const { distances } = nearestRows(x, tensorOf(moved), 2, "euclidean", "single");
      return { wrong: fast.distances, certain: cast(certain, "int64"), distances };
    });
    const expected = Array.from({ length: 60 }, (_, i) =>
      naiveSquares(rowOf(shifted, i), moved)
        .map(Math.sqrt)
        .sort((a, b) => a - b)
        .slice(0, 2),
    ).flat();
    expect(certain.every((one) => one === 0)).toBe(true);
    expect(wrong.some((distance, i) => !close(distance, expected[i]))).toBe(true);
    distances.forEach((distance, i) => {
      expect(close(distance, expected[i])).toBe(true);
    });
  });

  it("the lower place comes first among equals", async () => {
    const reference = matrix(12, 1, Float64Array.of(9, 1, 3, 1, 9, 9, -1, 9, 3, 9, 20, 21));
    const { places } = await runOn(matrix(1, 1, Float64Array.of(2)), (x) => ({
      places: cast(nearestRows(x, tensorOf(reference), 5, "euclidean", "single").places, "float64"),
    }));
    expect(places).toEqual([1, 2, 3, 8, 6]);
  });
});

describe("precisionFor", () => {
  it("few rows, columns of few values, rows close together far from the origin: double; else single", async () => {
    const chosen = async (family: string, n: number) => precisionFor(drawn(family, n, 6, key(7)), 1, { workers: 0 });
    expect(await chosen("cloud", 4000)).toBe("double");
    expect(await chosen("cloud", 6000)).toBe("single");
    expect(await chosen("one row far out", 6000)).toBe("single");
    expect(await chosen("the same row", 6000)).toBe("single");
    expect(await chosen("small whole numbers", 6000)).toBe("double");
    expect(await chosen("a cloud at 1e15", 6000)).toBe("double");
    expect(await chosen("from 1e-100 to 1e100", 6000)).toBe("double");
  });

  it("knn scores alike with 6000 stored rows, cut as it may be", async () => {
    const reference = drawn("cloud", 6000, 6, key(8));
    const rows = drawn("cloud", 300, 6, key(9));
    const score = (chunk: number) =>
      overRows((x) => nearestRows(x, tensorOf(reference), 3, "euclidean", "single").distances, rows, {
        chunk,
        workers: 0,
      });
    const [one, many] = [await score(1), await score(83)];
    expect(one).toEqual(many);
  });
});
