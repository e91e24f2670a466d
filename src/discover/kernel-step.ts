import {
  add,
  concatenate,
  exponential,
  input,
  matmul,
  maximum,
  minimum,
  multiply,
  product,
  reshape,
  slice,
  subtract,
  sum,
  type Tensor,
} from "../graph/index.ts";
import { adam } from "../nn/index.ts";
import { gatedKernels } from "./log-ratio.ts";

/** The sizes of a step: fits at once, kernels in each, columns. */
export interface StepSizes {
  readonly fits: number;
  readonly kernels: number;
  readonly columns: number;
}

/** What a step is steered by, apart from the width. */
export interface StepSettings {
  /** lambda of the penalty lambda Σ a². */
  readonly ridge: number;
  /** Amplitudes stay within ± this. */
  readonly clip: number;
  /** Whether centers move, or only amplitudes. */
  readonly centers: "move" | "stay";
}

export const kernelAdam = adam({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });

/** How many numbers a fit of so many kernels has: M (d + 1). */
export function parameterCount({ kernels, columns }: Pick<StepSizes, "kernels" | "columns">): number {
  return kernels * (columns + 1);
}

/**
 * The gradient of L + lambda Σ a² for several fits that share rows: centers fits · M × d, amplitudes fits × M × 1.
 *
 * L = Σ r (e^f − 1) − Σ c f with weights r of reference rows and c of window rows, fits × n. By the chain rule with
 * h = r e^f − c: ∂L/∂a_i = Σ h g_i, and ∂f/∂A_i = p_i (2 a_i k_i − f), ∂A_i/∂mu_i = (x − mu_i) / sigma². Written out, it
 * is a third of the nodes that reverse mode makes of it; the tests hold it against that and against differences.
 */
export function lossGradient(
  { rows, window, reference, centers, amplitudes, scale }: Readonly<Record<StepInput, Tensor>>,
  { fits, kernels, columns }: StepSizes,
  { ridge, centers: moving }: Pick<StepSettings, "ridge" | "centers">,
): { readonly centers: Tensor; readonly amplitudes: Tensor } {
  const n = rows.shape[0];
  const { p, k } = gatedKernels(rows, centers, scale, { fits, kernels });
  const g = multiply(p, k);
  const pulls = multiply(amplitudes, g);
  const f = sum(pulls, 1);
  const h = subtract(multiply(reference, exponential(f)), window);
  const ofAmplitudes = add(matmul(g, reshape(h, [fits, n, 1])), multiply(amplitudes, 2 * ridge));
  if (moving === "stay") return { centers: multiply(centers, 0), amplitudes: ofAmplitudes };
  const slope = subtract(multiply(pulls, 2), multiply(p, reshape(f, [fits, 1, n])));
  const ofExponents = reshape(multiply(slope, reshape(h, [fits, 1, n])), [fits * kernels, n]);
  const sums = product(ofExponents, rows);
  const weighted = slice(sums, 1, 0, columns);
  const totals = slice(sums, 1, columns + 1, columns + 2);
  const pull = reshape(subtract(weighted, multiply(centers, totals)), [fits, kernels * columns]);
  const ofCenters = reshape(multiply(pull, reshape(multiply(scale, 2), [fits, 1])), [fits * kernels, columns]);
  return { centers: ofCenters, amplitudes: ofAmplitudes };
}

type StepInput = "rows" | "window" | "reference" | "centers" | "amplitudes" | "scale";

/**
 * One step of Adam on centers and amplitudes of several fits, as a graph in float32. Inputs: `rows` n × (d + 2), `window`
 * and `reference` fits × n, `scale` fits × 1 × 1, `scalars` 3, and the state `trained`, `slot0`, `slot1`: all centers,
 * then all amplitudes. Outputs: the state, with a prime.
 */
export function kernelStep(sizes: StepSizes, settings: StepSettings): Readonly<Record<string, Tensor>> {
  const { fits, kernels, columns } = sizes;
  const [places, size] = [fits * kernels * columns, fits * parameterCount(sizes)];
  const rows = input("rows", "float32", ["rows", columns + 2]);
  const window = input("window", "float32", [fits, "rows"]);
  const reference = input("reference", "float32", [fits, "rows"]);
  const scale = input("scale", "float32", [fits, 1, 1]);
  const scalars = input("scalars", "float32", [3]);
  const state = (name: string) => input(name, "float32", [size]);
  const [trained, slots] = [state("trained"), [state("slot0"), state("slot1")]];
  const centers = reshape(slice(trained, 0, 0, places), [fits * kernels, columns]);
  const amplitudes = reshape(slice(trained, 0, places, size), [fits, kernels, 1]);

  const steep = lossGradient({ rows, window, reference, centers, amplitudes, scale }, sizes, settings);
  const gradient = concatenate([reshape(steep.centers, [places]), reshape(steep.amplitudes, [fits * kernels])], 0);
  // The optimizer takes what it updates as a row, and its scalars as 1 × 1.
  const row = (x: Tensor) => reshape(x, [1, size]);
  const flat = (x: Tensor) => reshape(x, [size]);
  const moved = kernelAdam.update(
    { parameters: row(trained), gradient: row(gradient), slots: slots.map(row), decays: null },
    [0, 1, 2].map((at) => reshape(slice(scalars, 0, at, at + 1), [1, 1])),
  );
  const parameters = flat(moved.parameters);
  const bounded = minimum(maximum(slice(parameters, 0, places, size), -settings.clip), settings.clip);
  return {
    "trained'": concatenate([slice(parameters, 0, 0, places), bounded], 0),
    "slot0'": flat(moved.slots[0]),
    "slot1'": flat(moved.slots[1]),
  };
}
