import type { NdArray } from "./nd-array.ts";
import { type Branch, placementOf } from "./placement.ts";
import { inputName } from "./primitives/leaf.ts";
import { type Tensor, topologicalOrder } from "./tensor.ts";

/** Values of inputs or outputs by name. */
export type Feeds = Readonly<Record<string, NdArray>>;

/**
 * The outputs by the slow interpreter: plain loops, one primitive after the other, float32 rounded after each.
 * The oracle for whatever is faster. Throws on an input that is not fed, of another dtype, or of a size that does not
 * fit; empty axes are allowed.
 */
export function evaluate<Names extends string>(
  outputs: Readonly<Record<Names, Tensor>>,
  feeds: Feeds,
): Record<Names, NdArray> {
  const values = new Map<Tensor, NdArray>();
  const sizes = new Map<string, number>();
  const placement = placementOf(Object.values(outputs));
  // A choice's condition comes before its branches in topological order.
  const wanted = (branch: Branch | null) => {
    if (branch === null) return true;
    const condition = values.get(branch.choice.inputs[0]);
    return condition !== undefined && (condition.data[0] ? 1 : 2) === branch.input;
  };
  for (const tensor of topologicalOrder(Object.values(outputs))) {
    if (!wanted(placement.get(tensor)!)) continue;
    const name = inputName(tensor);
    values.set(
      tensor,
      name !== null
        ? fed(tensor, name, feeds, sizes)
        : tensor.primitive.evaluate(
            tensor.inputs.map((input) => values.get(input)!),
            tensor.attributes,
          ),
    );
  }
  const entries = Object.entries<Tensor>(outputs).map(([name, tensor]) => [name, values.get(tensor)!]);
  return Object.fromEntries(entries) as Record<Names, NdArray>;
}

function fed(tensor: Tensor, name: string, feeds: Feeds, sizes: Map<string, number>): NdArray {
  const value = feeds[name];
  if (!value) throw new Error(`evaluate: input "${name}" was not fed`);
  const fits = value.shape.length === tensor.shape.length && value.dtype === tensor.dtype;
  const agrees = tensor.shape.every((size, axis) => {
    const known = typeof size === "number" ? size : (sizes.get(size) ?? value.shape[axis]);
    if (typeof size === "string") sizes.set(size, known);
    return known === value.shape[axis];
  });
  if (!fits || !agrees)
    throw new Error(
      `evaluate: input "${name}": expected ${tensor.dtype} [${tensor.shape.join(", ")}], got ${value.dtype} [${value.shape}]`,
    );
  return value;
}
