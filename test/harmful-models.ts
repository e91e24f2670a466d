import { calibrationBehind, pValueExpression } from "../src/calibrate/index.ts";
import {
  add,
  decode,
  encode,
  expandDims,
  float64,
  inputName,
  matmul,
  minimum,
  multiply,
  sum,
  type Tensor,
  topologicalOrder,
} from "../src/graph/index.ts";

/** What a model file could do to whoever scores with it, within what `load` verifies. */
export const harms = {
  /** Products of 400 × 400 matrices with each row, so many that a call never ends. */
  "a call without end": (rows: Tensor) => {
    const square = float64(new Float64Array(160_000).fill(1e-3), [400, 400]);
    let x = matmul(expandDims(rows, 1), float64(new Float64Array(400).fill(1), [1, 400]));
    for (let i = 0; i < 90_000; i++) x = matmul(x, square);
    return sum(x, 1);
  },
  /** Products of constants, which ONNX Runtime computes while it compiles. */
  "compiling without end": (rows: Tensor) => {
    const square = float64(new Float64Array(640_000).fill(1e-3), [800, 800]);
    let x = square;
    for (let i = 0; i < 20_000; i++) x = matmul(x, square);
    return add(multiply(rows, 0), sum(sum(x, 1), 0));
  },
  /** Sums of 1 GB matrices that two columns of 10,000 numbers make. */
  "much memory": (rows: Tensor) => {
    const ones = new Float64Array(11_000).fill(1);
    const large = (i: number) =>
      matmul(
        float64(ones, [11_000, 1]),
        float64(
          ones.map(() => i),
          [1, 11_000],
        ),
      );
    const parts = Array.from({ length: 30 }, (_, i) => large(i));
    const total = parts.reduce((a, b) => add(a, b));
    return add(multiply(rows, 0), sum(sum(total, 1), 0));
  },
} as const;

/** A model file that does harm beside what it did: it is verified, and its manifest is true. */
export function harmful(bytes: Uint8Array, harm: keyof typeof harms): Uint8Array {
  const { outputs, metadata } = decode(bytes);
  const { score, p_value: pValue } = outputs;
  const column = topologicalOrder([score]).find((x) => inputName(x) !== null && x.dtype === "float64")!;
  const harmed = add(score, minimum(harms[harm](column), 0));
  return encode({ score: harmed, p_value: pValueExpression(calibrationBehind(pValue))(harmed) }, { metadata });
}
