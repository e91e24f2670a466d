import { describe, expect, test } from "vitest";
import {
  add,
  affine,
  evaluate,
  exponential,
  float64,
  gradient,
  mean,
  multiply,
  rectifier,
  scalar,
  slice,
  type Tensor,
  transpose,
} from "../../graph/index.ts";
import { packing } from "../../nn/index.ts";
import { autoencoders, codeWidths } from "./autoencoders.ts";
import { bounded, unbounded } from "./bounded.ts";
import { crossEntropy, member } from "./classifier.ts";
import { logResidual } from "./description.ts";
import { divergence, latentSize, posterior, variationalLoss, variationalNetwork } from "./latent.ts";

const numbers = (tensor: Tensor): number[] => Array.from(evaluate({ out: tensor }, {})["out"].data as Float64Array);
const rows = (...values: readonly (readonly number[])[]) => float64(values.flat(), [values.length, values[0].length]);
const closeTo = (tensor: Tensor, expected: readonly number[], digits = 6) => {
  const got = numbers(tensor);
  expect(got.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(got[i]).toBeCloseTo(value, digits);
  });
};

// Golden numbers worked out by hand from the formulas, to six digits.
describe("level 1", () => {
  test("t(u) = u within ± 5, else sign(u) (5 + ln(|u| − 4))", () => {
    closeTo(bounded(float64([-3, 5, 6, -105, 1e6])), [-3, 5, 5.693147, -9.615121, 18.815507]);
  });

  test("t is increasing, of slope 1 at ± 5", () => {
    const grid = Array.from({ length: 400 }, (_, i) => -20 + i / 10);
    const values = numbers(bounded(float64(grid)));
    for (let i = 1; i < values.length; i++) expect(values[i]).toBeGreaterThan(values[i - 1]);
    const e = 1e-6;
    const [a, b, c, d] = numbers(bounded(float64([5 - e, 5 + e, -5 - e, -5 + e])));
    expect((b - a) / (2 * e)).toBeCloseTo(1, 4);
    expect((d - c) / (2 * e)).toBeCloseTo(1, 4);
  });

  test("t⁻¹(t(u)) = u, within limits", () => {
    const u = [-3, 0, 4.9, 5, 6, -105, 1e6];
    const back = numbers(unbounded(bounded(float64(u)), float64(u.map(() => 2e6))));
    back.forEach((value, i) => {
      expect(Math.abs(value - u[i])).toBeLessThan(1e-8 * Math.max(1, Math.abs(u[i])));
    });
    closeTo(unbounded(float64([-900, 900, 7]), float64([3, 4, 1e6])), [-3, 4, 4 + Math.exp(2)]);
  });

  test("r = ½ ln(mean squared residual + 1e-4)", () => {
    const x = rows([2, 1], [-0.8, 0.6]);
    const codes = affine(x, rows([0.6], [0.8]), float64([0]));
    closeTo(codes, [2, 0]);
    const rebuilt = affine(codes, rows([0.6, 0.8]), float64([0, 0]));
    closeTo(logResidual(x, rebuilt), [-0.346474, -0.346474]);
  });

  test("code widths are d/4, d/2 and d, within 2 … 64", () => {
    expect(codeWidths(6)).toEqual([2, 3, 6]);
    expect(codeWidths(21)).toEqual([6, 11, 21]);
    expect(codeWidths(80)).toEqual([20, 40, 64]);
    expect(codeWidths(1)).toEqual([2, 2, 2]);
  });
});

