import { gather, int64, type Tensor } from "../../graph/index.ts";
import { entriesOf, type ImageShape } from "../../numeric/index.ts";
import { turned } from "./image.ts";

/** Square images turned by quarter turns, counterclockwise, as an expression: rows × (H W C) → rows × (H W C). */
export function turnedRows(shape: ImageShape, quarters: number): (x: Tensor) => Tensor {
  if (quarters % 4 === 0) return (x) => x;
  // A turned image of places says from where each entry comes; float32 holds them exactly.
  const places = { ...shape, pixels: Float32Array.from({ length: entriesOf(shape) }, (_, place) => place) };
  const from = int64(Array.from(turned(places, quarters).pixels));
  return (x) => gather(x, from, 1);
}
