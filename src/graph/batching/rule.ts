import type { Primitive, Size, Tensor } from "../tensor.ts";

/** What stands for a tensor in the batched graph: with the batch as leading axis, or the tensor as it was. */
export interface Lifted {
  readonly tensor: Tensor;
  readonly batched: boolean;
}

/** The batch that a graph is written for. */
export interface Batch {
  readonly size: Size;
  /** A tensor that has the leading axis: where its size is named, this is where to read it. */
  readonly sample: Tensor;
  /** What stands for a tensor that the one at hand rests on. */
  lifted(tensor: Tensor): Lifted;
}

/**
 * One primitive for a whole batch: from its result for one entry, and what stands for its inputs, of which one at least
 * is batched, to the results with the batch as leading axis.
 */
export type BatchRule = (result: Tensor, inputs: readonly Lifted[], batch: Batch) => Tensor;

/** The rules of a family of primitives. */
export type BatchRules = readonly (readonly [Primitive, BatchRule])[];
