import {
  add,
  constant,
  type DType,
  evaluate,
  gradient,
  input,
  multiply,
  type NdArray,
  ndArray,
  openGraph,
  sum,
  type Tensor,
} from "../../graph/index.ts";
import { type Key, key, normal, uniform } from "../../numeric/index.ts";
import { type Context, inference, type Layer } from "../layer.ts";
import { cut, initialize, type ParameterTree, packing, unpack, type Values } from "../parameters.ts";

/** For the tests of layers: what holds for every one of them. A layer on float inputs, with its parameters as vectors. */
export interface Case {
  readonly parameters: ParameterTree;
  /** What the layer makes of tensors of the given shapes. */
  forward(values: Values, x: Tensor, context: Context): Tensor;
  readonly shape: readonly number[];
  readonly training?: boolean;
}

export const caseOf = (layer: Layer, shape: readonly number[], training = false): Case => ({
  parameters: layer.parameters,
  forward: (values, x, context) => layer.forward(values, x, context),
  shape,
  training,
});

/** A context of training: draws are constants of the key, updates are kept. */
export function trainingContext(k: Key): Context & { readonly updates: ReadonlyMap<Tensor, Tensor> } {
  const updates = new Map<Tensor, Tensor>();
  let count = 0;
  return {
    training: true,
    updates,
    draw(name, shape, distribution) {
      const at = k.for(`${count++} ${name}`);
      const [u, z] = [uniform(at), normal(at)];
      const one = () => {
        if (distribution === "normal") return z();
        if (distribution === "uniform") return u();
        return u() < distribution.keep ? 1 / distribution.keep : 0;
      };
      return constant(ndArray("float32", shape, Float32Array.from({ length: sizeOf(shape) }, one)));
    },
    update: (statistic, value) => void updates.set(statistic, value),
  };
}

/** The layer as an expression of inputs "x" and "trained", whatever its statistics are first. */
export function expressionOf(of: Case, dtype: "float32" | "float64") {
  const places = packing(of.parameters);
  const trained = places.size > 0 ? input("trained", dtype, [1, places.size]) : null;
  const x = input("x", dtype, of.shape);
  const first = Array.from(initialize(of.parameters, key(1)).statistics);
  const stored = first.length > 0 ? constant(numbersAs(dtype, [1, first.length], first)) : null;
  const values = unpack(
    of.parameters,
    trained ? cut(places.trained, trained) : [],
    stored ? cut(places.statistics, stored) : [],
  );
  const context = of.training ? trainingContext(key(9)) : inference;
  return { x, trained, values: values as Values, context, output: of.forward(values as Values, x, context) };
}

/** A random point: x and trained parameters around their first values. */
export function pointOf(of: Case, dtype: "float32" | "float64", k: Key): Record<string, NdArray> {
  const { trained } = initialize(of.parameters, k.for("first"));
  const [z, around] = [normal(k.for("x")), normal(k.for("around"))];
  const x = Array.from({ length: sizeOf(of.shape) }, z);
  return {
    x: numbersAs(dtype, of.shape, x),
    ...(trained.length > 0 && {
      trained: numbersAs(
        dtype,
        [1, trained.length],
        trained.map((w) => w + 0.3 * around()),
      ),
    }),
  };
}

/**
 * The derivative of Σ c · output along a random direction of x and all parameters: by gradient(), and as a central
 * difference, in float64 by the interpreter. Equal to about 1e-7 of their size, away from kinks.
 */
export function slopes(of: Case, k: Key): { readonly gradient: number; readonly difference: number } {
  const { x, trained, output } = expressionOf(of, "float64");
  const weights = normal(k.for("weights"));
  const c = numbersAs(
    "float64",
    output.shape as number[],
    Array.from({ length: sizeOf(output.shape as number[]) }, weights),
  );
  const scalar = total(multiply(output, constant(c)));
  const operands = trained ? [x, trained] : [x];
  const point = pointOf(of, "float64", k);
  const along = normal(k.for("direction"));
  const direction = Object.fromEntries(
    Object.entries(point).map(([name, { data }]) => [name, Float64Array.from(data as Float64Array, along)]),
  );
  const derivative = gradient(scalar, operands)
    .map((g, i) => {
      const name = i === 0 ? "x" : "trained";
      return total(multiply(g, constant(numbersAs("float64", point[name].shape, direction[name]))));
    })
    .reduce((a, b) => add(a, b));
  const at = (step: number) => {
    const moved = Object.fromEntries(
      Object.entries(point).map(([name, { shape, data }]) => [
        name,
        numbersAs(
          "float64",
          shape,
          (data as Float64Array).map((value, i) => value + step * direction[name][i]),
        ),
      ]),
    );
    return evaluate({ scalar }, moved).scalar.data[0] as number;
  };
  const step = 1e-5;
  return {
    gradient: evaluate({ derivative }, point).derivative.data[0] as number,
    difference: (at(step) - at(-step)) / (2 * step),
  };
}

/** The largest difference between ONNX Runtime and the interpreter in float32: of the output and of its gradients. */
export async function gapToRuntime(of: Case, k: Key): Promise<number> {
  const { x, trained, output } = expressionOf(of, "float32");
  const wrt = trained ? [x, trained] : [x];
  const gradients = gradient(total(multiply(output, output)), wrt);
  const outputs = {
    output: add(output, 0),
    ...Object.fromEntries(gradients.map((g, i) => [`gradient${i}`, add(g, 0)])),
  } as Record<string, Tensor>;
  const point = pointOf(of, "float32", k);
  const expected = evaluate(outputs, point);
  using session = await openGraph(outputs);
  const found = await session.run(point);
  const gaps = Object.keys(outputs).map((name) => largestGap(found[name], expected[name]));
  return Math.max(...gaps);
}

/** The largest |a − b| / (1 + |b|). */
export function largestGap(a: NdArray, b: { readonly data: ArrayLike<number> } | NdArray): number {
  const [left, right] = [a.data as ArrayLike<number>, b.data as ArrayLike<number>];
  if (left.length !== right.length) throw new Error(`expected ${right.length} numbers, got ${left.length}`);
  return Math.max(...Array.from(left, (value, i) => Math.abs(value - right[i]) / (1 + Math.abs(right[i]))));
}

/** Numbers as an array of floats. */
export function numbersAs(dtype: DType, shape: readonly number[], numbers: ArrayLike<number>): NdArray {
  return dtype === "float32"
    ? ndArray("float32", shape, Float32Array.from(numbers))
    : ndArray("float64", shape, Float64Array.from(numbers));
}

function total(x: Tensor): Tensor {
  return sum(
    x,
    x.shape.map((_, axis) => axis),
  );
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
