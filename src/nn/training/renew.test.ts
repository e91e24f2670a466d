import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Interrupted } from "../../errors/index.ts";
import { mean, multiply, ndArray, square, subtract, sum } from "../../graph/index.ts";
import { key } from "../../numeric/index.ts";
import { filled } from "../initializers.ts";
import { gradientDescent } from "../optimizers/gradient-descent.ts";
import { constantRate } from "../schedules.ts";
import { train } from "./train.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-renew-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** ½ (w − x)² with x = the block: at rate 1 a step moves w to x. */
const follow = (steps: number, every: number) => {
  const x = new Float32Array(2);
  const blocks: number[] = [];
  const problem = {
    parameters: { w: { shape: [1], initialize: filled(-1), role: "weight" as const } },
    data: { x: ndArray("float32", [2, 1], x) },
    loss: (
      { w }: { readonly w: Parameters<typeof square>[0] },
      { x }: Readonly<Record<"x", Parameters<typeof square>[0]>>,
    ) => multiply(mean(sum(square(subtract(x, w)), 1), 0), 0.5),
  };
  const options = {
    optimizer: gradientDescent(),
    schedule: constantRate(1),
    steps,
    batch: 2,
    key: key(1),
    renew: {
      every,
      async fill(block: number) {
        blocks.push(block);
        x.fill(block);
      },
    },
  };
  return { problem, options, blocks };
};

describe("data that change while training", () => {
  it("each block of steps sees its own", async () => {
    const { problem, options, blocks } = follow(25, 10);
    const { trained, loss } = await train(problem, options);
    expect(blocks).toEqual([0, 1, 2]);
    expect(trained[0]).toBe(2);
    // The first step of a block has loss ½, the others 0.
    expect(loss).toBeCloseTo(1.5 / 25, 6);
  });

  it("steps that share a call stay within a block", async () => {
    const { problem, options, blocks } = follow(3003, 101);
    const { trained, loss } = await train(problem, options);
    expect(blocks).toEqual(Array.from({ length: 30 }, (_, block) => block));
    expect(trained[0]).toBe(29);
    expect(loss).toBeCloseTo(0.5 / 100, 6);
  });

  it("a run that goes on begins with its block", async () => {
    const path = join(folder, "run");
    const stop = new AbortController();
    const first = follow(25, 10);
    const schedule = (t: number) => {
      if (t === 13) stop.abort();
      return { rate: 0.3 };
    };
    const begun = train(first.problem, { ...first.options, schedule, checkpoint: { path }, signal: stop.signal });
    await expect(begun).rejects.toThrow(Interrupted);
    const again = follow(25, 10);
    const whole = follow(25, 10);
    const options = { schedule: constantRate(0.3) };
    const resumed = await train(again.problem, { ...again.options, ...options, checkpoint: { path } });
    expect(again.blocks).toEqual([1, 2]);
    expect(resumed).toEqual(await train(whole.problem, { ...whole.options, ...options }));
  });
});
