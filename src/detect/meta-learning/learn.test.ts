import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InputError, Interrupted } from "../../errors/index.ts";
import { key, type Matrix, matrix, normal, stackRows } from "../../numeric/index.ts";
import type { Known } from "../detector.ts";
import { meanSnapshot } from "./average.ts";
import type { Snapshot } from "./carried.ts";
import { divided } from "./divide.ts";
import { type LearnOptions, paced } from "./learn.ts";
import { learnParts } from "./parts.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-meta-"));
afterAll(() => rmSync(folder, { recursive: true }));

const gaussian = (n: number, d: number, seed: number, shift = 0): Matrix =>
  matrix(
    n,
    d,
    new Float64Array(n * d).map(normal(key(seed))).map((x) => x + shift),
  );
const rows = gaussian(120, 3, 1);
const known: Known = {
  rows: stackRows(gaussian(20, 3, 2, 4), gaussian(20, 3, 3, -4)),
  classes: Array.from({ length: 40 }, (_, i) => (i < 20 ? "up" : "down")),
};

const small: LearnOptions = { variant: "code", episodes: 2, steps: 2, keep: 1 };
const learnWith = async (options: Partial<LearnOptions> = {}, context: object = {}, given = rows) =>
  (await learnParts(given, known, "standard", { ...small, ...options }, { key: key(7), workers: 0, ...context }))
    .learned;
const same = (a: readonly Snapshot[], b: readonly Snapshot[]) =>
  a.length === b.length &&
  a.every(
    (own, i) =>
      own.t === b[i].t &&
      own.encoder.every((value, at) => value === b[i].encoder[at]) &&
      own.classifier.every((value, at) => value === b[i].classifier[at]),
  );
const equal = (a: Float32Array, b: Float32Array) => a.every((value, i) => value === b[i]);

describe("laws", () => {
  test("the outer loop leaves θ as it is to the bit, and moves φ and t", async () => {
    const [withOuter] = (await learnWith({ episodes: 1, keep: 1 })).snapshots;
    const [without] = (await learnWith({ episodes: 1, keep: 1, outer: false })).snapshots;
    expect(equal(withOuter.encoder, without.encoder)).toBe(true);
    expect(equal(withOuter.classifier, without.classifier)).toBe(false);
    expect([withOuter.t === 0, without.t]).toEqual([false, 0]);
  });

  test("paper: the inner loop leaves φ as it is to the bit, and moves θ", async () => {
    const options = { variant: "paper", episodes: 1, keep: 1, outer: false } as const;
    const [after] = (await learnWith(options)).snapshots;
    const [before] = (await learnWith({ ...options, steps: 0 })).snapshots;
    expect(equal(after.classifier, before.classifier)).toBe(true);
    expect(equal(after.encoder, before.encoder)).toBe(false);
  });

  test("t = 0 stays where it is not learned", async () => {
    expect((await learnWith({ learnsTemperature: false })).snapshots.map(({ t }) => t)).toEqual([0, 0]);
  });

  test("the margin that is not kept pulls φ along: another α, another network", async () => {
    const weights = { margin: 100, alpha: 1, temperatureDecay: 0.01 };
    const { snapshots, activeShare } = await learnWith({ weights });
    expect(activeShare).toBe(1);
    expect(same(snapshots, (await learnWith()).snapshots)).toBe(false);
  });

  test("other values of rows held out change no bit of the networks", async () => {
    const { heldOut } = divided(rows, known, key(7).for("held-out"));
    const held = new Set(Array.from({ length: heldOut!.rows }, (_, i) => heldOut!.values[i * 3]));
    const values = rows.values.slice();
    for (let row = 0; row < rows.rows; row++) if (held.has(values[row * 3])) values.fill(99, row * 3, row * 3 + 3);
    expect(values.filter((value) => value === 99).length).toBe(24 * 3);
    const changed = await learnWith({}, {}, matrix(120, 3, values));
    expect(same(changed.snapshots, (await learnWith()).snapshots)).toBe(true);
  });

  test("the mean of ten equal snapshots is the snapshot; the mean of two is in the middle", async () => {
    const { snapshots } = await learnWith();
    expect(same([meanSnapshot(new Array<Snapshot>(10).fill(snapshots[0]))], [snapshots[0]])).toBe(true);
    const middle = meanSnapshot(snapshots);
    for (const at of [0, 5, 1000])
      expect(middle.encoder[at]).toBeCloseTo((snapshots[0].encoder[at] + snapshots[1].encoder[at]) / 2, 6);
  });
});

test("few rows take no more than forty rounds in all, in episodes of five steps at least", () => {
  const asked = { episodes: 60, steps: 50 };
  expect(paced(asked, 25_000)).toEqual(asked);
  expect(paced(asked, 2560)).toEqual({ episodes: 58, steps: 7 }); // 400 steps in all
  expect(paced(asked, 210)).toEqual({ episodes: 7, steps: 5 });
  expect(paced(asked, 2)).toEqual({ episodes: 4, steps: 5 });
  expect(paced({ episodes: 3, steps: 2 }, 2)).toEqual({ episodes: 3, steps: 2 });
  expect(paced({ episodes: 3, steps: 0 }, 2)).toEqual({ episodes: 0, steps: 0 });
});

describe("checkpoint", () => {
  test("interrupted after an episode and resumed, the same networks to the bit", async () => {
    const options = { episodes: 4, keep: 0.5, steps: 5 };
    const whole = await learnWith(options);
    const path = join(folder, "state");
    const stop = new AbortController();
    const onProgress = ({ done }: { done: number }) => done > 5 && stop.abort();
    await expect(learnWith(options, { checkpoint: path, signal: stop.signal, onProgress })).rejects.toThrow(
      Interrupted,
    );
    expect(existsSync(path)).toBe(true);
    const resumed = await learnWith(options, { checkpoint: path });
    expect(same(resumed.snapshots, whole.snapshots)).toBe(true);
    expect([resumed.outerSteps, resumed.activeShare]).toEqual([whole.outerSteps, whole.activeShare]);
  });

  test("other options, rows or keys refuse it", async () => {
    const path = join(folder, "other");
    await learnWith({}, { checkpoint: path });
    await expect(learnWith({ variant: "paper" }, { checkpoint: path })).rejects.toThrow(
      new InputError(
        `checkpoint: ${path}: expected one of this run, got one of other data, options or key; delete it to start anew, or give another path`,
      ),
    );
    await expect(learnWith({}, { checkpoint: path, key: key(8) })).rejects.toThrow(/got one of other data/);
  });
});
