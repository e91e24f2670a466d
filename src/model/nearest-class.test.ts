import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decode, encode, identity, ndArray, openSession } from "../graph/index.ts";
import { key, normal } from "../numeric/index.ts";
import { fit } from "./fit.ts";
import { readModelFile } from "./load.ts";
import { load, type Model } from "./model.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-nearest-class-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const z = normal(key(1));
const near = (center: readonly number[], count: number, label: string) =>
  Array.from({ length: count }, () => ({ x: center[0] + z(), y: center[1] + z(), label }));
const rows = [...near([0, 0], 120, "ok"), ...near([9, 0], 12, "it's right"), ...near([0, 9], 12, "high")];
const fresh = [
  { x: 9, y: 0.5 },
  { x: 0.1, y: 9.5 },
  { x: 0.2, y: 0.1 },
];

let model: Model;
beforeAll(async () => {
  model = await fit(rows, {
    key: 7,
    detector: "sculpting",
    options: { steps: 20, flowSteps: 20 },
    label: "label",
    normal: "ok",
    calibration: "split",
    workers: 0,
  });
});
afterAll(() => model[Symbol.dispose]());

describe("a model that knows classes names the one that a row is most like", () => {
  test("rows, columns, one row, a stream", async () => {
    const names = ["it's right", "high"];
    expect((await model.score(fresh)).nearestClasses?.slice(0, 2)).toEqual(names);
    const columns = { x: fresh.map(({ x }) => x), y: fresh.map(({ y }) => y) };
    expect((await model.score(columns)).nearestClasses?.slice(0, 2)).toEqual(names);
    expect((await model.score(fresh[1])).nearestClass).toBe("high");
    async function* stream() {
      yield* fresh;
    }
    const seen: (string | undefined)[] = [];
    for await (const { nearestClass } of model.score(stream())) seen.push(nearestClass);
    expect(seen.slice(0, 2)).toEqual(names);
  });

  test("a file: arrays, or a column for flagged rows, with its prefix", async () => {
    const input = join(folder, "fresh.csv");
    writeFileSync(input, `x,y\n${fresh.map(({ x, y }) => `${x},${y}`).join("\n")}\n`);
    const { nearestClasses } = await model.score(input);
    expect(nearestClasses?.slice(0, 2)).toEqual(["it's right", "high"]);
    const output = join(folder, "scored.csv");
    const { flaggedClasses } = await model.score(input, { output, falseAlarmRate: 0.2, prefix: "u_" });
    expect(flaggedClasses).toEqual([
      { name: "high", rows: 1 },
      { name: "it's right", rows: 1 },
    ]);
    const lines = readFileSync(output, "utf8").trim().split("\n");
    expect(lines[0]).toBe("x,y,u_score,u_p_value,u_flagged,u_nearest_class");
    expect(lines.slice(1).map((line) => line.split(",").slice(4).join())).toEqual([
      "true,it's right",
      "true,high",
      "false,",
    ]);
  });

  test("a name that the input has is refused, with --prefix as remedy", async () => {
    const input = join(folder, "taken.csv");
    writeFileSync(input, "x,y,nearest_class\n1,2,a\n");
    await expect(model.score(input, { output: join(folder, "no.csv") })).rejects.toThrow(
      'write: column "nearest_class": expected a free name, got one that the input has; pass --prefix unseen_',
    );
  });

  test("scores are those of the graph without names, bit for bit; saved and loaded, names too", async () => {
    const { score, pValue } = await readModelFile(model.bytes);
    const plain = await fitless(encode({ score, p_value: pValue }), fresh);
    expect([...(await model.score(fresh)).scores]).toEqual(plain);
    using again = await load(model.bytes);
    expect((await again.score(fresh)).nearestClasses).toEqual((await model.score(fresh)).nearestClasses);
    expect(model.manifest.nearestClasses).toEqual(["high", "it's right"]);
  });
});

test("a model without known rows names none, and its file has two outputs", async () => {
  using free = await fit(
    rows.slice(0, 120).map(({ x, y }) => ({ x, y })),
    { key: 7, detector: "sculpting", options: { flowSteps: 20 }, calibration: "split", workers: 0 },
  );
  expect(free.manifest.nearestClasses).toBeNull();
  expect(Object.keys(decode(free.bytes).outputs)).toEqual(["score", "p_value"]);
  expect(await free.score(fresh)).not.toHaveProperty("nearestClasses");
});

test("a file that names classes without computing them is refused, and the other way round", async () => {
  const { outputs, metadata } = decode(model.bytes);
  const { nearest_class: _, ...two } = outputs;
  await expect(load(encode(two, { metadata }))).rejects.toThrow("names other classes than its manifest says");
  const manifest = JSON.stringify({ ...JSON.parse(metadata["unseen"]), nearestClasses: null });
  await expect(load(encode(outputs, { metadata: { ...metadata, unseen: manifest } }))).rejects.toThrow(
    "names other classes than its manifest says",
  );
  const odd = { ...two, nearest_class: identity(two["p_value"]) };
  await expect(load(encode(odd, { metadata }))).rejects.toThrow("computes classes of another shape");
});

/** The scores of rows by a graph alone. */
async function fitless(bytes: Uint8Array, of: readonly { x: number; y: number }[]): Promise<number[]> {
  using session = await openSession(bytes);
  const column = (name: "x" | "y") =>
    ndArray(
      "float64",
      [of.length],
      Float64Array.from(of, (row) => row[name]),
    );
  const { score } = await session.run({ x: column("x"), y: column("y") });
  return [...(score.data as Float64Array)];
}
