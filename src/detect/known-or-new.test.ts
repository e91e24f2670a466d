import { expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { key, type Matrix, matrix, normal } from "../numeric/index.ts";
import { parseOptions } from "../options/index.ts";
import type { Known } from "./detector.ts";
import { knownOrNew } from "./known-or-new.ts";
import { separationOf } from "./meta-learning/average.ts";
import { scoreRows } from "./score-rows.ts";

const gaussian = (n: number, d: number, seed: number, shift: readonly number[] = []): Matrix =>
  matrix(
    n,
    d,
    new Float64Array(n * d).map(normal(key(seed))).map((x, at) => x + (shift[at % d] ?? 0)),
  );
/** Near normal rows in every column, but only where the first is high and the second low. */
const near: Known = { rows: gaussian(100, 4, 2, [1.8, -1.8]), classes: new Array<string>(100).fill("near") };
const fit = (known: Known | null, rows = gaussian(400, 4, 1)) =>
  knownOrNew.fit(rows, parseOptions("known-or-new", knownOrNew.options, { rounds: 40 }), {
    key: key(7),
    workers: 0,
    ...(known && { known }),
  });

test("it finds what is like the known rows as trees do, and what is unlike all rows as distances do", async () => {
  const fitted = await fit(near);
  const of = (rows: Matrix) => scoreRows(fitted, rows, { workers: 0 });
  const fresh = await of(gaussian(400, 4, 3));
  expect(separationOf(fresh, await of(gaussian(200, 4, 4, [1.8, -1.8])))).toBeGreaterThan(0.9);
  expect(separationOf(fresh, await of(gaussian(200, 4, 5, [0, 0, 6, -6])))).toBeGreaterThan(0.99);
});

test("5 % of fresh normal rows are above −log of 2.5 % to 10 %, for either part may object", async () => {
  const fitted = await fit(near, gaussian(2000, 4, 1));
  const scores = await scoreRows(fitted, gaussian(2000, 4, 6), { workers: 0 });
  const share = scores.filter((s) => s > -Math.log(0.05)).length / 2000;
  // Each part is above it for 5 % of fresh rows, give or take the 400 that were held out: sd .011 each.
  expect(share).toBeGreaterThan(0.05 - 3 * 0.011);
  expect(share).toBeLessThan(0.1 + 3 * 0.022);
});

test("one class, one row of it, and few normal rows are enough", async () => {
  const one: Known = { rows: gaussian(1, 4, 2, [9]), classes: ["one"] };
  const fitted = await fit(one, gaussian(30, 4, 1));
  expect(fitted.notes[0]).toBe("too few normal rows to hold some out: tails are those of rows left out by folds");
  const [far, ...fresh] = await scoreRows(fitted, gaussian(5, 4, 8, [30]), { workers: 0 });
  expect([far, ...fresh].every(Number.isFinite)).toBe(true);
});

test("without known rows it is refused", async () => {
  await expect(fit(null)).rejects.toThrow(
    new InputError(
      "known-or-new: known anomalous rows: expected at least one, got none; pass --label and --normal, with some rows of other labels, or use --detector auto, which needs none",
    ),
  );
});
