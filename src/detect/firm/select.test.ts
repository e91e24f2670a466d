import { expect, it } from "vitest";
import { constant as constantOf, evaluate, identity } from "../../graph/index.ts";
import { activation, asConstants, initialize, type Layer } from "../../nn/index.ts";
import { auroc, key, matrix, normal } from "../../numeric/index.ts";
import { firm } from "../firm.ts";
import { options } from "./options.ts";
import { byWatch } from "./select.ts";

const rowsOf = (n: number, seed: number) => matrix(n, 3, Float64Array.from({ length: n * 3 }, normal(key(seed))));

it("1 − AUROC of cos-5, as by hand", () => {
  const [reference, watching, made] = [rowsOf(20, 1), rowsOf(15, 2), rowsOf(12, 3)];
  const as = activation((x) => x) as Layer;
  const { criterion, data, every } = byWatch(as, { reference, watching, made, shape: [] }, 95);
  expect(every).toBe(9);
  const tree = { encoder: {}, head: {} };
  const value = criterion(asConstants(tree, initialize(tree, key(1))), {
    x: constantOf(data.x),
    family: constantOf(data.family),
  });
  const got = (evaluate({ value: identity(value) }, {})["value"].data as Float32Array)[0];
  const row = ({ values }: typeof reference, i: number) => [...values.subarray(3 * i, 3 * i + 3)];
  const cosine = (a: number[], b: number[]) =>
    a.reduce((t, x, i) => t + x * b[i], 0) / (Math.hypot(...a) * Math.hypot(...b));
  const score = (x: number[]) => {
    const all = Array.from({ length: 20 }, (_, j) => cosine(x, row(reference, j))).sort((a, b) => b - a);
    return 1 - all.slice(0, 5).reduce((a, b) => a + b, 0) / 5;
  };
  const scores = [
    ...Array.from({ length: 15 }, (_, i) => score(row(watching, i))),
    ...Array.from({ length: 12 }, (_, i) => score(row(made, i))),
  ];
  const truth = Uint8Array.from(scores, (_, i) => (i < 15 ? 0 : 1));
  expect(got).toBeCloseTo(1 - auroc(truth, Float64Array.from(scores)), 6);
});

it("select watch keeps the best of ten looks and says which; tables and images", async () => {
  const few = { steps: 20, rounds: 1, imageSteps: 10, imageBatch: 16, select: "watch" } as const;
  const table = await firm.fit(rowsOf(90, 4), options.parse(few), { key: key(1), workers: 0 });
  expect(table.notes[0]).toMatch(/trained for 20 steps; the best on rows held out was step \d+/);
  const images = { height: 3, width: 3, channels: 1 };
  const pixels = matrix(
    90,
    9,
    Float64Array.from({ length: 810 }, (_, i) => ((i * 7919) % 100) / 100),
  );
  const fitted = await firm.fit(pixels, options.parse(few), { key: key(1), images, workers: 0 });
  expect(fitted.notes[0]).toMatch(/trained for 10 steps; the best on rows held out was step \d+/);
});
