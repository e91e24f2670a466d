import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, describe, expect, it } from "vitest";
import { Diverged, InputError, Interrupted } from "../../errors/index.ts";
import { add, mean, multiply, ndArray, square, subtract, type Tensor } from "../../graph/index.ts";
import { key, normal, uniform } from "../../numeric/index.ts";
import { type Context, sequence } from "../layer.ts";
import { batchNormalization } from "../layers/batch-normalization.ts";
import { dropout } from "../layers/dropout.ts";
import { linear } from "../layers/linear.ts";
import { mlp } from "../layers/mlp.ts";
import { adam } from "../optimizers/adam.ts";
import { averaged, equalWeights } from "../optimizers/averaged.ts";
import { gradientDescent } from "../optimizers/gradient-descent.ts";
import { initialize, type Values } from "../parameters.ts";
import { constantRate, cosine } from "../schedules.ts";
import { shuffled, withReplacement } from "./batches.ts";
import { compileStep } from "./step.ts";
import type { Problem } from "./step-graph.ts";
import { type TrainOptions, train } from "./train.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-train-"));
afterAll(() => rmSync(folder, { recursive: true }));

const net = mlp([6, 16, 3, 16, 6]);
const rows = (n: number, seed: number) =>
  ndArray("float32", [n, 6], Float32Array.from({ length: 6 * n }, normal(key(seed))));
/** A denoising autoencoder: its steps draw noise as well as rows. */
const problem: Problem<typeof net.parameters, "x"> = {
  parameters: net.parameters,
  data: { x: rows(200, 1) },
  loss: (values, { x }, context) => {
    const noisy = add(x, multiply(context.draw("noise", [32, 6], "normal"), 0.1));
    return mean(square(subtract(net.forward(values, noisy, context), x)), [0, 1]);
  },
};
const heldOut = {
  data: { x: rows(40, 2) },
  criterion: (values: Parameters<typeof net.forward>[0], { x }: { x: Parameters<typeof net.forward>[1] }) =>
    mean(square(subtract(net.forward(values, x, plain), x)), 1),
  every: 6,
  patience: 100,
};
const plain = { training: false, draw: never, update: never };
function never(): never {
  throw new Error("drawn outside training");
}
const options: TrainOptions<typeof net.parameters, "x"> = {
  optimizer: averaged(adam({ decay: 0.01 }), equalWeights(20)),
  schedule: cosine(0.01),
  steps: 60,
  batch: 32,
  clip: 1,
  key: key(7),
  heldOut,
};

describe("training", () => {
  it("lowers the loss, and the parameters given back are the best on rows held out", async () => {
    const { loss, best, steps } = await train(problem, { ...options, steps: 600 });
    const { loss: first } = await train(problem, { ...options, steps: 1 });
    expect(loss).toBeLessThan(0.8 * first);
    expect(steps).toBe(600);
    expect(best!.criterion).toBeGreaterThan(0);
  });

  it("equal keys, equal bits; another key, other parameters", async () => {
    const once = await train(problem, options);
    expect(await train(problem, options)).toEqual(once);
    expect((await train(problem, { ...options, key: key(8) })).trained).not.toEqual(once.trained);
  });

  it("no steps: the first parameters", async () => {
    const { trained, steps } = await train(problem, { ...options, steps: 0 });
    expect(steps).toBe(0);
    expect(trained).toEqual(initialize(net.parameters, key(7).for("parameters")).trained);
  });

  it("stops once rows held out get no better", async () => {
    const { best, steps, stoppedEarly } = await train(problem, {
      ...options,
      schedule: constantRate(0.05),
      steps: 5000,
      heldOut: { ...heldOut, patience: 4 },
    });
    expect(stoppedEarly).toBe(true);
    expect(steps).toBe(best!.step + 4 * 6);
  });

  it("reports loss, rate and time left", async () => {
    const seen: { step: number; loss: number; learningRate: number; secondsLeft: number }[] = [];
    await train(problem, { ...options, onProgress: (progress) => void seen.push(progress) });
    const last = seen.at(-1)!;
    expect(last).toMatchObject({ step: 60, steps: 60, secondsLeft: 0 });
    expect(last.learningRate).toBeCloseTo(cosine(0.01)(59, 60).rate, 12);
    expect(Number.isFinite(last.loss)).toBe(true);
  });
});

