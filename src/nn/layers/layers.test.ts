import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { constant, evaluate, gradient, multiply, sum, type Tensor } from "../../graph/index.ts";
import { key } from "../../numeric/index.ts";
import { activation, type Layer } from "../layer.ts";
import { packing } from "../parameters.ts";
import { elu, gelu, geluByTanh, silu, softplus } from "./activations.ts";
import { selfAttention } from "./attention.ts";
import { batchNormalization } from "./batch-normalization.ts";
import { convolution, maxPooling, meanPooling } from "./convolution.ts";
import { dropout, inputDropout } from "./dropout.ts";
import { featureTokenizer, positions } from "./feature-tokenizer.ts";
import { caseOf, expressionOf, gapToRuntime, largestGap, numbersAs, slopes } from "./layer-laws.ts";
import { layerNormalization } from "./layer-normalization.ts";
import { linear } from "./linear.ts";
import { mlp } from "./mlp.ts";
import { residual, residualBlock } from "./residual.ts";
import { transformerBlock } from "./transformer.ts";
import { upsampledConvolution } from "./upsampled-convolution.ts";

const layers: Record<string, readonly [Layer, readonly number[]]> = {
  gelu: [activation(gelu), [3, 4]],
  geluByTanh: [activation(geluByTanh), [3, 4]],
  softplus: [activation(softplus), [3, 4]],
  elu: [activation(elu), [3, 4]],
  silu: [activation(silu), [3, 4]],
  linear: [linear(4, 3), [5, 4]],
  "linear on tokens": [linear(4, 3), [2, 3, 4]],
  mlp: [mlp([4, 6, 2], { activation: silu }), [3, 4]],
  dropout: [dropout(0.3), [4, 5]],
  inputDropout: [inputDropout(0.3), [4, 5]],
  residual: [residual(linear(4, 4), 0.5), [3, 4]],
  residualBlock: [residualBlock(6), [3, 6]],
  layerNormalization: [layerNormalization(5), [3, 5]],
  "layerNormalization of tokens": [layerNormalization(5), [2, 3, 5]],
  "layerNormalization without weights": [layerNormalization(5, { affine: false }), [3, 5]],
  batchNormalization: [batchNormalization(3), [6, 3]],
  "batchNormalization of planes": [batchNormalization(2), [2, 2, 3, 4]],
  "batchNormalization without weights": [batchNormalization(3, { affine: false }), [6, 3]],
  convolution: [convolution(2, 3, [2]), [2, 2, 6]],
  "convolution of planes": [convolution(2, 3, [2, 3], { pads: 1, strides: [1, 2] }), [2, 2, 4, 5]],
  "convolution without offset": [convolution(4, 4, [2], { groups: 2, offset: false, dilations: 2 }), [2, 4, 6]],
  maxPooling: [maxPooling(2), [2, 3, 7]],
  "maxPooling of planes": [maxPooling(2, 3), [2, 2, 4, 7]],
  meanPooling: [meanPooling(3), [2, 3, 7]],
  upsampledConvolution: [upsampledConvolution(2, 3) as Layer, [2, 3, 2, 2]],
  selfAttention: [selfAttention(6, { heads: 2, dropout: 0.2 }), [2, 4, 6]],
  "transformerBlock, post": [transformerBlock(4, { heads: 2, dropout: 0.2, activation: silu }), [2, 3, 4]],
  "transformerBlock, pre": [
    transformerBlock(4, { heads: 2, dropout: 0.2, activation: gelu, normalization: "pre" }),
    [2, 3, 4],
  ],
  featureTokenizer: [featureTokenizer(3, 4), [2, 3]],
  positions: [positions(3, 4), [2, 3, 4]],
};

describe.each(Object.keys(layers))("%s", (name) => {
  const [layer, shape] = layers[name];
  describe.each([true, false])("training: %s", (training) => {
    const of = caseOf(layer, shape, training);

    it("gradient() = finite difference, in x and all parameters", () => {
      const { gradient, difference } = slopes(of, key(3));
      expect(Math.abs(gradient - difference)).toBeLessThan(1e-6 * (1 + Math.abs(difference)));
    });

    it("ONNX Runtime = the interpreter in float32, output and gradients", async () => {
      expect(await gapToRuntime(of, key(4))).toBeLessThan(1e-4);
    });
  });

  it("a named number of rows gives what a known one gives", () => {
    const known = caseOf(layer, shape);
    const named = { ...known, shape: ["rows", ...shape.slice(1)] as unknown as readonly number[] };
    expect(expressionOf(named, "float32").output.shape.slice(1)).toEqual(
      expressionOf(known, "float32").output.shape.slice(1),
    );
  });
});

interface Golden {
  readonly name: string;
  readonly shape: number[];
  readonly outputShape: number[];
  readonly x: number[];
  readonly trained: number[];
  readonly output: number[];
  readonly xGradient: number[];
  readonly gradient: number[];
}

const goldens = JSON.parse(readFileSync(new URL("layers.golden.json", import.meta.url), "utf8")) as {
  cases: Golden[];
};
const ours: Record<string, readonly [Layer, boolean]> = {
  attention: [selfAttention(6, { heads: 3 }), false],
  "transformer, post": [transformerBlock(4, { heads: 2, feedForward: 7 }), false],
  "transformer, pre, gelu": [
    transformerBlock(4, { heads: 2, feedForward: 7, activation: gelu, normalization: "pre" }),
    false,
  ],
  "layer normalization": [layerNormalization(5), false],
  "convolution, one axis": [convolution(4, 6, [3], { strides: 2, pads: 1, groups: 2 }), false],
  "convolution, two axes": [convolution(2, 3, [2, 3], { dilations: [2, 1], pads: [1, 0] }), false],
  "batch normalization, rows": [batchNormalization(3), true],
  "batch normalization, planes": [batchNormalization(2), true],
};

// Printed with 10 decimals by the script.
describe.each(goldens.cases)("$name = PyTorch (layers.golden.py)", (golden) => {
  const [layer, training] = ours[golden.name];
  const { x, trained, output } = expressionOf(caseOf(layer, golden.shape, training), "float64");
  const point = {
    x: numbersAs("float64", golden.shape, golden.x),
    trained: numbersAs("float64", [1, golden.trained.length], golden.trained),
  };

  it("the output, and the number of parameters", () => {
    expect(packing(layer.parameters).size).toBe(golden.trained.length);
    const made = evaluate({ output }, point).output;
    expect(made.shape).toEqual(golden.outputShape);
    expect(largestGap(made, { data: golden.output })).toBeLessThan(1e-9);
  });

  it("the gradient in x and in all parameters", () => {
    const c = numbersAs(
      "float64",
      golden.outputShape,
      golden.output.map((_, i) => Math.sin(i + 1)),
    );
    const scalar = total(multiply(output, constant(c)));
    const [byX, byTrained] = gradient(scalar, [x, trained!]);
    const made = evaluate({ byX, byTrained }, point);
    expect(largestGap(made.byX, { data: golden.xGradient })).toBeLessThan(1e-8);
    expect(largestGap(made.byTrained, { data: golden.gradient })).toBeLessThan(1e-8);
  });
});

function total(x: Tensor): Tensor {
  return sum(
    x,
    x.shape.map((_, axis) => axis),
  );
}
