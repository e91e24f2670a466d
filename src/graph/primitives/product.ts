import { fromNumbers, type NdArray, numbersOf } from "../nd-array.ts";
import { apply, describeTensor, type Primitive, type Tensor } from "../tensor.ts";
import { intAttribute } from "./onnx-parts.ts";

type Affine = { readonly alpha: number; readonly transposed: boolean };

/** alpha · a · b (or bᵀ) + c for matrices: one `Gemm`. */
export const affinePrimitive: Primitive<Affine> = {
  name: "affine",
  arity: 3,
  infer: ([a, b, c], { transposed }) => {
    const [inner, columns] = transposed ? [b.shape[1], b.shape[0]] : [b.shape[0], b.shape[1]];
    const fits = a.shape.length === 2 && b.shape.length === 2 && a.shape[1] === inner && c.shape.length === 1;
    if (!fits || c.shape[0] !== columns || a.dtype !== b.dtype || a.dtype !== c.dtype)
      throw new Error(
        `affine: shapes do not fit: ${[a, b, c].map(describeTensor).join(", ")}${transposed ? " (second transposed)" : ""}`,
      );
    return { shape: [a.shape[0], columns], dtype: a.dtype };
  },
  evaluate: ([a, b, c], { alpha, transposed }) => {
    const [x, y, bias] = [a, b, c].map(numbersOf);
    const [rows, inner] = a.shape;
    const columns = transposed ? b.shape[0] : b.shape[1];
    const out = new Float64Array(rows * columns);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        let total = 0;
        for (let k = 0; k < inner; k++)
          total += x[i * inner + k] * (transposed ? y[j * inner + k] : y[k * columns + j]);
        out[i * columns + j] = alpha * total + bias[j];
      }
    return fromNumbers(a.dtype, [rows, columns], out);
  },
  onnx: {
    operator: "Gemm",
    encode: ({ alpha, transposed }) => ({
      attributes: { alpha: { float: alpha }, beta: { float: 1 }, transB: { int: transposed ? 1 : 0 } },
    }),
    decode: (parts) => {
      const alpha = parts.attributes?.["alpha"];
      const beta = parts.attributes?.["beta"];
      if ((beta && !("float" in beta && beta.float === 1)) || intAttribute(parts, "transA", 0) !== 0)
        throw new Error("Gemm: expected beta 1 and no transposed first operand");
      return {
        alpha: alpha && "float" in alpha ? alpha.float : 1,
        transposed: intAttribute(parts, "transB", 0) !== 0,
      };
    },
  },
};

export const matmulPrimitive: Primitive = {
  name: "matmul",
  arity: 2,
  infer: ([a, b]) => {
    if (a.shape.length !== 2 || b.shape.length !== 2 || a.shape[1] !== b.shape[0] || a.dtype !== b.dtype)
      throw new Error(`matmul: shapes do not fit: ${describeTensor(a)}, ${describeTensor(b)}`);
    return { shape: [a.shape[0], b.shape[1]], dtype: a.dtype };
  },
  evaluate: ([a, b]) => evaluateMatmul(a, b),
  onnx: { operator: "MatMul" },
};

function evaluateMatmul(a: NdArray, b: NdArray): NdArray {
  const [x, y] = [numbersOf(a), numbersOf(b)];
  const [rows, inner] = a.shape;
  const columns = b.shape[1];
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < inner; k++)
      for (let j = 0; j < columns; j++) out[i * columns + j] += x[i * inner + k] * y[k * columns + j];
  return fromNumbers(a.dtype, [rows, columns], out);
}

/** a · b for matrices n × k and k × m. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  return apply(matmulPrimitive, [a, b], {});
}

/** alpha · a · b + c for matrices and a row c; `transposed` takes b as m × k. alpha is rounded to float32 by ONNX. */
export function affine(a: Tensor, b: Tensor, c: Tensor, options: Partial<Affine> = {}): Tensor {
  const { alpha = 1, transposed = false } = options;
  return apply(affinePrimitive, [a, b, c], { alpha: Math.fround(alpha), transposed });
}
