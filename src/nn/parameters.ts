import {
  cast,
  concatenate,
  constant,
  type DType,
  identity,
  ndArray,
  reshape,
  slice,
  type Tensor,
} from "../graph/index.ts";
import type { Key } from "../numeric/index.ts";
import type { Initializer } from "./initializers.ts";

/** One named array of a network. */
export interface Parameter {
  readonly shape: readonly number[];
  readonly initialize: Initializer;
  /**
   * A "weight" is trained and shrinks under weight decay, an "offset" is trained and does not, a "statistic" is not
   * trained: a layer keeps it up to date itself.
   */
  readonly role: "weight" | "offset" | "statistic";
  /** 1 or 0 for each entry: those at 0 stay 0. */
  readonly mask?: Float32Array;
}

/** The parameters of a network by name, as deep as its parts are nested. */
export interface ParameterTree {
  readonly [name: string]: Parameter | ParameterTree;
}

/** A tree of the same names with one value a parameter. */
export type Values<P extends ParameterTree = ParameterTree> = { readonly [K in keyof P]: ValueOf<P[K]> };
type ValueOf<T> = T extends Parameter ? Tensor : T extends ParameterTree ? Values<T> : never;

/** A parameter with its path, and where its entries stand in the flat vector of its kind. */
export interface Place {
  readonly path: string;
  readonly parameter: Parameter;
  readonly from: number;
  readonly to: number;
}

/**
 * How a tree is packed: all trained parameters in one flat vector, in the order of the tree, and all statistics in
 * another. What works on the vectors, such as an optimizer, need not know the network.
 */
export interface Packing {
  readonly trained: readonly Place[];
  readonly statistics: readonly Place[];
  /** Entries of the trained vector. */
  readonly size: number;
}

/** The flat vectors of a network. */
export interface Packed {
  readonly trained: Float32Array;
  readonly statistics: Float32Array;
}

/** Where each parameter of a tree is packed. O(parameters). */
export function packing(tree: ParameterTree): Packing {
  const all = leaves(tree, "");
  const place = (chosen: typeof all): Place[] => {
    let at = 0;
    return chosen.map(({ path, parameter }) => {
      const from = at;
      at += parameter.shape.reduce((a, b) => a * b, 1);
      return { path, parameter, from, to: at };
    });
  };
  const trained = place(all.filter(({ parameter }) => parameter.role !== "statistic"));
  const statistics = place(all.filter(({ parameter }) => parameter.role === "statistic"));
  return { trained, statistics, size: trained.at(-1)?.to ?? 0 };
}

/** The initial vectors: each parameter drawn from the key of its own path, masked entries 0. O(entries). */
export function initialize(tree: ParameterTree, key: Key): Packed {
  const { trained, statistics } = packing(tree);
  const draw = (places: readonly Place[]): Float32Array => {
    const out = new Float32Array(places.at(-1)?.to ?? 0);
    for (const { path, parameter, from } of places) {
      const values = parameter.initialize(key.for(path), parameter.shape);
      out.set(parameter.mask ? values.map((value, i) => value * parameter.mask![i]) : values, from);
    }
    return out;
  };
  return { trained: draw(trained), statistics: draw(statistics) };
}

/** One value a parameter, from a function of its path: a tree with the names of `tree`. */
export function mapParameters<P extends ParameterTree>(
  tree: P,
  value: (path: string, parameter: Parameter) => Tensor,
): Values<P> {
  const visit = (branch: ParameterTree, path: string): unknown =>
    Object.fromEntries(
      Object.entries(branch).map(([name, child]) => {
        const at = join(path, name);
        return [name, isParameter(child) ? value(at, child) : visit(child, at)];
      }),
    );
  return visit(tree, "") as Values<P>;
}

/** What stands at each place of a row, 1 × n, as rows. */
export function cut(places: readonly Place[], row: Tensor): readonly Tensor[] {
  return places.map(({ from, to }) => slice(row, 1, from, to));
}

/** The parameters in their shapes, from what stands at their places, for training. */
export function unpack<P extends ParameterTree>(
  tree: P,
  trained: readonly Tensor[],
  statistics: readonly Tensor[],
): Values<P> {
  const all = packing(tree);
  const parts = new Map([
    ...all.trained.map(({ path }, i) => [path, trained[i]] as const),
    ...all.statistics.map(({ path }, i) => [path, statistics[i]] as const),
  ]);
  // By a name of its own, a value is not passed over when it is reshaped again: gradients in it stay whole.
  return mapParameters(tree, (path, { shape }) => identity(reshape(parts.get(path)!, shape)));
}

/** The parameters as constants of a graph, stored in float32 and used in the given dtype. */
export function asConstants<P extends ParameterTree>(tree: P, packed: Packed, dtype: DType = "float32"): Values<P> {
  const all = packing(tree);
  const places = new Map([
    ...all.trained.map((place) => [place.path, packed.trained.slice(place.from, place.to)] as const),
    ...all.statistics.map((place) => [place.path, packed.statistics.slice(place.from, place.to)] as const),
  ]);
  return mapParameters(tree, (path, { shape }) => cast(constant(ndArray("float32", shape, places.get(path)!)), dtype));
}

/** Values in the order of their places, side by side in one flat tensor: the inverse of `unpack`. */
export function flatten(values: readonly Tensor[]): Tensor {
  const sizes = values.map(({ shape }) => shape.reduce((a: number, b) => a * (b as number), 1));
  return concatenate(
    values.map((value, i) => reshape(value, [1, sizes[i]])),
    1,
  );
}

/** The value at a path of a tree. */
export function valueAt(values: Values<ParameterTree>, path: string): Tensor {
  const at = path.split("/").reduce<unknown>((branch, name) => (branch as Record<string, unknown>)[name], values);
  return at as Tensor;
}

/** One number for each entry of the trained vector, from its parameter. */
export function perEntry(packing: Packing, value: (parameter: Parameter, entry: number) => number): Float32Array {
  const out = new Float32Array(packing.size);
  for (const { parameter, from, to } of packing.trained)
    for (let i = from; i < to; i++) out[i] = value(parameter, i - from);
  return out;
}

function leaves(tree: ParameterTree, path: string): { path: string; parameter: Parameter }[] {
  return Object.entries(tree).flatMap(([name, child]) => {
    const at = join(path, name);
    return isParameter(child) ? [{ path: at, parameter: child }] : leaves(child, at);
  });
}

function join(path: string, name: string): string {
  if (name.includes("/")) throw new Error(`parameters: name: expected no "/", got "${name}"`);
  return path === "" ? name : `${path}/${name}`;
}

function isParameter(node: Parameter | ParameterTree): node is Parameter {
  return typeof node["initialize"] === "function";
}
