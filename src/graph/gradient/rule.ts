import type { Primitive, Tensor } from "../tensor.ts";

/**
 * Reverse mode for one primitive: from its result and the gradient that arrives there to one gradient an input, of the
 * input's shape and dtype; null where none flows. `wanted` says whose gradient is used: a rule that cannot give all may
 * leave out the others.
 */
export type Rule = (result: Tensor, arriving: Tensor, wanted: readonly boolean[]) => readonly (Tensor | null)[];

/** The rules of a family of primitives. */
export type Rules = readonly (readonly [Primitive, Rule])[];
