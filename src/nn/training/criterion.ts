import {
  type Feeds,
  identity,
  input,
  type NdArray,
  ndArray,
  openGraph,
  simplified,
  type Tensor,
} from "../../graph/index.ts";
import { cut, type Packed, type ParameterTree, packing, unpack, type Values } from "../parameters.ts";

/** What is looked at on rows that are not trained on. */
export interface HeldOut<P extends ParameterTree, D extends string> {
  readonly data: Readonly<Record<D, NdArray>>;
  /** One float32 a row, or one for all; their mean is the criterion. Lower is better. */
  criterion(values: Values<P>, rows: Readonly<Record<D, Tensor>>): Tensor;
}

/** A compiled criterion. Dispose of it when done. */
export interface Criterion {
  of(packed: Packed): Promise<number>;
  [Symbol.dispose](): void;
}

/** Compiles a criterion as a graph from the flat vectors to its value on the rows held out. */
export async function compileCriterion<P extends ParameterTree, D extends string>(
  tree: P,
  { data, criterion }: HeldOut<P, D>,
): Promise<Criterion> {
  const places = packing(tree);
  const kept = places.statistics.at(-1)?.to ?? 0;
  const trained = input("trained", "float32", [1, places.size]);
  const statistics = kept > 0 ? input("statistics", "float32", [1, kept]) : null;
  const rows = Object.fromEntries(
    Object.entries<NdArray>(data).map(([name, { dtype, shape }]) => [name, input(`data/${name}`, dtype, shape)]),
  ) as Record<D, Tensor>;
  const value = identity(
    criterion(unpack(tree, cut(places.trained, trained), statistics ? cut(places.statistics, statistics) : []), rows),
  );
  const session = await openGraph(simplified({ value }));
  const fixed: Feeds = Object.fromEntries(
    Object.entries<NdArray>(data).map(([name, array]) => [`data/${name}`, array]),
  );
  return {
    async of(packed) {
      const feeds = Object.fromEntries(
        Object.entries({
          ...fixed,
          trained: ndArray("float32", [1, places.size], packed.trained),
          statistics: ndArray("float32", [1, kept], packed.statistics),
        }).filter(([name]) => session.inputs.includes(name)),
      );
      const values = (await session.run(feeds))["value"].data as Float32Array;
      return values.reduce((total, one) => total + one, 0) / values.length;
    },
    [Symbol.dispose]: () => session[Symbol.dispose](),
  };
}
