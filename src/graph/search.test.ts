import * as fc from "fast-check";
import { expect, it } from "vitest";
import { evaluate, input, ndArray, openGraph, stepFunctions } from "./index.ts";

const x = input("x", "float64", ["rows", 2]);
const distinct = fc.uniqueArray(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), {
  maxLength: 40,
  comparator: "SameValueZero",
});

it("a step function's value is that of a linear search, ties included", () => {
  fc.assert(
    fc.property(distinct, distinct, fc.array(fc.double({ noNaN: true }), { maxLength: 20 }), (a, b, others) => {
      const thresholds = [a, b].map((t) => Float64Array.from(t.map((v) => v + 0)).sort());
      const queries = Float64Array.from(
        [...a, ...b, ...others, 0, 0, 1, 1].slice(0, 2 * Math.floor((a.length + b.length + others.length + 4) / 2)),
      );
      const rows = queries.length / 2;
      for (const below of ["<", "<="] as const) {
        const functions = thresholds.map((t) => ({
          thresholds: t,
          values: Float64Array.from({ length: t.length + 1 }, (_, i) => i),
        }));
        const fed = { x: ndArray("float64", [rows, 2], queries) };
        const { out } = evaluate({ out: stepFunctions(x, functions, below) }, fed);
        const counts = Array.from(
          queries,
          (q, i) => thresholds[i % 2].filter((t) => (below === "<" ? t < q : t <= q)).length,
        );
        expect([...out.data]).toEqual(counts);
      }
    }),
    { numRuns: 50 },
  );
});

it("20,000 thresholds: ONNX Runtime agrees with binary search", async () => {
  const thresholds = Float64Array.from({ length: 20_000 }, (_, i) => Math.sinh(i / 2000 - 5));
  const functions = [0, 1].map(() => ({ thresholds, values: Float64Array.from({ length: 20_001 }, (_, i) => i) }));
  using session = await openGraph({ out: stepFunctions(x, functions, "<") });
  const queries = Float64Array.from({ length: 2000 }, (_, i) => (i % 3 ? thresholds[i * 10] : i / 100 - 8));
  const { out } = await session.run({ x: ndArray("float64", [1000, 2], queries) });
  queries.forEach((q, i) => {
    const below = thresholds.findIndex((t) => t >= q);
    expect(out.data[i]).toBe(below < 0 ? thresholds.length : below);
  });
});
