import type { Matrix } from "../numeric/index.ts";
import { ndArray } from "./nd-array.ts";
import { encode } from "./onnx/encode.ts";
import { type MapRowsOptions, mapRows } from "./onnx/map-rows.ts";
import { identity } from "./primitives/elementwise.ts";
import { input } from "./primitives/leaf.ts";
import type { Tensor } from "./tensor.ts";

/**
 * A float64 expression of rows, evaluated by ONNX Runtime on every row of a matrix: n × d → the entries of the result,
 * row by row. Long work goes to worker threads. Throws Interrupted when the signal fires.
 */
export async function overRows(
  expression: (x: Tensor) => Tensor,
  rows: Matrix,
  options: Partial<MapRowsOptions> = {},
): Promise<Float64Array> {
  const x = input("x", "float64", ["rows", rows.columns]);
  const result = expression(x);
  const out = result === x ? identity(x) : result;
  const feeds = { x: ndArray("float64", [rows.rows, rows.columns], rows.values) };
  const results = await mapRows(encode({ out }), rows.rows, feeds, { chunk: 8192, ...options });
  return results["out"].data as Float64Array;
}
