import {
  concatenate,
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
  reshape,
  simplified,
  slice,
  type Tensor,
  topologicalOrder,
} from "../../graph/index.ts";
import type { Context, Distribution } from "../layer.ts";
import { clipNorm } from "../optimizers/clip.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import {
  cut,
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
  /** Arrays whose rows (along the first axis) are drawn together into batches; written to by `renew` alone. */
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

/** A random input of a step. */
export interface Draw {
  /** The input of the graph. */
  readonly input: string;
  /** Which of the graph's steps draws it, from 0 on, and under which name. */
  readonly step: number;
  readonly name: string;
  readonly shape: readonly number[];
  readonly distribution: Distribution;
}

/**
 * Steps as an expression: the outputs are the losses, one a step from the last to the first, and, under its name with a
 * prime, each vector that they move.
 * Inputs are the vectors, `data/…`, `rows` (those of all steps in turn), `scalars` (likewise) and the draws.
 */
export interface StepGraph {
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly inputs: ReadonlySet<string>;
  readonly draws: readonly Draw[];
}

/** The vectors that a step reads and moves. */
interface Vectors {
  readonly trained: Tensor;
  readonly statistics: Tensor | null;
  readonly slots: readonly Tensor[];
}

/** The expression of `count` steps, one after the other. O(count · nodes of the loss). */
export function stepGraph<P extends ParameterTree, D extends string>(
  problem: Problem<P, D>,
  options: StepOptions,
  count = 1,
): StepGraph {
  const { optimizer, batch } = options;
  const places = packing(problem.parameters);
  const kept = places.statistics.at(-1)?.to ?? 0;
  const start: Vectors = {
    trained: input("trained", "float32", [1, places.size]),
    statistics: kept > 0 ? input("statistics", "float32", [1, kept]) : null,
    slots: Array.from({ length: optimizer.slots }, (_, i) => input(`slot${i}`, "float32", [1, places.size])),
  };
  const each = optimizer.scalars(1, { rate: 0 }).length;
  const scalars = partsOf(input("scalars", "float32", [count * each, 1]), count * each, 1);
  const rows = partsOf(input("rows", "int64", [count * batch]), count, batch);
  const data = Object.entries<NdArray>(problem.data).map(
    ([name, { dtype, shape }]) => [name, input(`data/${name}`, dtype as DType, shape)] as const,
  );
  const fixed: Fixed = { places, mask: maskOf(places), decays: decaysOf(places) };

  const draws: Draw[] = [];
  const losses: Tensor[] = [];
  let vectors = start;
  for (let step = 0; step < count; step++) {
    const before = draws.length;
    const draw: Context["draw"] = (name, shape, distribution) => {
      const own = `${draws.length - before}/${name}`;
      draws.push({ input: `draw/${step}/${own}`, step, name: own, shape, distribution });
      return input(`draw/${step}/${own}`, "float32", shape);
    };
    const batches = Object.fromEntries(data.map(([name, array]) => [name, gather(array, rows[step])])) as Record<
      D,
      Tensor
    >;
    const steering = scalars.slice(step * each, (step + 1) * each);
    const { loss, moved } = oneStep(problem, options, fixed, vectors, batches, steering, draw);
    losses.push(reshape(loss, [1]));
    vectors = moved;
  }

  const outputs = simplified(
    named({
      "trained'": vectors.trained,
      ...Object.fromEntries(vectors.slots.map((slot, i) => [`slot${i}'`, slot])),
      ...(vectors.statistics && { "statistics'": vectors.statistics }),
      // Last, and from the last step to the first: ONNX Runtime then takes each loss right after its forward pass,
      // while what it rests on is still in the cache.
      losses: concatenate([...losses].reverse(), 0),
    }),
  );
  const names = topologicalOrder(Object.values(outputs)).flatMap((tensor) => inputName(tensor) ?? []);
  return { outputs, inputs: new Set(names), draws };
}

/** What no step changes. */
interface Fixed {
  readonly places: Packing;
  /** 1 where a parameter may move; null where each may. */
  readonly mask: Tensor | null;
  /** 1 where weight decay acts; null where it acts everywhere. */
  readonly decays: Tensor | null;
}

/** One step from the vectors before it to those after it. */
function oneStep<P extends ParameterTree, D extends string>(
  problem: Problem<P, D>,
  { optimizer, clip }: StepOptions,
  { places, mask, decays }: Fixed,
  { trained, statistics, slots }: Vectors,
  batches: Readonly<Record<D, Tensor>>,
  scalars: readonly Tensor[],
  draw: Context["draw"],
): { loss: Tensor; moved: Vectors } {
  // 1. The loss of the batch, and what layers update on the way.
  const parts = cut(places.trained, trained);
  const values = unpack(problem.parameters, parts, statistics ? cut(places.statistics, statistics) : []);
  const updates = new Map<Tensor, Tensor>();
  const update: Context["update"] = (statistic, value) => void updates.set(statistic, value);
  const loss = problem.loss(values, batches, { training: true, draw, update });
  if (loss.shape.length !== 0 || loss.dtype !== "float32")
    throw new Error(`train: loss: expected one float32, got ${loss.dtype} [${loss.shape.join(", ")}]`);

  // 2. Its gradient as one vector, and the optimizer on vectors.
  const gathered = concatenate(gradient(loss, parts), 1);
  const steep = mask ? multiply(gathered, mask) : gathered;
  const next = optimizer.update(
    { parameters: trained, gradient: clip === undefined ? steep : clipNorm(steep, clip), slots, decays },
    scalars,
  );
  const kept = places.statistics.map(({ path }) => updates.get(valueAt(values, path)) ?? valueAt(values, path));
  return { loss, moved: { trained: next.parameters, slots: next.slots, statistics: statistics && flatten(kept) } };
}

/** A vector cut into parts of equal length. */
function partsOf(vector: Tensor, count: number, length: number): readonly Tensor[] {
  return Array.from({ length: count }, (_, part) => slice(vector, 0, part * length, (part + 1) * length));
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

function maskOf(places: Packing): Tensor | null {
  if (!places.trained.some(({ parameter }) => parameter.mask)) return null;
  return vectorOf(perEntry(places, ({ mask }, entry) => mask?.[entry] ?? 1));
}

function decaysOf(places: Packing): Tensor | null {
  if (places.trained.every(({ parameter }) => parameter.role === "weight")) return null;
  return vectorOf(perEntry(places, ({ role }) => (role === "weight" ? 1 : 0)));
}

function vectorOf(values: Float32Array): Tensor {
  return constant(ndArray("float32", [1, values.length], values));
}
