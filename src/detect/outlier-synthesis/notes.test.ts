import { describe, expect, test } from "vitest";
import { negate, sum, type Tensor } from "../../graph/index.ts";
import { fromRows, key, type Matrix, matrix, normal } from "../../numeric/index.ts";
import type { Classifier } from "./classifier.ts";
import { farOutNote, farRows } from "./far-out.ts";
import type { Negatives } from "./negatives.ts";
import { notesOf } from "./notes.ts";
import type { Synthesis } from "./synthesis.ts";

const context = { key: key(1), workers: 0 };
const cloud = (n: number, d: number, seed: number) => matrix(n, d, new Float64Array(n * d).map(normal(key(seed))));
const steps = (n: number, from = 0) =>
  matrix(
    n,
    1,
    Float64Array.from({ length: n }, (_, i) => from + i),
  );

/** Rows of one column as their own features, radius and distance; the logit is the row. */
const plain = (given: {
  h: Matrix;
  heldH: Matrix;
  radii?: Float64Array;
  residual?: (x: Tensor) => Tensor;
}): Synthesis =>
  ({
    h: given.h,
    heldH: given.heldH,
    outskirts: { own: given.radii ?? given.h.values, radii: async (h: Matrix) => h.values },
    near: { distances: async (h: Matrix) => h.values },
    description: { residual: given.residual ?? null, features: (x: Tensor) => x, size: 1, chunk: 100 },
  }) as unknown as Synthesis;
const logit = { logit: (x: Tensor) => sum(x, 1) } as unknown as Classifier;
const made = (x: Matrix, families: readonly string[], acceptance: Negatives["acceptance"], filled = 0): Negatives => ({
  h: x,
  x,
  families,
  from: new Int32Array(x.rows),
  acceptance,
  filled,
  escalations: 0,
});
const inputOf = ({ h }: { readonly h: Matrix }) => h;

test("acceptance of each family, AUROC of each, and false alarms among the outermost tenth", async () => {
  const [fit, held] = [steps(100), steps(100)];
  const fresh = made(fromRows([[99.5], [49.5], [-1], [200]]), ["box", "box", "ladder", "ladder"], []);
  const negatives = made(
    steps(2),
    ["box", "ladder"],
    [
      { family: "box", made: 4, accepted: 4 },
      { family: "ladder", made: 20, accepted: 1 },
    ],
  );
  const notes = await notesOf(
    plain({ h: fit, heldH: held }),
    { negatives, fresh, classifier: logit, alone: true, fit, held, inputOf },
    context,
  );
  expect(notes).toContain("made rows that lie outside normal ones: box 100 %, ladder 5 %");
  expect(notes).toContain("0 of 2 made rows were taken unseen; hardly any of ladder lie outside normal rows");
  // 99.5 is above all 100, 49.5 above half; −1 above none, 200 above all.
  expect(notes).toContain("fresh made rows told from held-out normal ones, AUROC: box 0.750, ladder 0.500");
  // Scores are radii: the 5 flagged are all among the outermost 10.
  expect(notes).toContain("where 5 % of held-out normal rows are flagged, 50 % of their outermost tenth are");
  expect(notes.some((note) => note.includes("at a glance"))).toBe(false);
});

test("families that are all told at a glance teach nothing", async () => {
  const [fit, held] = [steps(50), steps(50)];
  const fresh = made(fromRows([[99], [98]]), ["box", "ladder"], []);
  const notes = await notesOf(
    plain({ h: fit, heldH: held }),
    { negatives: null, fresh, classifier: logit, alone: true, fit, held, inputOf },
    context,
  );
  expect(notes).toContain(
    "every family is told from normal rows at a glance: the classifier learned little about real anomalies",
  );
});

