import { expect, test } from "vitest";
import { affine, evaluate, float64, identity, type Tensor } from "../../graph/index.ts";
import { fromRows, key, rowOf } from "../../numeric/index.ts";
import { fitScaling } from "../../prepare/index.ts";
import type { Description } from "./description.ts";
import { negativesOf } from "./negatives.ts";
import type { Outskirts } from "./source.ts";

const numbers = (tensor: Tensor) => [...(evaluate({ out: identity(tensor) }, {})["out"].data as Float64Array)];

// One autoencoder of two columns: E = (.6, .8), D = Eᵀ.
const description = {
  size: 1,
  features: (x: Tensor) => affine(x, float64([0.6, 0.8], [2, 1]), float64([0])),
  decoded: (h: Tensor) => affine(h, float64([0.6, 0.8], [1, 2]), float64([0, 0])),
  residual: null,
  chunk: 10,
  notes: [],
} as unknown as Description;
const fit = fromRows([
  [2, 1],
  [-0.8, 0.6],
]);
const h = fromRows([[2], [0]]);
const outskirtsGive = (code: number, from: number) =>
  ({
    draw: async () => ({
      h: fromRows([[code]]),
      from: Int32Array.of(from),
      acceptance: { family: "outskirts", made: 1, accepted: 1 },
      escalations: 0,
    }),
  }) as unknown as Outskirts;
const columnsOf = async (code: number, from: number) => {
  const ground = { fit, h, description, outskirts: outskirtsGive(code, from), accept: undefined };
  const options = { negatives: "outskirts", route: "features", snapped: [], madeAs: "columns" } as const;
  const made = await negativesOf(ground, options, { key: key(1), workers: 0 })(1, key(2));
  return [...rowOf(made.x, 0)];
};

// Golden numbers worked out by hand from the formula.
test("x̃ = D(c̃) + x_i − D(E(x_i)): c̃ = 2.5 from (2, 1) gives (2.3, 1.4)", async () => {
  const [x, y] = await columnsOf(2.5, 0);
  expect(x).toBeCloseTo(2.3, 12);
  expect(y).toBeCloseTo(1.4, 12);
});

test("the row's own code gives the row back, off the decoder's line too", async () => {
  for (const [code, from] of [
    [2, 0],
    [0, 1],
  ])
    (await columnsOf(code, from)).forEach((value, j) => {
      expect(value).toBeCloseTo(rowOf(fit, from)[j], 12);
    });
});

test("in units: sd (2, .5), mean (1, −1) give (5.6, −.3); of signed logarithms (269.426407, −.349859)", () => {
  // Two rows, a standard deviation below and above the mean.
  const logs = fromRows([
    [-1, -1.5],
    [3, -0.5],
  ]);
  const raw = fromRows([
    [-Math.expm1(1), -Math.expm1(1.5)],
    [Math.expm1(3), -Math.expm1(0.5)],
  ]);
  const made = float64([2.3, 1.4], [1, 2]);
  const near = (found: readonly number[], expected: readonly number[]) =>
    expected.forEach((value, j) => {
      expect(found[j]).toBeCloseTo(value, 6);
    });
  near(numbers(fitScaling("standard", logs).inverse!(made)), [5.6, -0.3]);
  near(numbers(fitScaling("signed-log", raw).inverse!(made)), [269.426407, -0.349859]);
});
