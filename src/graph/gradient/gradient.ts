import { add } from "../primitives/elementwise.ts";
import { filledLike } from "../primitives/expand.ts";
import { describeTensor, type Tensor, topologicalOrder } from "../tensor.ts";
import { ruleOf } from "./rules.ts";
import { unexpanded } from "./unexpanded.ts";

/**
 * The derivatives of a scalar with respect to tensors that it rests on (inputs, or values on the way): one expression
 * each, of the tensor's shape and dtype; zeros where nothing flows. They are expressions like any other, so gradients
 * of gradients work. Reverse mode: the work is a small multiple of the scalar's own, however many tensors there are.
 *
 * Nothing flows through comparisons, indices, rounding, trees and `stopGradient`: there the derivative is 0 or there is
 * none. Throws when `of` is not one float. O(nodes).
 *
 * @example gradient(sum(square(x), [0, 1]), [x]) // [2 x]
 */
export function gradient(of: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (of.shape.length !== 0 || (of.dtype !== "float32" && of.dtype !== "float64"))
    throw new Error(`gradient: expected one float, got ${describeTensor(of)}; take a sum or a mean first`);
  const order = topologicalOrder([of]);
  const wanted = new Set(wrt);
  const leads = new Set<Tensor>(); // what depends on a tensor of wrt
  for (const tensor of order)
    if (wanted.has(tensor) || tensor.inputs.some((input) => leads.has(input))) leads.add(tensor);

  const arrived = new Map<Tensor, Tensor>([[of, filledLike(of, 1)]]);
  for (const tensor of order.reverse()) {
    const arriving = arrived.get(tensor);
    const flows = tensor.inputs.map((input) => leads.has(input));
    if (!arriving || !flows.includes(true)) continue;
    const shares = ruleOf(tensor.primitive)?.(tensor, arriving, flows) ?? [];
    tensor.inputs.forEach((input, i) => {
      const share = shares[i];
      if (!share || !flows[i]) return;
      const before = arrived.get(input);
      arrived.set(input, before ? together(before, share) : share);
    });
  }
  return wrt.map((tensor) => arrived.get(tensor) ?? filledLike(tensor, 0));
}

/** The sum of two gradients of one shape, of which one may be a small value repeated. */
function together(a: Tensor, b: Tensor): Tensor {
  const small = unexpanded(a, b);
  return small === a ? add(a, unexpanded(b, a)) : add(small, b);
}
