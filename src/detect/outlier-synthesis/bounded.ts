import {
  absolute,
  add,
  exponential,
  lessOrEqual,
  logarithm,
  maximum,
  minimum,
  multiply,
  sign,
  subtract,
  type Tensor,
  where,
} from "../../graph/index.ts";

/** Standardized values up to here stay as they are. */
const KNEE = 5;

/** t(u) = u for |u| ≤ 5, beyond it sign(u) (5 + ln(1 + |u| − 5)): bounded, and no two values become one. */
export function bounded(u: Tensor): Tensor {
  const size = absolute(u);
  // The logarithm's argument is kept at 1 at least: a branch that is not taken must be finite too.
  const beyond = multiply(sign(u), add(logarithm(add(maximum(subtract(size, KNEE), 0), 1)), KNEE));
  return where(lessOrEqual(size, KNEE), u, beyond);
}

/** The inverse of {@link bounded}, limited to ± `most` (one number an entry): sign(u) (4 + e^(|u| − 5)) beyond 5. */
export function unbounded(u: Tensor, most: Tensor): Tensor {
  const size = absolute(u);
  // e^700 is the largest power a double holds.
  const beyond = multiply(sign(u), add(exponential(minimum(subtract(size, KNEE), 700)), KNEE - 1));
  return maximum(minimum(where(lessOrEqual(size, KNEE), u, beyond), most), multiply(most, -1));
}
