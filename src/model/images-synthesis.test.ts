import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { key, uniform } from "../numeric/index.ts";
import { fit, load } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-synthesis-images-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Standing bars of 9 × 8 pixels at one of four places, in noise. */
const u = uniform(key(1));
const bars = (count: number) =>
  Float64Array.from({ length: count * 72 }, (_, i) =>
    Math.floor(40 * u() + (i % 8 === 2 + (Math.floor(i / 72) % 4) ? 200 : 0)),
  );
const given = {
  key: 1,
  detector: "outlier-synthesis",
  columns: { x: "image" },
  calibration: "split",
  options: { score: "fused", imageSteps: 6, latentSteps: 6, classifierSteps: 6, pool: 6000, members: 1 },
} as const;

it("zero-shot synthesis of images: what is saved and loaded scores to the bit as it was fitted", async () => {
  using model = await fit({ x: { shape: [130, 9, 8], data: bars(130) } }, given);
  expect(model.manifest).toMatchObject({
    images: { height: 9, width: 8, channels: 1 },
    detector: { name: given.detector },
  });
  const seen = { x: { shape: [20, 9, 8], data: bars(20) } };
  const { scores, pValues } = await model.score(seen);
  expect(scores.every(Number.isFinite)).toBe(true);
  const path = join(folder, "model.onnx");
  await model.save(path);
  using loaded = await load(path);
  expect(await loaded.score(seen)).toMatchObject({ scores, pValues });
  const [reason] = await loaded.explain([{ x: seen.x.data.subarray(0, 72) }], { falseAlarmRate: 0.5 });
  expect(reason.method).toBe("wiped cells");
});
