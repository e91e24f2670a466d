import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { InputError, Interrupted } from "../errors/index.ts";
import { auroc, key, type Matrix, matrix, normal, uniform } from "../numeric/index.ts";
import { type OptionsGiven, parseOptions } from "../options/index.ts";
import type { FitContext, Fitted } from "./detector.ts";
import { firm } from "./firm.ts";
import { scoreRows } from "./score-rows.ts";

type Given = OptionsGiven<typeof firm.options>;
const fit = (rows: Matrix, given: Given = {}, context: Partial<FitContext> = {}): Promise<Fitted> =>
  firm.fit(rows, parseOptions("firm", firm.options, given), { key: key(1), workers: 0, ...context });
const cloud = (n: number, d: number, seed: number) =>
  matrix(n, d, Float64Array.from({ length: n * d }, normal(key(seed))));
/** Points of the circle of radius 6. */
const circle = (n: number, seed: number) => {
  const u = uniform(key(seed));
  const angles = Array.from({ length: n }, () => 2 * Math.PI * u());
  return matrix(n, 2, Float64Array.from(angles.flatMap((angle) => [6 * Math.cos(angle), 6 * Math.sin(angle)])));
};
const tells = async (fitted: Fitted, normals: Matrix, odd: Matrix) => {
  const scores = [
    ...(await scoreRows(fitted, normals, { workers: 0 })),
    ...(await scoreRows(fitted, odd, { workers: 0 })),
  ];
  return auroc(
    scores.map((_, i) => (i < normals.rows ? 0 : 1)),
    scores,
  );
};

describe("a cloud of 1,000 rows and a circle around it, 100 steps", () => {
  const learn = (given: Given) => fit(cloud(1000, 2, 2), { score: "cos-k", scaling: "standard", steps: 100, ...given });
  it("cos-k tells them apart, as does the untrained network", async () => {
    // 1.000 to three digits, both.
    expect(await tells(await learn({}), cloud(500, 2, 3), circle(500, 4))).toBeGreaterThan(0.9995);
    expect(await tells(await learn({ steps: 0 }), cloud(500, 2, 3), circle(500, 4))).toBeGreaterThan(0.9995);
  });
  it("with layer normalization the feature is lost, trained or not", async () => {
    expect(await tells(await learn({ normalization: "layer" }), cloud(500, 2, 3), circle(500, 4))).toBeLessThan(0.9);
    const untrained = await learn({ normalization: "layer", steps: 0 });
    expect(await tells(untrained, cloud(500, 2, 3), circle(500, 4))).toBeLessThan(0.75);
  });
});

describe("on 200 rows of 4 columns", () => {
  const rows = cloud(200, 4, 5);
  let fused: Fitted;
  beforeAll(async () => {
    fused = await fit(rows, { score: "fused", steps: 40 });
  });

  it("says what was trained, made and seen", () => {
    expect(fused.rowsUsed).toBe(200);
    expect(fused.notes[0]).toBe("trained for 40 steps");
    expect(fused.notes[1]).toMatch(
      /^made outliers that do not lie among normal rows: subspace \d+.*, ladder .*, shuffle .*, extrapolate .*, box /,
    );
    expect(fused.notes[2]).toMatch(
      /^30 rows set apart are told from made outliers with AUROC 0\.\d{3}, by the untrained network 0\.\d{3}, by the nearest row 0\.\d{3}$/,
    );
  });

  it("fused outranks neither of its views far out", async () => {
    const far = matrix(2, 4, Float64Array.of(0, 0, 0, 0, 50, 0, 0, 0));
    const [near, out] = await scoreRows(fused, far, { workers: 0 });
    expect(out).toBeGreaterThan(near + 1);
  });

  it("equal keys, equal scores to the bit; another key, others", async () => {
    const again = await fit(rows, { score: "fused", steps: 40 });
    expect(await scoreRows(again, rows, { workers: 0 })).toEqual(await scoreRows(fused, rows, { workers: 0 }));
    const other = await fit(rows, { score: "fused", steps: 40 }, { key: key(2) });
    expect(await scoreRows(other, rows, { workers: 0 })).not.toEqual(await scoreRows(fused, rows, { workers: 0 }));
  });

  it("known anomalous rows change the encoder: their like score higher", async () => {
    const moved = matrix(
      20,
      4,
      cloud(20, 4, 6).values.map((x, i) => x * 0.1 + (i % 4 === 0 ? 1.2 : -1.2)),
    );
    const like = matrix(
      50,
      4,
      cloud(50, 4, 7).values.map((x, i) => x * 0.1 + (i % 4 === 0 ? 1.2 : -1.2)),
    );
    const known = { rows: moved, classes: new Array<string>(20).fill("moved") };
    const before = await tells(await fit(rows, { score: "cos-k", steps: 80 }), cloud(200, 4, 8), like);
    const after = await tells(await fit(rows, { score: "cos-k", steps: 80 }, { known }), cloud(200, 4, 8), like);
    expect(after).toBeGreaterThan(before);
    await expect(fit(rows, {}, { known: { ...known, rows: cloud(20, 3, 1) } })).rejects.toThrow(
      "firm: known anomalous rows: expected 4 columns as the normal rows have, got 3",
    );
  });
});

it("an encoder that learned nothing raises an alarm, and fused is then the distance alone", async () => {
  const rows = cloud(120, 3, 9);
  const options = { score: "fused", learningRate: 0, normalization: "layer", steps: 20 } as const;
  const { notes } = await fit(rows, options);
  expect(notes.some((note) => note.startsWith("the encoder is not to be trusted: "))).toBe(true);
  expect(notes.some((note) => note.endsWith("; fused is the distance to the nearest normal row alone"))).toBe(true);
});

it("interrupted and resumed, the same scores to the bit, over blocks of outliers", async () => {
  const folder = mkdtempSync(join(tmpdir(), "unseen-firm-"));
  const rows = cloud(100, 3, 11);
  const checkpoint = join(folder, "run");
  const stop = new AbortController();
  const onProgress = ({ stage, done }: { stage: string; done: number }) => {
    if (stage === "train" && done > 0) stop.abort();
  };
  const given = { steps: 120, rounds: 100, batch: 32 };
  await expect(fit(rows, given, { checkpoint, onProgress, signal: stop.signal })).rejects.toThrow(Interrupted);
  const resumed = await fit(rows, given, { checkpoint });
  expect(await scoreRows(resumed, rows, { workers: 0 })).toEqual(
    await scoreRows(await fit(rows, given), rows, { workers: 0 }),
  );
  rmSync(folder, { recursive: true });
});

it("fewer than 60 rows: none are set apart, and scales come from rows left out one by one", async () => {
  const { notes, score } = await fit(cloud(40, 3, 10), { score: "fused", steps: 20 });
  expect(notes).toContain("too few rows to set some apart: scales are those of training rows, left out one by one");
  expect(score).toBeTypeOf("function");
});

it("a logit is for the loss that trains one", async () => {
  await expect(fit(cloud(80, 2, 1), { score: "logit" })).rejects.toThrow(
    new InputError(
      "firm: score logit: expected loss bce, which alone trains a logit, got pairwise; pass --loss bce or another --score",
    ),
  );
  const fitted = await fit(cloud(200, 2, 2), { score: "logit", loss: "bce", scaling: "standard", steps: 100 });
  expect(await tells(fitted, cloud(100, 2, 3), circle(100, 4))).toBeGreaterThan(0.95);
});
