import { type Tensor, topologicalOrder } from "./tensor.ts";

/** One branch of a choice: the tensor that chooses, and which of its inputs the branch computes. */
export interface Branch {
  readonly choice: Tensor;
  readonly input: number;
}

/**
 * Where each tensor is computed: in the branch that alone needs it, or before every choice (null), where leaves always
 * are. O(nodes).
 */
export function placementOf(outputs: readonly Tensor[]): Map<Tensor, Branch | null> {
  const order = topologicalOrder(outputs);
  const placement = new Map<Tensor, Branch | null>(outputs.map((output) => [output, null]));
  const need = (tensor: Tensor, branch: Branch | null) => {
    const known = placement.get(tensor);
    if (known === undefined) placement.set(tensor, tensor.inputs.length === 0 ? null : branch);
    else if (known !== branch) placement.set(tensor, null);
  };
  // Whatever needs a tensor comes after it in the order: seen from the end, its place is known when its turn comes.
  for (const tensor of order.reverse()) {
    const first = firstBranch(tensor);
    tensor.inputs.forEach((input, i) => {
      need(input, i < first ? placement.get(tensor)! : { choice: tensor, input: i });
    });
  }
  return placement;
}

/** From which input on a tensor's inputs are branches: their number for all that do not choose. */
export function firstBranch({ primitive, inputs }: Tensor): number {
  return inputs.length - (primitive.onnx?.branches?.length ?? 0);
}
