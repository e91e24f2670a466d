import { add, divide, mean, multiply, square, squareRoot, subtract, type Tensor } from "../../graph/index.ts";
import { filled, zerosInit } from "../initializers.ts";
import type { Layer } from "../layer.ts";
import type { Parameter } from "../parameters.ts";

export interface LayerNormalizationOptions {
  /** Added to the variance; 1e-5 when left out. */
  readonly epsilon?: number;
  /** Whether weights and an offset follow; true when left out. */
  readonly affine?: boolean;
}

type Affine = { readonly weight?: Parameter; readonly offset?: Parameter };

/**
 * (x − mean) / √(variance + epsilon) · weight + offset along the last axis, of the given width, each row by itself; the
 * variance is the biased one (Ba, Kiros, Hinton 2016, eq. 3). Weights begin at 1, offsets at 0.
 */
export function layerNormalization(width: number, options: LayerNormalizationOptions = {}): Layer<Affine & {}> {
  const { epsilon = 1e-5, affine = true } = options;
  const shape = [width];
  return {
    parameters: affine
      ? {
          weight: { shape, initialize: filled(1), role: "weight" },
          offset: { shape, initialize: zerosInit, role: "offset" },
        }
      : {},
    forward({ weight, offset }, x) {
      const normalized = normalize(x, epsilon);
      return weight && offset ? add(multiply(normalized, weight as Tensor), offset as Tensor) : normalized;
    },
  };
}

function normalize(x: Tensor, epsilon: number): Tensor {
  const centered = subtract(x, mean(x, -1, { keep: true }));
  const variance = mean(square(centered), -1, { keep: true });
  return divide(centered, squareRoot(add(variance, epsilon)));
}
