import { identity, input, type NdArray, openGraph, type Tensor } from "../../graph/index.ts";
import {
  asConstants,
  type Context,
  type Layer,
  type Packed,
  type ParameterTree,
  packing,
  type Values,
} from "../../nn/index.ts";

/**
 * The statistics of batch normalization as one pass of the whole encoder over given rows makes them: what each layer says
 * of them while training goes into its place, all else stays. The encoder stands at `at` in the tree. Statistics of normal
 * rows alone would not be those that the weights know: give the mix that training saw.
 */
export async function statisticsOf(
  network: Layer,
  tree: ParameterTree,
  packed: Packed,
  at: string,
  mix: NdArray,
): Promise<Packed> {
  const values = asConstants(tree, packed, "float32")[at] as Values<ParameterTree>;
  const updates = new Map<Tensor, Tensor>();
  const context: Context = {
    training: true,
    draw(name): never {
      throw new Error(`statistics: "${name}" was drawn where nothing is random`);
    },
    update: (statistic, value) => void updates.set(statistic, value),
  };
  network.forward(values, input("x", "float32", mix.shape), context);
  const statistics = packed.statistics.slice();
  const named = packing(tree).statistics.flatMap(({ path, from }) => {
    const value = path.startsWith(`${at}/`) ? updates.get(valueAt(values, path.slice(at.length + 1))) : undefined;
    return value ? [{ path, from, value }] : [];
  });
  if (named.length === 0) return packed;
  using session = await openGraph(Object.fromEntries(named.map(({ path, value }) => [path, identity(value)])));
  const found = await session.run({ x: mix });
  for (const { path, from } of named) statistics.set(found[path].data as Float32Array, from);
  return { trained: packed.trained, statistics };
}

function valueAt(values: Values<ParameterTree>, path: string): Tensor {
  return path.split("/").reduce<unknown>((branch, name) => (branch as Record<string, unknown>)[name], values) as Tensor;
}
