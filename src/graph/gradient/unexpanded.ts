import { expandPrimitive } from "../primitives/expand.ts";
import { broadcastShapes } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** What x was repeated from, if broadcasting against `other` gives the same shape without that; else x. */
export function unexpanded(x: Tensor, other: Tensor): Tensor {
  if (x.primitive !== expandPrimitive) return x;
  const [small] = x.inputs;
  const alike = broadcastShapes("unexpanded", small.shape, other.shape).join() === other.shape.join();
  return alike && other.shape.join() === x.shape.join() ? small : x;
}