test.each([
  ["mirrored", (i: number) => -i],
  ["mixed", (i: number) => (i * 37) % 100],
])("rank correlation of ρ and κ under .2 is warned of: %s", async (_, radius) => {
  const rows = steps(100);
  const radii = Float64Array.from({ length: 100 }, (_, i) => radius(i));
  // Spearman without ties: 1 − 6 Σ (difference of ranks)² / (n (n² − 1)).
  const rank = (i: number) => radii.filter((r) => r < radii[i]).length;
  const squares = Array.from(radii.keys()).reduce((total, i) => total + (rank(i) - i) ** 2, 0);
  const shown = (1 - (6 * squares) / (100 * 9999)).toFixed(2);
  const notes = await notesOf(
    plain({ h: rows, heldH: rows, radii }),
    { negatives: null, fresh: null, classifier: null, alone: true, fit: rows, held: null, inputOf },
    context,
  );
  expect(notes).toEqual([
    `the radius of latents has little to do with how far rows lie from others (rank correlation ${shown}): the outskirts may be arbitrary`,
  ]);
  const equal = plain({ h: rows, heldH: rows });
  const without = { negatives: null, fresh: null, classifier: null, alone: true, fit: rows, held: null, inputOf };
  expect(await notesOf(equal, without, context)).toEqual([]);
});

test("far out the classifier is looked at only where it judges alone", async () => {
  const [fit, held] = [steps(100), steps(100)];
  const fresh = made(fromRows([[99.5], [49.5]]), ["box", "ladder"], []);
  const falling = { ...logit, logit: (x: Tensor) => negate(logit.logit(x)) };
  const told = (alone: boolean) =>
    notesOf(
      plain({ h: fit, heldH: held }),
      { negatives: null, fresh, classifier: falling, alone, fit, held, inputOf },
      context,
    );
  expect((await told(true)).join()).toContain("pass --score fused");
  expect((await told(false)).join()).not.toContain("pass --score fused");
});

test("residuals of unseen rows more than a standard deviation larger are warned of", async () => {
  const fit = steps(101); // mean 50, deviation 29.15
  const residual = (x: Tensor) => sum(x, 1);
  const told = async (shift: number) => {
    const held = steps(101, shift);
    const given = { negatives: null, fresh: null, classifier: null, alone: true, fit, held, inputOf };
    return notesOf(plain({ h: fit, heldH: held, residual }), given, context);
  };
  expect((await told(29)).length).toBe(0);
  const [note] = await told(30);
  expect(note).toContain("the autoencoders rebuild rows that they did not see worse by more than a standard deviation");
});

describe("far out", () => {
  const rows = cloud(200, 4, 1);
  test("rows lie so many standard deviations from the middle, in any direction", () => {
    const moved = matrix(
      200,
      4,
      rows.values.map((x, at) => (at % 4 === 0 ? 1000 + 5 * x : x)),
    );
    const far = farRows(moved, 10, 500, key(2));
    let squares = 0;
    for (let i = 0; i < 500; i++) squares += ((far.values[4 * i] - 1000) / 5) ** 2 + far.values[4 * i + 1] ** 2;
    // Two of four columns carry half of 10² · 4.
    expect(squares / 500 / 200).toBeGreaterThan(0.85);
    expect(squares / 500 / 200).toBeLessThan(1.15);
  });

  test("a score that points down is warned of, one that grows is not", async () => {
    const norms = async (x: Matrix) =>
      Float64Array.from({ length: x.rows }, (_, i) => Math.hypot(...x.values.subarray(4 * i, 4 * i + 4)));
    const normals = await norms(rows);
    expect(await farOutNote(norms, normals, rows, key(1))).toEqual([]);
    const down = async (x: Matrix) => (await norms(x)).map((r) => (r < 100 ? r : -r));
    expect(await farOutNote(down, normals, rows, key(1))).toEqual([
      "100 of 100 rows in random directions, 100 standard deviations out, score below the median normal row: pass --score fused, which the distance holds up",
    ]);
    const linear = async (x: Matrix) => x.values.filter((_, at) => at % 4 === 0);
    const [note] = await farOutNote(linear, await linear(rows), rows, key(1));
    expect(note).toMatch(/^[3-6]\d of 100 rows in random directions, 3 standard deviations out/);
  });
});
