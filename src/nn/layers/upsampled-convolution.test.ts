import { expect, it } from "vitest";
import { evaluate, float64, input } from "../../graph/index.ts";
import { key, normal } from "../../numeric/index.ts";
import { inference } from "../layer.ts";
import { packing } from "../parameters.ts";
import { numbersAs } from "./layer-laws.ts";
import { upsampledConvolution } from "./upsampled-convolution.ts";

it("y[n, i, j, m] = b[m] + Σ_k Σ_l Σ_c x[n, ⌊(i + k − 1) / 2⌋, ⌊(j + l − 1) / 2⌋, c] w[k, l, c, m], 0 outside", () => {
  const [rows, height, width, inputs, outputs] = [2, 3, 4, 2, 3];
  const z = normal(key(1));
  const numbers = (count: number) => Float64Array.from({ length: count }, z);
  const [x, w, b] = [numbers(rows * height * width * inputs), numbers(9 * inputs * outputs), numbers(outputs)];
  const layer = upsampledConvolution(inputs, outputs);
  const values = { weight: float64(w, [3, 3, inputs, outputs]), offset: float64(b) };
  const output = layer.forward(values, input("x", "float64", ["rows", height, width, inputs]), inference);
  const { out } = evaluate({ out: output }, { x: numbersAs("float64", [rows, height, width, inputs], x) });
  expect(out.shape).toEqual([rows, 2 * height, 2 * width, outputs]);
  let at = 0;
  for (let n = 0; n < rows; n++)
    for (let i = 0; i < 2 * height; i++)
      for (let j = 0; j < 2 * width; j++)
        for (let m = 0; m < outputs; m++) {
          let y = b[m];
          for (let k = 0; k < 3; k++)
            for (let l = 0; l < 3; l++) {
              const [p, q] = [i + k - 1, j + l - 1];
              if (p < 0 || q < 0 || p >= 2 * height || q >= 2 * width) continue;
              const place = ((n * height + Math.floor(p / 2)) * width + Math.floor(q / 2)) * inputs;
              for (let c = 0; c < inputs; c++) y += x[place + c] * w[((k * 3 + l) * inputs + c) * outputs + m];
            }
          expect(out.data[at++]).toBeCloseTo(y, 10);
        }
});

it("parameters: (9 inputs + 1) outputs", () => {
  expect(packing(upsampledConvolution(32, 16).parameters).size).toBe(4624);
});
