import { describe, expect, it } from "vitest";
import { evaluate, float64, identity, type Tensor } from "../../graph/index.ts";
import type { Pace } from "../schedules.ts";
import { adam } from "./adam.ts";
import { averaged, equalWeights, exponentialWeights } from "./averaged.ts";
import { clipNorm } from "./clip.ts";
import { gradientDescent } from "./gradient-descent.ts";
import type { Optimizer } from "./optimizer.ts";

const start = [1, -2, 0.5];
const decays = [1, 1, 0];
/** Made-up gradients, the same for every optimizer. */
const gradientOf = (step: number) => start.map((_, i) => Math.sin(step * 1.3 + i) + (i === 1 ? 2 : 0));
const paceOf = (step: number): Pace => ({ rate: 0.1 / step });

const row = (entries: readonly number[]): Tensor => float64(entries, [1, entries.length]);

/** Twenty steps in float64 by the interpreter. */
function run(optimizer: Optimizer, pace = paceOf): { parameters: number[]; slots: number[][] } {
  let parameters = [...start];
  let slots = Array.from({ length: optimizer.slots }, () => [0, 0, 0]);
  for (let step = 1; step <= 20; step++) {
    const next = optimizer.update(
      {
        parameters: row(parameters),
        gradient: row(gradientOf(step)),
        slots: slots.map(row),
        decays: row(decays),
      },
      optimizer.scalars(step, pace(step)).map((scalar) => row([scalar])),
    );
    [parameters, slots] = [entries(next.parameters), next.slots.map(entries)];
  }
  return { parameters, slots };
}

const entries = (x: Tensor): number[] => Array.from(evaluate({ x: identity(x) }, {}).x.data as Float64Array);

function expectClose(a: readonly number[], b: readonly number[]): void {
  a.forEach((value, i) => {
    expect(Math.abs(value - b[i])).toBeLessThan(1e-12 * (1 + Math.abs(b[i])));
  });
}

/** Kingma and Ba's algorithm 1, with decoupled decay, as it reads. */
function adamTwin(decay: number): number[] {
  const [m, v, theta] = [[0, 0, 0], [0, 0, 0], [...start]];
  for (let t = 1; t <= 20; t++)
    gradientOf(t).forEach((g, i) => {
      const { rate } = paceOf(t);
      m[i] = 0.9 * m[i] + 0.1 * g;
      v[i] = 0.999 * v[i] + 0.001 * g * g;
      theta[i] -= rate * decay * decays[i] * theta[i];
      theta[i] -= (rate * (m[i] / (1 - 0.9 ** t))) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8);
    });
  return theta;
}

/** PyTorch's SGD as it reads. */
function descentTwin(momentum: number, nesterov: boolean, decay: number): number[] {
  const [b, theta] = [[0, 0, 0], [...start]];
  for (let t = 1; t <= 20; t++)
    gradientOf(t).forEach((gradient, i) => {
      const g = gradient + decay * decays[i] * theta[i];
      b[i] = momentum * b[i] + g;
      theta[i] -= paceOf(t).rate * (nesterov ? g + momentum * b[i] : b[i]);
    });
  return theta;
}

describe("Adam = its algorithm", () => {
  it.each([0, 0.01])("decay %f", (decay) => {
    expectClose(run(adam({ decay })).parameters, adamTwin(decay));
  });
});

describe("gradient descent = its algorithm", () => {
  it.each([
    [0, false, 0],
    [0.9, false, 0],
    [0.9, true, 0.01],
  ])("momentum %f, nesterov %s, decay %f", (momentum, nesterov, decay) => {
    const { parameters } = run(gradientDescent({ momentum, nesterov, decay }));
    expectClose(parameters, descentTwin(momentum, nesterov, decay));
  });

  it("a schedule's momentum overrides its own", () => {
    const pace = (step: number) => ({ ...paceOf(step), momentum: 0.9 });
    expectClose(run(gradientDescent(), pace).parameters, descentTwin(0.9, false, 0));
  });
});

describe("averages", () => {
  const walking: Optimizer = {
    slots: 0,
    scalars: (step) => [step],
    update: ({ parameters }, [step]) => ({ parameters: stepTo(parameters, step), slots: [] }),
  };
  const stepTo = (parameters: Tensor, step: Tensor) => {
    return row(start.map((s) => s + entries(step)[0] ** 2 + 0 * parameters.shape.length));
  };

  it("equal weights: the mean of all parameters after the first ones", () => {
    const { slots } = run(averaged(walking, equalWeights(5)));
    const squares = Array.from({ length: 15 }, (_, i) => (i + 6) ** 2);
    const mean = squares.reduce((a, b) => a + b, 0) / 15;
    expectClose(
      slots[0],
      start.map((s) => s + mean),
    );
  });

  it("exponential weights: keep · average + (1 − keep) · parameters", () => {
    const { slots } = run(averaged(walking, exponentialWeights(0.5)));
    let average = 0;
    for (let step = 1; step <= 20; step++) average += Math.max(0.5, 1 / step) * (step ** 2 - average);
    expectClose(
      slots[0],
      start.map((s) => s + average),
    );
  });
});

it("a gradient longer than the limit is shortened to it, a shorter one is left alone", () => {
  expectClose(entries(clipNorm(row([3, 4]), 1)), [3 / (5 + 1e-6), 4 / (5 + 1e-6)]);
  expectClose(entries(clipNorm(row([0.3, 0.4]), 1)), [0.3, 0.4]);
  expectClose(entries(clipNorm(row([0, 0]), 1)), [0, 0]);
});