describe("parameters", () => {
  const size = (parameters: Parameters<typeof packing>[0]) => packing(parameters).size;
  test.each([
    { d: 6, each: [2312, 2569, 3340], p: 14, latent: 3, variational: 5012, classifier: 18_561 },
    { d: 21, each: [7195, 8480, 11_050], p: 41, latent: 11, variational: 15_039, classifier: 22_017 },
    { d: 80, each: [25_956, 31_096, 37_264], p: 127, latent: 16, variational: 39_071, classifier: 33_025 },
  ])("of d = $d columns", ({ d, each, p, latent, variational, classifier }) => {
    expect(autoencoders(d).map(({ encode, decode }) => size(encode.parameters) + size(decode.parameters))).toEqual(
      each,
    );
    expect(codeWidths(d).reduce((a, b) => a + b) + 3).toBe(p);
    expect(latentSize(d)).toBe(latent);
    expect(size(variationalNetwork(p, latent).parameters)).toBe(variational);
    expect(size(member(p).parameters)).toBe(classifier);
  });
});

describe("level 2", () => {
  test("divergence from N(0, I)", () => {
    closeTo(divergence(rows([1, -0.5]), rows([0, -1])), [0.80894]);
    closeTo(divergence(rows([2]), rows([-2])), [2.567668]);
    closeTo(divergence(rows([0, 0]), rows([0, 0])), [0]);
  });

  test("ln σ² is kept within −8 … 4", () => {
    const { means, logVariances } = posterior(rows([7, -9, 5], [1, 0, 1]), 1);
    closeTo(means, [7, 1]);
    closeTo(slice(logVariances, 1, 0, 1), [-8, 0]);
  });

  test("loss and gradients of one row", () => {
    // Weights are given as outputs × inputs.
    const weights = {
      hidden: rows([0.5, -0.25], [0.1, 0.3]),
      mean: rows([0.8, -0.4]),
      meanOffset: float64([0.05]),
      logVariance: rows([0.2, 0.6]),
      logVarianceOffset: float64([-0.5]),
    };
    const h = rows([1, -1]);
    const hidden = rectifier(affine(h, transpose(weights.hidden), float64([0, 0.1])));
    closeTo(hidden, [0.75, 0]);
    const means = affine(hidden, transpose(weights.mean), weights.meanOffset);
    const logVariances = affine(hidden, transpose(weights.logVariance), weights.logVarianceOffset);
    closeTo(means, [0.65]);
    closeTo(logVariances, [-0.35]);
    const z = add(means, multiply(exponential(multiply(logVariances, 0.5)), 0.5));
    closeTo(z, [1.069729]);
    const decoding = rectifier(affine(z, transpose(rows([1], [-0.5])), float64([0.1, 0.2])));
    closeTo(decoding, [1.169729, 0]);
    const rebuilt = affine(decoding, transpose(rows([0.6, -0.2], [-0.3, 0.9])), float64([0.05, 0]));
    closeTo(rebuilt, [0.751837, -0.350919]);
    const both = { means, logVariances };
    closeTo(variationalLoss(h, rebuilt, both, 0.1, 0), [2.414458 / 2]);
    closeTo(divergence(means, logVariances), [0.238594]);
    const loss = mean(variationalLoss(h, rebuilt, both, 0.1, scalar(1, "float64")), 0);
    closeTo(loss, [1.326526]);
    const { mean: m, meanOffset, logVariance, logVarianceOffset } = weights;
    const [dm, dmo, dl, dlo] = gradient(loss, [m, meanOffset, logVariance, logVarianceOffset]);
    closeTo(dm, [-1.044833, 0]);
    closeTo(dmo, [-1.393111]);
    closeTo(dl, [-0.325799, 0]);
    closeTo(dlo, [-0.434398]);
  });
});

test("cross-entropy: half the mean of each kind", () => {
  const each = (logits: number[], sign: number) =>
    numbers(crossEntropy(float64(logits), float64(logits.map(() => sign)))).reduce((a, b) => a + b) / logits.length;
  expect((each([-2, 0.5], 1) + each([1, -1, 3], -1)) / 2).toBeCloseTo(0.554436, 6);
  expect((each([0], 1) + each([0], -1)) / 2).toBeCloseTo(Math.LN2, 12);
});
