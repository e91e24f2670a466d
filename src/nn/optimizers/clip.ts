import { add, divide, minimum, multiply, square, squareRoot, sum, type Tensor } from "../../graph/index.ts";

/** A flat gradient, shortened to at most the given Euclidean length (Pascanu, Mikolov, Bengio 2013, algorithm 1). */
export function clipNorm(gradient: Tensor, longest: number): Tensor {
  const norm = squareRoot(sum(square(gradient), [0, 1], { keep: true }));
  return multiply(gradient, minimum(divide(longest, add(norm, 1e-6)), 1));
}
