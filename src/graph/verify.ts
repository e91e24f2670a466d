import { sizeOf } from "./nd-array.ts";
import { type Branch, firstBranch, placementOf } from "./placement.ts";
import { constantValue, inputName } from "./primitives/leaf.ts";
import { type Tensor, topologicalOrder } from "./tensor.ts";

/** 1 GiB of doubles: a file may not ask for more in one tensor, whatever the number of rows. */
const MOST_ENTRIES = 2 ** 27;

/** What a legal graph is: each rule with its test over the tensors in topological order. */
const rules: readonly { readonly rule: string; readonly broken: (tensor: Tensor) => boolean }[] = [
  {
    rule: "shape and dtype are those that the primitive infers from its inputs",
    broken: (tensor) => {
      const { shape, dtype } = tensor.primitive.infer(tensor.inputs, tensor.attributes);
      return dtype !== tensor.dtype || shape.join() !== tensor.shape.join();
    },
  },
  {
    rule: "no known size is zero (ONNX Runtime may crash on empty axes)",
    broken: (tensor) => tensor.shape.some((size) => typeof size === "number" && !(size >= 1 && Number.isInteger(size))),
  },
  {
    rule: `known sizes multiply to at most ${MOST_ENTRIES}`,
    broken: (tensor) => sizeOf(tensor.shape.filter((size) => typeof size === "number") as number[]) > MOST_ENTRIES,
  },
  {
    rule: "the number of inputs is the primitive's arity",
    broken: ({ primitive, inputs }) =>
      primitive.arity === "any" ? inputs.length === 0 : inputs.length !== primitive.arity,
  },
  {
    rule: "a tensor is a leaf or an ONNX node",
    broken: (tensor) => tensor.primitive.onnx === null && constantValue(tensor) === null && inputName(tensor) === null,
  },
  { rule: "an input has a name", broken: (tensor) => inputName(tensor) === "" },
];

/** The same for where tensors are computed. */
const placementRules: readonly {
  readonly rule: string;
  readonly broken: (tensor: Tensor, placement: ReadonlyMap<Tensor, Branch | null>) => boolean;
}[] = [
  {
    rule: "a choice stands in no branch of another",
    broken: (tensor, placement) => firstBranch(tensor) < tensor.inputs.length && placement.get(tensor) !== null,
  },
  {
    rule: "a branch ends in a value that nothing else needs (made by choose())",
    broken: (tensor, placement) =>
      tensor.inputs.slice(firstBranch(tensor)).some((end) => placement.get(end)?.choice !== tensor),
  },
];

/**
 * Throws unless the outputs form a legal graph: every rule of the tables above, and no two inputs of one name.
 * O(nodes). Run on every graph that is encoded or decoded.
 */
export function verify(outputs: readonly Tensor[]): void {
  const names = new Set<string>();
  const placement = placementOf(outputs);
  for (const tensor of topologicalOrder(outputs)) {
    for (const { rule, broken } of rules)
      if (broken(tensor)) throw new Error(`verify: ${tensor.primitive.name}: ${rule}`);
    for (const { rule, broken } of placementRules)
      if (broken(tensor, placement)) throw new Error(`verify: ${tensor.primitive.name}: ${rule}`);
    const name = inputName(tensor);
    if (name !== null && names.has(name)) throw new Error(`verify: two inputs are named "${name}"`);
    if (name !== null) names.add(name);
  }
}
