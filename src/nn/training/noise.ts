import { type Key, normal, uniform } from "../../numeric/index.ts";
import type { Distribution } from "../layer.ts";

/** Fills an array with fresh draws: a function of the key alone. */
export function fill(out: Float32Array, distribution: Distribution, key: Key): void {
  if (distribution === "normal") {
    const z = normal(key);
    for (let i = 0; i < out.length; i++) out[i] = z();
    return;
  }
  const u = uniform(key);
  if (distribution === "uniform") for (let i = 0; i < out.length; i++) out[i] = u();
  else {
    const { keep } = distribution;
    const kept = 1 / keep;
    for (let i = 0; i < out.length; i++) out[i] = u() < keep ? kept : 0;
  }
}