describe("interrupted and resumed", () => {
  const draw = uniform(key(99));
  const moments = Array.from({ length: 20 }, () => 1 + Math.floor(59 * draw()));
  it.each(moments.map((moment, i) => [i, moment]))("%i: after step %i, the same bits", async (i, moment) => {
    const path = join(folder, `run-${i}.checkpoint`);
    const whole = await train(problem, options);
    const stop = new AbortController();
    let looks = 0;
    // The schedule is asked once before each step: a clock that counts steps.
    const schedule: typeof options.schedule = (t, steps) => {
      if (t === moment - 1 && steps === 60 && looks++ >= 0) stop.abort();
      return options.schedule(t, steps);
    };
    const begun = train(problem, { ...options, schedule, checkpoint: { path }, signal: stop.signal });
    await expect(begun).rejects.toThrow(Interrupted);
    const resumed = await train(problem, { ...options, checkpoint: { path } });
    expect(resumed).toEqual(whole);
  });

  it("the same bits where steps share calls", async () => {
    const path = join(folder, "shared.checkpoint");
    const long = { ...options, schedule: constantRate(1e-3), steps: 3300, heldOut: { ...heldOut, every: 50 } };
    const whole = await train(problem, long);
    for (const moment of [7, 1234, 3298]) {
      const stop = new AbortController();
      const schedule: typeof options.schedule = (t, steps) => {
        if (t === moment) stop.abort();
        return long.schedule(t, steps);
      };
      const begun = train(problem, { ...long, schedule, checkpoint: { path }, signal: stop.signal });
      await expect(begun).rejects.toThrow(Interrupted);
      expect(await train(problem, { ...long, checkpoint: { path } })).toEqual(whole);
      rmSync(path);
    }
  });

  it("a checkpoint of another run, or a damaged one, is refused by name", async () => {
    const path = join(folder, "other.checkpoint");
    await train(problem, { ...options, checkpoint: { path } });
    const again = (change: Partial<typeof options>) => train(problem, { ...options, ...change, checkpoint: { path } });
    await expect(again({ key: key(8) })).rejects.toThrow(
      `checkpoint: ${path}: expected one of this run, got one of other data, options or key; delete it`,
    );
    await expect(again({ schedule: cosine(0.02) })).rejects.toThrow("expected one of this run");
    await expect(again({ steps: 61 })).rejects.toThrow("expected one of this run");
    await expect(again({ heldOut: { ...heldOut, data: { x: rows(40, 3) } } })).rejects.toThrow(
      "expected one of this run",
    );
    const bytes = readFileSync(path);
    for (const part of [0, 10, 25, 100, bytes.length - 4]) {
      writeFileSync(path, bytes.subarray(0, part));
      await expect(again({})).rejects.toThrow(
        part <= 10
          ? `checkpoint: ${path}: expected a checkpoint, or no file yet, got another file; give another path`
          : `checkpoint: ${path}: expected a checkpoint, got a damaged one; delete it to start anew, or give another path`,
      );
    }
    await expect(train(problem, { ...options, checkpoint: { path: folder } })).rejects.toThrow(
      `checkpoint: ${folder}: expected a file that can be read, but it is a folder; give the path of a file`,
    );
    await expect(train(problem, { ...options, checkpoint: { path: join(folder, "none", "x") } })).rejects.toThrow(
      InputError,
    );
  });

  it("a run that is done is not trained again", async () => {
    const path = join(folder, "done.checkpoint");
    const whole = await train(problem, { ...options, checkpoint: { path } });
    expect(await train(problem, { ...options, checkpoint: { path } })).toEqual(whole);
  });
});

describe("divergence", () => {
  it("is named with step, learning rate and remedy", async () => {
    const wild = train(problem, {
      ...options,
      optimizer: gradientDescent(),
      schedule: constantRate(1e6),
      clip: undefined,
    });
    await expect(wild).rejects.toThrow(Diverged);
    await expect(wild).rejects.toThrow(
      /^train: diverged: the (loss|criterion) is (NaN|Infinity) at step \d+ with learning rate 1\.00e\+6; lower the learning rate \(--learning-rate\), or scale the columns$/,
    );
  });

  it("is caught in the parameters when the last step made them so", async () => {
    const { heldOut: _, ...rest } = options;
    const last = train(problem, {
      ...rest,
      optimizer: gradientDescent(),
      schedule: constantRate(Number.POSITIVE_INFINITY),
      steps: 1,
    });
    await expect(last).rejects.toThrow("train: diverged: a parameter is not finite at step 1");
  });
});

