import fc from "fast-check";
import { expect, test } from "vitest";
import { midranks } from "./rank.ts";

test("ranks are those of scipy.stats.rankdata (1.17.1)", () => {
  expect([...midranks([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5])]).toEqual([4.5, 1.5, 6, 1.5, 8, 11, 3, 10, 8, 4.5, 8]);
});

test("rank = 1 + #{smaller} + (#{equal} − 1) / 2, infinities included", () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(Infinity, -Infinity));
  fc.assert(
    fc.property(fc.array(value), (xs) => {
      const naive = xs.map((x) => 1 + xs.filter((y) => y < x).length + (xs.filter((y) => y === x).length - 1) / 2);
      expect([...midranks(xs)]).toEqual(naive);
    }),
  );
});
