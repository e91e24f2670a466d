import type { DType, NdArray } from "./nd-array.ts";

/** A size of an axis: known, or named ("rows") until the graph runs. Equal names are equal sizes. */
export type Size = number | string;
export type Shape = readonly Size[];
export type Attributes = Readonly<Record<string, unknown>>;

/**
 * A symbolic value: which primitive makes it, from what. Immutable; sharing a tensor shares the computation.
 * An expression is the tensor at its end.
 */
export interface Tensor {
  readonly primitive: Primitive;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** One operation, all that is known of it in one record. */
export interface Primitive<A extends Attributes = Attributes> {
  readonly name: string;
  /** How many tensors it takes; "any" for one or more. */
  readonly arity: number | "any";
  /** The shape and dtype of the result. Throws where the inputs do not fit. */
  infer(inputs: readonly Tensor[], attributes: A): { readonly shape: Shape; readonly dtype: DType };
  /** The result by plain loops: slow, obvious, the oracle of everything else. */
  evaluate(inputs: readonly NdArray[], attributes: A): NdArray;
  /** How ONNX writes it; null for the leaves, which are no nodes. */
  readonly onnx: OnnxForm<A> | null;
}

/** A primitive as one ONNX node: attributes there and back, and the constants that ONNX wants as further inputs. */
export interface OnnxForm<A extends Attributes = Attributes> {
  readonly operator: string;
  readonly domain?: "ai.onnx.ml";
  /** Names of graphs in the node that compute the last inputs, each only when it is wanted. */
  readonly branches?: readonly string[];
  /** Which of how many outputs is the result; the only one when left out. */
  readonly output?: { readonly index: number; readonly count: number };
  encode?(attributes: A, inputs: readonly Tensor[]): OnnxParts;
  /** The attributes that `encode` came from. Throws where the node says what we would not write. */
  decode?(parts: OnnxParts, inputs: readonly Tensor[]): A;
}

export interface OnnxParts {
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly constants?: readonly NdArray[];
}

export type OnnxAttribute =
  | { readonly int: number }
  | { readonly ints: ArrayLike<number> }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly strings: readonly string[] }
  | { readonly tensor: NdArray | { readonly uint8: Uint8Array } };

/** The tensor that a primitive makes of its inputs, shape and dtype inferred. Throws where they do not fit. */
export function apply<A extends Attributes>(
  primitive: Primitive<A>,
  inputs: readonly Tensor[],
  attributes: NoInfer<A>,
): Tensor {
  if (primitive.arity !== "any" && inputs.length !== primitive.arity)
    throw new Error(`${primitive.name}: expected ${primitive.arity} inputs, got ${inputs.length}`);
  const { shape, dtype } = primitive.infer(inputs, attributes);
  return Object.freeze({
    primitive: primitive as Primitive,
    inputs: Object.freeze([...inputs]),
    attributes: Object.freeze({ ...attributes }),
    shape: Object.freeze([...shape]),
    dtype,
  });
}

/** Every tensor that the outputs rest on, each once, inputs before what uses them. Iterative: depth is no limit. */
export function topologicalOrder(outputs: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  const stack: { tensor: Tensor; next: number }[] = [];
  const push = (tensor: Tensor) => {
    if (seen.has(tensor)) return;
    seen.add(tensor);
    stack.push({ tensor, next: 0 });
  };
  for (const output of outputs) {
    push(output);
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top.next < top.tensor.inputs.length) push(top.tensor.inputs[top.next++]);
      else order.push(stack.pop()!.tensor);
    }
  }
  return order;
}

/** "float64 [rows, 3]", for messages. */
export function describeTensor(tensor: Tensor): string {
  return `${tensor.dtype} [${tensor.shape.join(", ")}]`;
}