it("two threads and one: one step differs by less than 1e-5", async () => {
  const wide = mlp([64, 256, 256, 64]);
  const data = { x: ndArray("float32", [512, 64], Float32Array.from({ length: 512 * 64 }, normal(key(4)))) };
  const start = initialize(wide.parameters, key(5));
  const states = await Promise.all(
    [1, 2, 3].map(async (threads) => {
      using step = await compileStep(
        {
          parameters: wide.parameters,
          data,
          loss: (values, { x }, context) => mean(square(subtract(wide.forward(values, x, context), x)), [0, 1]),
        },
        start,
        { optimizer: gradientDescent(), batch: 256, threads },
      );
      await step.run(1, 1, shuffled(512, 256, key(6)), () => ({ rate: 1 }), key(0));
      return step.state().trained.slice();
    }),
  );
  const size = Math.max(...states[0].map(Math.abs));
  for (const state of states.slice(1))
    state.forEach((value, i) => {
      expect(Math.abs(value - states[0][i])).toBeLessThan(1e-5 * size);
    });
});

it("steps that share a call have the bits of steps one by one, draws and statistics included", async () => {
  const noisy = sequence(linear(6, 8), batchNormalization(8), dropout(0.2), linear(8, 6));
  const noisyProblem = {
    parameters: noisy.parameters,
    data: problem.data,
    loss: (values: Values, { x }: { readonly x: Tensor }, context: Context) =>
      mean(square(subtract(noisy.forward(values, x, context), x)), [0, 1]),
  };
  const start = initialize(noisy.parameters, key(1));
  const pace = (step: number) => ({ rate: 1e-2 / step });
  const taken = async (steps: number, together: number) => {
    using step = await compileStep(noisyProblem, start, {
      optimizer: averaged(adam(), equalWeights(2)),
      batch: 32,
      steps,
    });
    expect(step.together).toBe(together);
    const losses: number[] = [];
    while (losses.length < 2 * 16)
      losses.push(...(await step.run(losses.length + 1, step.together, shuffled(200, 32, key(2)), pace, key(3))));
    const { trained, statistics, slots } = step.state();
    return {
      losses,
      trained: trained.slice(),
      statistics: statistics.slice(),
      slots: slots.map((slot) => slot.slice()),
    };
  };
  const alone = await taken(2999, 1);
  expect(await taken(3000, 8)).toEqual(alone);
  expect(await taken(20_000, 16)).toEqual(alone);
});

it("10,000 steps leave the resident size flat", async () => {
  using step = await compileStep(problem, initialize(net.parameters, key(1)), { optimizer: adam(), batch: 32 });
  const batches = shuffled(200, 32, key(2));
  const go = async (from: number, count: number) => {
    for (let t = from; t < from + count; t++) await step.run(t, 1, batches, () => ({ rate: 1e-3 }), key(3));
  };
  await go(1, 3000);
  const before = resident();
  await go(3001, 10_000);
  expect(resident()).toBeLessThan(1.05 * before);
}, 60_000);

it("disposing of a step frees its memory", async () => {
  const wide = mlp([64, 1024, 1024, 64]);
  const start = initialize(wide.parameters, key(1));
  const data = { x: ndArray("float32", [64, 64], new Float32Array(64 * 64).map(normal(key(2)))) };
  const once = async () => {
    using step = await compileStep(
      {
        parameters: wide.parameters,
        data,
        loss: (values, { x }, context) => mean(square(subtract(wide.forward(values, x, context), x)), [0, 1]),
      },
      start,
      { optimizer: adam(), batch: 64 },
    );
    await step.run(1, 1, shuffled(64, 64, key(3)), () => ({ rate: 1e-3 }), key(4));
  };
  for (let i = 0; i < 15; i++) await once();
  const before = resident();
  for (let i = 0; i < 90; i++) await once();
  // Each holds some 30 MB, so 90 of them would be 2.7 GB. The allocator keeps up to 100 MB, now more, now less.
  expect(resident() - before).toBeLessThan(300e6);
}, 60_000);

/** Resident bytes once JavaScript's own garbage is gone. */
function resident(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().rss;
}

describe("batches", () => {
  it("shuffled: every row once a round, another order each round, any step by itself", () => {
    const at = shuffled(10, 5, key(1));
    const round = (from: number) => [...at(from), ...at(from + 1)].map(Number);
    const first = round(1);
    expect([...first].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(round(3)).not.toEqual(first);
    expect(shuffled(10, 5, key(1))(4)).toEqual(at(4));
  });

  it("with replacement: in range, and a function of the step", () => {
    const at = withReplacement(7, 1000, key(1));
    expect(new Set(at(3))).toEqual(new Set([0n, 1n, 2n, 3n, 4n, 5n, 6n]));
    expect(at(3)).toEqual(at(3));
    expect(at(4)).not.toEqual(at(3));
  });
});
