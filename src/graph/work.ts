import { type Tensor, topologicalOrder } from "./tensor.ts";

/**
 * Floating point operations of one run, roughly: two for each product in matrix products and convolutions, one for each
 * entry of anything else. Named sizes count as `named`. O(nodes).
 */
export function operationsOf(outputs: readonly Tensor[], named = 1): number {
  const entries = (shape: Tensor["shape"]) =>
    shape.reduce((n: number, size) => n * (typeof size === "number" ? size : named), 1);
  return topologicalOrder(outputs).reduce((operations, { primitive, inputs, shape, attributes }) => {
    const size = entries(shape);
    switch (primitive.onnx?.operator) {
      case "Gemm":
        return operations + 2 * size * entries([inputs[0].shape[attributes["leftTransposed"] ? 0 : 1]]);
      case "MatMul":
        return operations + 2 * size * entries([inputs[0].shape[inputs[0].shape.length - 1]]);
      case "Conv":
        return operations + 2 * size * entries(inputs[1].shape.slice(1));
      case "ConvTranspose":
        return operations + 2 * entries(inputs[0].shape) * entries(inputs[1].shape.slice(1));
      default:
        return operations + (inputs.length === 0 ? 0 : size);
    }
  }, 0);
}
