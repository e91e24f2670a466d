import {
  constant,
  type DType,
  gather,
  gradient,
  identity,
  input,
  inputName,
  multiply,
  type NdArray,
  ndArray,
  type Tensor,
  topologicalOrder,
} from "../../graph/index.ts";
import type { Context, Distribution } from "../layer.ts";
import { clipNorm } from "../optimizers/clip.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import {
  flatten,
  type Packing,
  type ParameterTree,
  packing,
  perEntry,
  unpack,
  type Values,
  valueAt,
} from "../parameters.ts";

/** What is learned from what: parameters, and a loss of a batch. */
export interface Problem<P extends ParameterTree, D extends string> {
  readonly parameters: P;
  /** Arrays whose rows (along the first axis) are drawn together into batches; never written to. */
  readonly data: Readonly<Record<D, NdArray>>;
  /** The loss of a batch, one float32. Lower is better. */
  loss(values: Values<P>, batch: Readonly<Record<D, Tensor>>, context: Context): Tensor;
}

export interface StepOptions {
  readonly optimizer: Optimizer;
  /** Rows in a batch. */
  readonly batch: number;
  /** The gradient is shortened to this length where it is longer. */
  readonly clip?: number | undefined;
}

/** A random input of the step. */
export interface Draw {
  readonly name: string;
  readonly shape: readonly number[];
  readonly distribution: Distribution;
}

/** A step as an expression: the outputs are the loss and, under its name with a prime, each vector that it moves. */
export interface StepGraph {
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly inputs: ReadonlySet<string>;
  readonly draws: readonly Draw[];
}

/** The expression of one step. O(nodes of the loss). */
export function stepGraph<P extends ParameterTree, D extends string>(
  problem: Problem<P, D>,
  { optimizer, batch, clip }: StepOptions,
): StepGraph {
  const places = packing(problem.parameters);
  const trained = input("trained", "float32", [places.size]);
  const kept = places.statistics.at(-1)?.to ?? 0;
  const statistics = kept > 0 ? input("statistics", "float32", [kept]) : null;
  const slots = Array.from({ length: optimizer.slots }, (_, i) => input(`slot${i}`, "float32", [places.size]));

  // 1. The batch, the loss, and what layers drew and updated on the way.
  const rows = input("rows", "int64", [batch]);
  const batches = Object.entries<NdArray>(problem.data).map(([name, { dtype, shape }]) => [
    name,
    gather(input(`data/${name}`, dtype as DType, shape), rows),
  ]);
  const values = unpack(problem.parameters, trained, statistics);
  const { context, draws, updates } = training();
  const loss = problem.loss(values, Object.fromEntries(batches) as Record<D, Tensor>, context);
  if (loss.shape.length !== 0 || loss.dtype !== "float32")
    throw new Error(`train: loss: expected one float32, got ${loss.dtype} [${loss.shape.join(", ")}]`);

  // 2. Its gradient as one vector, and the optimizer on vectors.
  const leaves = places.trained.map(({ path }) => valueAt(values, path));
  const steep = masked(flatten(gradient(loss, leaves)), places);
  const count = optimizer.scalars(1, { rate: 0 }).length;
  const scalars = Array.from({ length: count }, (_, i) => input(`scalar${i}`, "float32", [1]));
  const next = optimizer.update(
    {
      parameters: trained,
      gradient: clip === undefined ? steep : clipNorm(steep, clip),
      slots,
      decays: decaying(places),
    },
    scalars,
  );

  const moved = places.statistics.map(({ path }) => updates.get(valueAt(values, path)) ?? valueAt(values, path));
  const outputs = named({
    loss,
    "trained'": next.parameters,
    ...Object.fromEntries(next.slots.map((slot, i) => [`slot${i}'`, slot])),
    ...(statistics && { "statistics'": flatten(moved) }),
  });
  const names = topologicalOrder(Object.values(outputs)).flatMap((tensor) => inputName(tensor) ?? []);
  return { outputs, inputs: new Set(names), draws };
}

/** Outputs as a graph wants them: no leaf, and no value under two names. */
function named(outputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const seen = new Set<Tensor>();
  const distinct = Object.entries(outputs).map(([name, value]) => {
    const own = value.inputs.length === 0 || seen.has(value) ? identity(value) : value;
    seen.add(value);
    return [name, own];
  });
  return Object.fromEntries(distinct);
}

/** The context of a training step, and what its layers do with it. */
function training(): { context: Context; draws: Draw[]; updates: Map<Tensor, Tensor> } {
  const draws: Draw[] = [];
  const updates = new Map<Tensor, Tensor>();
  const context: Context = {
    training: true,
    draw(name, shape, distribution) {
      const drawn = { name: `draw/${draws.length}/${name}`, shape, distribution };
      draws.push(drawn);
      return input(drawn.name, "float32", shape);
    },
    update: (statistic, value) => void updates.set(statistic, value),
  };
  return { context, draws, updates };
}

/** The gradient where parameters may move: masked entries get none. */
function masked(gradient: Tensor, places: Packing): Tensor {
  if (!places.trained.some(({ parameter }) => parameter.mask)) return gradient;
  return multiply(gradient, vectorOf(perEntry(places, ({ mask }, entry) => mask?.[entry] ?? 1)));
}

/** 1 where weight decay acts; null where it acts everywhere. */
function decaying(places: Packing): Tensor | null {
  if (places.trained.every(({ parameter }) => parameter.role === "weight")) return null;
  return vectorOf(perEntry(places, ({ role }) => (role === "weight" ? 1 : 0)));
}

function vectorOf(values: Float32Array): Tensor {
  return constant(ndArray("float32", [values.length], values));
}
