import type { Batch, Lifted } from "./batching/rule.ts";
import { batchRuleOf } from "./batching/rules.ts";
import { expandPrimitive, shapeOf, shapeOfPrimitive } from "./primitives/expand.ts";
import { slice } from "./primitives/layout.ts";
import { apply, describeTensor, type Size, type Tensor, topologicalOrder } from "./tensor.ts";

/**
 * The same expressions for every entry of a batch at once: each replaced tensor (an input, or a value on the way) gets
 * a tensor of its shape with one axis more in front, of the same known or named size for all. The results have that axis
 * too, and entry b of them is what the expressions give for entry b; a result that rests on no replaced tensor comes
 * back as it was.
 *
 * Many small computations become one graph of as many nodes: eight fits in one call, the gradients of single examples,
 * the members of an ensemble. The work is that of all entries (a call costs once); products and convolutions in which
 * only one side is batched stay one product. Both sides of a choice are computed where entries choose differently.
 *
 * Throws when a replacement does not fit, and where an axis of known size would have to join one of named size (a
 * convolution or trees over several rows, indices and what they index both batched): give the batch a known size.
 * O(nodes).
 *
 * @example
 * // x: [rows, 3], w: [3, 1] an input; ws: [8, 3, 1]
 * const [losses] = batched([mean(square(subtract(matmul(x, w), y)), [0, 1])], new Map([[w, ws]])); // [8]
 */
export function batched(outputs: readonly Tensor[], replacements: ReadonlyMap<Tensor, Tensor>): Tensor[] {
  const known = new Map<Tensor, Lifted>();
  for (const [tensor, replacement] of replacements) known.set(tensor, { tensor: replacement, batched: true });
  const batch: Batch = { ...checkReplacements(replacements), lifted: (tensor) => known.get(tensor)! };
  for (const tensor of orderAbove(outputs, replacements))
    if (!known.has(tensor)) known.set(tensor, lift(tensor, batch));
  return outputs.map((output) => batch.lifted(output).tensor);
}

function checkReplacements(replacements: ReadonlyMap<Tensor, Tensor>): { size: Size; sample: Tensor } {
  const [first] = replacements;
  if (!first) throw new Error("batched: replacements: expected at least one, got none");
  const [, sample] = first;
  const [size] = sample.shape;
  for (const [tensor, { dtype, shape }] of replacements)
    if (dtype !== tensor.dtype || shape.join() !== [size, ...tensor.shape].join() || shape.length === 0)
      throw new Error(
        `batched: replacements: expected ${tensor.dtype} [${[size ?? "batch", ...tensor.shape].join(", ")}] for ${describeTensor(tensor)}, got ${dtype} [${shape.join(", ")}]`,
      );
  return { size, sample };
}

/** What the outputs rest on, but not what lies behind a replaced tensor; inputs before what uses them. */
function orderAbove(outputs: readonly Tensor[], replacements: ReadonlyMap<Tensor, Tensor>): Tensor[] {
  const needed = new Set<Tensor>(outputs);
  for (const tensor of topologicalOrder(outputs).reverse())
    if (needed.has(tensor) && !replacements.has(tensor)) for (const input of tensor.inputs) needed.add(input);
  return topologicalOrder(outputs).filter((tensor) => needed.has(tensor));
}

function lift(tensor: Tensor, batch: Batch): Lifted {
  const { primitive, shape } = tensor;
  const inputs = tensor.inputs.map(batch.lifted);
  if (!inputs.some((input) => input.batched) && !takesShapeOfBatch(tensor, batch)) return asItWas(tensor, inputs);
  // The sizes of one entry are those of all.
  if (primitive === shapeOfPrimitive)
    return { tensor: slice(shapeOf(inputs[0].tensor), 0, 1, (shape[0] as number) + 1), batched: false };
  const rule = batchRuleOf(primitive);
  if (!rule) throw new Error(`batched: ${primitive.name}: expected a primitive that has a rule for batches`);
  try {
    return { tensor: rule(tensor, inputs, batch), batched: true };
  } catch (cause) {
    const message = (cause as Error).message.replace(`${primitive.name}: `, "");
    throw new Error(`batched: ${primitive.name}: ${message}`, { cause });
  }
}

/** A tensor that is the same for every entry: itself, or the same again where it rests on sizes that are found elsewhere now. */
function asItWas(tensor: Tensor, inputs: readonly Lifted[]): Lifted {
  if (inputs.every((input, i) => input.tensor === tensor.inputs[i])) return { tensor, batched: false };
  return {
    tensor: apply(
      tensor.primitive,
      inputs.map((input) => input.tensor),
      tensor.attributes,
    ),
    batched: false,
  };
}

/** Whether it takes the shape of a tensor that has the leading axis now, and so will have it too. */
function takesShapeOfBatch({ primitive, inputs }: Tensor, batch: Batch): boolean {
  if (primitive !== expandPrimitive || inputs[1].primitive !== shapeOfPrimitive) return false;
  return batch.lifted(inputs[1].inputs[0]).batched;
}
