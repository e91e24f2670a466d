import { broadcastPositions, fromNumbers, type NdArray, numbersOf, sizeOf } from "../nd-array.ts";
import { broadcastShapes } from "../shape.ts";
import { apply, describeTensor, type Primitive, type Tensor } from "../tensor.ts";
import { flag } from "./onnx-parts.ts";

type Gemm = { readonly alpha: number; readonly leftTransposed: boolean; readonly rightTransposed: boolean };

/** alpha · A · B (+ c) for matrices, either operand transposed: one `Gemm`. c is a row, also as 1 × n, or a matrix of the result's shape. */
export const affinePrimitive: Primitive<Gemm> = {
  name: "affine",
  arity: "any",
  infer: (inputs, { leftTransposed, rightTransposed }) => {
    const [a, b, c] = inputs;
    const matrices = (inputs.length === 2 || inputs.length === 3) && a.shape.length === 2 && b.shape.length === 2;
    const [rows, inner] = leftTransposed ? [a.shape[1], a.shape[0]] : a.shape;
    const [depth, columns] = rightTransposed ? [b.shape[1], b.shape[0]] : b.shape;
    const fits = matrices && inner === depth && inputs.every(({ dtype }) => dtype === a.dtype);
    const added =
      c === undefined || [`${columns}`, [1, columns].join(), [rows, columns].join()].includes(c.shape.join());
    if (!fits || !added || (a.dtype !== "float32" && a.dtype !== "float64"))
      throw new Error(
        `affine: shapes do not fit: ${inputs.map(describeTensor).join(", ")}${leftTransposed ? " (first transposed)" : ""}${rightTransposed ? " (second transposed)" : ""}`,
      );
    return { shape: [rows, columns], dtype: a.dtype };
  },
  evaluate: ([a, b, c], { alpha, leftTransposed, rightTransposed }) => {
    const [x, y] = [numbersOf(a), numbersOf(b)];
    const [rows, inner] = leftTransposed ? [a.shape[1], a.shape[0]] : a.shape;
    const columns = rightTransposed ? b.shape[0] : b.shape[1];
    const added = c && numbersOf(c);
    const at = c && broadcastPositions(c.shape, [rows, columns]);
    const out = new Float64Array(rows * columns);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        let total = 0;
        for (let k = 0; k < inner; k++) {
          const left = leftTransposed ? x[k * rows + i] : x[i * inner + k];
          total += left * (rightTransposed ? y[j * inner + k] : y[k * columns + j]);
        }
        out[i * columns + j] = alpha * total + (added && at ? added[at[i * columns + j]] : 0);
      }
    return fromNumbers(a.dtype, [rows, columns], out);
  },
  onnx: {
    operator: "Gemm",
    encode: ({ alpha, leftTransposed, rightTransposed }) => ({
      attributes: {
        alpha: { float: alpha },
        beta: { float: 1 },
        transA: { int: leftTransposed ? 1 : 0 },
        transB: { int: rightTransposed ? 1 : 0 },
      },
    }),
    decode: (parts) => {
      const alpha = parts.attributes?.["alpha"];
      const beta = parts.attributes?.["beta"];
      if (beta && !("float" in beta && beta.float === 1)) throw new Error("Gemm: expected beta 1");
      return {
        alpha: alpha && "float" in alpha ? alpha.float : 1,
        leftTransposed: flag(parts, "transA", 0),
        rightTransposed: flag(parts, "transB", 0),
      };
    },
  },
};

/** Products of the matrices that the last two axes hold; leading axes broadcast. */
export const matmulPrimitive: Primitive = {
  name: "matmul",
  arity: 2,
  infer: ([a, b]) => {
    const [n, inner] = a.shape.slice(-2);
    const [depth, m] = b.shape.slice(-2);
    const matrices = a.shape.length >= 2 && b.shape.length >= 2;
    if (!matrices || inner !== depth || a.dtype !== b.dtype || (a.dtype !== "float32" && a.dtype !== "float64"))
      throw new Error(`matmul: shapes do not fit: ${describeTensor(a)}, ${describeTensor(b)}`);
    return { shape: [...broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2)), n, m], dtype: a.dtype };
  },
  evaluate: ([a, b]) => evaluateMatmul(a, b),
  onnx: { operator: "MatMul" },
};

function evaluateMatmul(a: NdArray, b: NdArray): NdArray {
  const [x, y] = [numbersOf(a), numbersOf(b)];
  const [rows, inner] = a.shape.slice(-2);
  const columns = b.shape[b.shape.length - 1];
  const [left, right] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const leading = broadcastShapes("matmul", left, right) as number[];
  const [atLeft, atRight] = [broadcastPositions(left, leading), broadcastPositions(right, leading)];
  const out = new Float64Array(sizeOf(leading) * rows * columns);
  atLeft.forEach((position, batch) => {
    const [ofX, ofY, ofOut] = [position * rows * inner, atRight[batch] * inner * columns, batch * rows * columns];
    for (let i = 0; i < rows; i++)
      for (let k = 0; k < inner; k++)
        for (let j = 0; j < columns; j++)
          out[ofOut + i * columns + j] += x[ofX + i * inner + k] * y[ofY + k * columns + j];
  });
  return fromNumbers(a.dtype, [...leading, rows, columns], out);
}

/** a · b for the matrices n × k and k × m in the last two axes; axes before them broadcast. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  return apply(matmulPrimitive, [a, b], {});
}

/** alpha · a · b + c for matrices and a row c; `transposed` takes b as m × k. alpha is rounded to float32 by ONNX. */
export function affine(
  a: Tensor,
  b: Tensor,
  c: Tensor,
  options: { readonly alpha?: number; readonly transposed?: boolean } = {},
): Tensor {
  const { alpha = 1, transposed = false } = options;
  return apply(affinePrimitive, [a, b, c], {
    alpha: Math.fround(alpha),
    leftTransposed: false,
    rightTransposed: transposed,
  });
}

/** a · b for two matrices, either of them transposed first at no cost. alpha scales, rounded to float32 by ONNX. */
export function product(
  a: Tensor,
  b: Tensor,
  options: { readonly alpha?: number; readonly leftTransposed?: boolean; readonly rightTransposed?: boolean } = {},
): Tensor {
  const { alpha = 1, leftTransposed = false, rightTransposed = false } = options;
  return apply(affinePrimitive, [a, b], { alpha: Math.fround(alpha), leftTransposed, rightTransposed });
}
