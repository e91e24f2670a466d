import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Columns, Input } from "../data/index.ts";
import { decode, identity, ndArray, openGraph } from "../graph/index.ts";
import { key, uniform } from "../numeric/index.ts";
import { discover, fit, load, synthesize, tune } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-image-models-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const SIZE = 8;
/** A bar that stands, or lies where it is odd. */
function picture(odd: boolean, u: () => number): number[] {
  return Array.from({ length: SIZE * SIZE }, (_, i) => {
    const place = odd ? Math.floor(i / SIZE) : i % SIZE;
    return Math.floor(40 * u() + (place === 3 || place === 4 ? 200 : 0));
  });
}
const u = uniform(key(1));
const pictures = Array.from({ length: 66 }, (_, i) => picture(i >= 60, u));

beforeAll(async () => {
  for (const name of ["all/good", "all/odd"]) mkdirSync(at(name), { recursive: true });
  for (const [i, pixels] of pictures.entries())
    await sharp(Buffer.from(pixels), { raw: { height: SIZE, width: SIZE, channels: 1 } })
      .toColourspace("b-w")
      .png()
      .toFile(at(`all/${i < 60 ? "good" : "odd"}/${String(i).padStart(2, "0")}.png`));
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  writeFileSync(
    at("rows.jsonl"),
    pictures.map((x, i) => `${JSON.stringify({ id: i, x, what: i < 60 ? "good" : "odd" })}\n`).join(""),
  );
  await connection.run(
    `COPY (SELECT id, x::UTINYINT[] AS x, what FROM read_json('${at("rows.jsonl")}')) TO '${at("rows.parquet")}' (FORMAT parquet)`,
  );
  connection.closeSync();
});

const knn = { key: 1, detector: "knn", options: { scaling: "none" } } as const;
const failure = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error: Error) => `${error.name} ${error.message.replaceAll(folder, "")}`,
  );

describe("nearest images in pixels", () => {
  it("of a folder: distances by hand; a line for each file; the file holds the same", async () => {
    using model = await fit(at("all"), { ...knn, where: "folder = 'good'", calibration: "split" });
    expect(model.manifest).toMatchObject({
      columns: [],
      images: { name: "image", height: SIZE, width: SIZE, channels: 1, resized: false },
      ignored: [{ name: "file" }, { name: "folder" }],
      referenceRows: { rows: 0 },
    });
    const { calibration } = model.manifest.leastFit!;
    expect(calibration.length).toBe(5);
    for (const { row, file } of calibration) expect(file).toBe(`good/${String(row - 1).padStart(2, "0")}.png`);
    await model.save(at("knn.onnx"));
    using loaded = await load(at("knn.onnx"));
    const scored = await loaded.score(at("all"), { output: at("out.csv"), label: "folder", normal: "good" });
    expect(scored.evaluation?.auroc).toBe(1);
    const lines = readFileSync(at("out.csv"), "utf8").trim().split("\n");
    expect(lines[0]).toBe("file,folder,score,p_value,flagged");
    expect(lines.length).toBe(67);
    expect(lines[66]).toMatch(/^odd\/65\.png,odd,/);
    const score = Number(lines[66].split(",")[2]);
    const distance = (a: number[], b: number[]) => Math.hypot(...a.map((x, i) => (x - b[i]) / 255));
    const all = pictures.slice(0, 60).map((normal) => distance(pictures[65], normal));
    expect(all.some((d) => Math.abs(d - score) < 1e-9)).toBe(true);
    expect(score).toBeGreaterThanOrEqual(Math.min(...all) - 1e-9);
    // One input, rows × H × W × C of pixels as they are, for any runtime.
    const { inputs, outputs } = decode(readFileSync(at("knn.onnx")));
    expect(inputs.map(({ shape, dtype }) => [...shape, dtype])).toEqual([["rows", SIZE, SIZE, 1, "float32"]]);
    using session = await openGraph({ score: identity(outputs["score"]) });
    const image = ndArray("float32", [1, SIZE, SIZE, 1], Float32Array.from(pictures[65]));
    expect((await session.run({ image }))["score"].data[0]).toBeCloseTo(score, 9);
  });

  it("of a column of lists: the same scores as of the files", async () => {
    const options = { ...knn, calibration: "split" } as const;
    using files = await fit(at("all"), { ...options, where: "folder = 'good'" });
    using lists = await fit(at("rows.parquet"), { ...options, columns: { x: "image" }, where: "what = 'good'" });
    const [a, b] = [await files.score(at("all")), await lists.score(at("rows.parquet"))];
    expect(
      "scores" in a && "scores" in b && [...a.scores].every((score, i) => Math.abs(score - b.scores[i]) < 1e-9),
    ).toBe(true);
    // A model of lists scores a folder, and the other way round where the names agree.
    const c = await lists.score(at("all"));
    expect("scores" in b && "scores" in c && [...b.scores]).toEqual("scores" in c && [...c.scores]);
  });
});

describe("images in memory", () => {
  const data = Uint8Array.from(pictures.slice(0, 60).flat());
  const nested = (pixels: readonly number[]) =>
    Array.from({ length: SIZE }, (_, y) => pixels.slice(y * SIZE, (y + 1) * SIZE));
  const image = { x: "image" } as const;
  it("rows and columns of H × W arrays, flat ones, typed ones, or one array with its shape: the models of a file", async () => {
    const good = pictures.slice(0, 60);
    const given = { ...knn, calibration: "split", columns: image } as const;
    using file = await fit(at("rows.parquet"), { ...given, where: "what = 'good'" });
    const forms: Input[] = [
      good.map((x) => ({ x: nested(x) })),
      { x: good },
      { x: good.map((x) => Float32Array.from(x)) },
      { x: { shape: [60, SIZE, SIZE], data } },
    ];
    const { scores } = await file.score(at("all"));
    for (const form of forms) {
      using model = await fit(form, given);
      expect(model.manifest.images).toEqual(file.manifest.images);
      expect((await model.score(at("all"))).scores).toEqual(scores);
    }
    const all = { x: { shape: [66, SIZE, SIZE, 1], data: Float64Array.from(pictures.flat()) } };
    for (const form of [all, { x: pictures }, { x: pictures.map(nested) }, pictures.map((x) => ({ x: nested(x) }))])
      expect((await file.score(form as Columns)).scores).toEqual(scores);
    for (const x of [nested(pictures[65]), pictures[65], { shape: [SIZE, SIZE], data: pictures[65] }])
      expect((await file.score({ x })).scores).toEqual(Float64Array.of(scores[65]));
    const rows = async function* () {
      yield { x: pictures[65] };
      yield [{ x: nested(pictures[1]) }, { x: pictures[2] }];
    };
    const streamed: number[] = [];
    for await (const { score } of file.score(rows())) streamed.push(score);
    expect(streamed).toEqual([scores[65], scores[1], scores[2]]);
    const [reason] = await file.explain([{ x: pictures[65] }], { falseAlarmRate: 0.2 });
    expect(reason).toMatchObject({ row: 1, flagged: true, method: "wiped cells" });
    expect(await failure(file.explain([{ x: pictures[65] }], { reference: [] }))).toMatch(/--reference: expected none/);
  });
  it("in color, labelled, not square, as a condition leaves them", async () => {
    const shape = [40, 4, 6, 3];
    const x = { shape, data: Float32Array.from({ length: 40 * 72 }, (_, i) => ((i * 37) % 101) / 100) };
    const what = Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? "odd" : "good"));
    const given = { ...knn, calibration: "split", columns: image, label: "what", normal: "good" } as const;
    using model = await fit({ x, what }, { ...given, where: "len(x) = 4" });
    expect(model.manifest).toMatchObject({ images: { height: 4, width: 6, channels: 3 }, source: { rows: 30 } });
    using flat = await fit(
      what.map((one, i) => ({ what: one, x: x.data.subarray(i * 72, (i + 1) * 72) })),
      { ...given, imageSize: "4x6x3" },
    );
    expect((await flat.score({ x })).scores).toEqual((await model.score({ x })).scores);
  });
  it("others are refused by row and shape", async () => {
    const given = { ...knn, calibration: "split", columns: image } as const;
    using model = await fit({ x: { shape: [60, SIZE, SIZE], data } }, given);
    for (const [input, expected] of [
      [{ x: [pictures[0], pictures[1].slice(1)] }, /column "x": row 2: expected an image of 8 × 8 .*, got lists of 63/],
      [[{ x: pictures[0].map((p, i) => (i === 5 ? Number.NaN : p)) }], /row 1: .*, got numbers that are not/],
      [[{ y: pictures[0] }], /row 1: expected an image of 8 × 8 .*, got none/],
      [
        { y: pictures },
        /columns: expected images of 8 × 8 .* in "x", got no such column; pass \{ "x": \[image, …\] \}/,
      ],
      [{ x: 3 }, /columns: expected images of 8 × 8 .* in "x", got a number/],
      [{ x: { shape: [2, 4, 4], data: pictures[0].slice(32) } }, /row 1: expected an image of 8 × 8 .*, got 4 × 4/],
    ] as const)
      expect(await failure(model.score(input as Columns))).toMatch(expected);
    for (const [input, expected] of [
      [{ x: { shape: [60, SIZE], data } }, /column "x": expected a shape .* got 3840 numbers and shape \[60, 8\]/],
      [{ x: [...pictures.slice(0, 9), [1, 2]] }, /column "x": row 10: expected an image of 8 × 8 .*, got 2 entries/],
      [{ x: [...pictures.slice(0, 9), null] }, /column "x": row 10: expected an image .*, got no list/],
      [{ x: ["a", "b", "c"] }, /column "x": expected lists/],
      [{ x: pictures.map((p) => [...p.slice(1), "a"]) }, /column "x": expected lists of numbers/],
    ] as const)
      expect(await failure(fit(input as Columns, given))).toMatch(expected);
  });
});

it("calibration where a network trains on images: held out unless folds are asked for; 1-NN by folds", async () => {
  const given = { key: 1, where: "folder = 'good'", detector: "autoencoder", options: { steps: 1 } };
  const stages = new Set<string>();
  using network = await fit(at("all"), { ...given, onProgress: ({ stage }) => stages.add(stage) });
  expect(network.manifest.calibration).toMatchObject({ method: "split", rows: 12, learned: 48 });
  expect(stages).not.toContain("calibrate by folds");
  using asked = await fit(at("all"), { ...given, calibration: "cross" });
  expect(asked.manifest.calibration).toMatchObject({ method: "cross", rows: 60, learned: 60 });
  expect(network.manifest.leastFit?.calibration[0].file).toMatch(/^good\/\d\d\.png$/);
  using nameless = await fit(at("all"), { ...given, rows: false });
  expect(nameless.manifest.leastFit?.calibration[0]).not.toHaveProperty("file");
  using pixels = await fit(at("all"), { ...knn, where: "folder = 'good'" });
  expect(pixels.manifest.calibration.method).toBe("cross");
});

it("firm on images: trained, saved, explained by cells that lie as the image does", async () => {
  using model = await fit(at("all"), {
    key: 1,
    detector: "firm",
    options: { score: "fused", imageSteps: 3, imageBatch: 8 },
    label: "folder",
    normal: "good",
    calibration: "split",
  });
  const found = await model.explain(at("all"), { rows: [61, 2], falseAlarmRate: 0.2 });
  const explanations = Array.isArray(found)
    ? found
    : (found as { explanations: readonly { row: number }[] }).explanations;
  expect(explanations).toMatchObject([
    { row: 61, file: "odd/60.png", flagged: true, method: "wiped cells", nearest: [], change: null },
    { row: 2, file: "good/01.png", method: "wiped cells" },
  ]);
  const [{ map, contributions }] = explanations as {
    map: number[][];
    contributions: { contribution: number; column: string }[];
  }[];
  expect([map.length, map[0].length]).toEqual([SIZE, SIZE]);
  expect(contributions.length).toBe(SIZE * SIZE);
  expect(Math.max(...map.flat())).toBe(contributions[0].contribution);
  const top = /^y (\d+), x (\d+)$/.exec(contributions[0].column)!;
  expect(map[Number(top[1]) - 1][Number(top[2]) - 1]).toBe(contributions[0].contribution);
  const highest = await model.explain(at("all"), { top: 3, falseAlarmRate: 0.2 });
  for (const { row, file } of highest.explanations)
    expect(file).toBe(`${row <= 60 ? "good" : "odd"}/${String(row - 1).padStart(2, "0")}.png`);
  const scored = await model.score(at("all"), { output: at("details.csv"), details: true });
  expect(scored.details?.explanations.map(({ file }) => file)).toEqual(
    scored.details?.flagged.map(({ row }) => `${row <= 60 ? "good" : "odd"}/${String(row - 1).padStart(2, "0")}.png`),
  );
  expect(scored.details?.flaggedTable.images?.values.length).toBe(SIZE * SIZE * scored.details!.flagged.length);
});

it("firm's ensemble of views: what any runtime gets from the file is what the library says; a table has no crops", async () => {
  const options = { score: "view-ensemble", imageSteps: 2, imageBatch: 8 };
  using model = await fit(at("all"), { key: 1, detector: "firm", options, label: "folder", normal: "good" });
  const { scores } = await model.score(at("all"));
  using session = await openGraph({ score: identity(decode(model.bytes).outputs["score"]) });
  const image = ndArray("float32", [2, SIZE, SIZE, 1], Float32Array.from([...pictures[65], ...pictures[3]]));
  const got = (await session.run({ image }))["score"].data;
  for (const [i, row] of [65, 3].entries()) expect(Math.abs(Number(got[i]) - scores[row])).toBeLessThan(1e-9);
  const table = { a: Array.from({ length: 40 }, u), b: Array.from({ length: 40 }, u) };
  expect(await failure(fit(table, { key: 1, detector: "firm", options }))).toMatch(
    /^InputError firm: score view-ensemble: expected images, .* got a table; pass --score view-averaged/,
  );
});

describe("refused, and nothing written", () => {
  it.each([
    [
      "a size without images",
      () => fit(at("rows.jsonl"), { ...knn, imageSize: "8x8" }),
      /--image-size: expected images, got a table/,
    ],
    [
      "a detector that needs labels",
      () => fit(at("all"), { key: 1, detector: "logistic", label: "folder", normal: "good" }),
      /--detector: expected one that learns from normal images alone, got logistic/,
    ],
    [
      "columns of a folder",
      () => fit(at("all"), { ...knn, columns: { file: "category" } }),
      /--column: expected none with a folder of images/,
    ],
    [
      "an image that is none",
      () => fit(at("rows.parquet"), { ...knn, columns: { id: "image" } }),
      /column "id": expected lists of numbers, one a row, to be images, got BIGINT/,
    ],
  ])("%s", async (_, work, expected) => {
    expect(await failure(work())).toMatch(expected);
  });

  it("tables for a model of images, images for a model of tables, verbs about columns", async () => {
    using images = await fit(at("all"), { ...knn, where: "folder = 'good'", calibration: "split" });
    using table = await fit(at("rows.parquet"), {
      ...knn,
      calibration: "split",
      columns: { id: "numeric" },
      ignore: ["what", "x"],
    });
    await images.save(at("images.onnx"));
    const score = images.score(at("rows.jsonl"), { output: at("none.csv") });
    expect(await failure(score)).toMatch(/expected images, as the model learned from: .* column "image" of lists/);
    expect(await failure(table.score(at("all"), { output: at("none.csv") }))).toMatch(/expected a table .* got images/);
    expect(existsSync(at("none.csv"))).toBe(false);
    expect(await failure(images.score([{ x: 1 }]))).toMatch(/"image": row 1: expected an image of 8 × 8 .*, got none/);
    expect(await failure(discover(at("all"), { key: 1, reference: at("all") } as never))).toMatch(
      /discover: .* expected a table, got images/,
    );
    expect(await failure(images.watch(at("all")))).toMatch(/watch: the model: expected one that learned from columns/);
    expect(await failure(images.explain(at("all"), { reference: at("all") }))).toMatch(/--reference: expected none/);
    expect(await failure(tune(at("images.onnx"), at("all"), { key: 1 } as never))).toMatch(
      /tune: the model: expected one that learned/,
    );
    expect(await failure(synthesize(at("images.onnx"), { key: 1, rows: 5 } as never))).toMatch(
      /synthesize: the model: expected one/,
    );
  });

  it("another size than the model's", async () => {
    using model = await fit(at("all"), { ...knn, where: "folder = 'good'", calibration: "split", imageSize: "4x4" });
    expect((await model.score(at("all"))).rows).toBe(66); // brought to it
    using fixed = await fit(at("all"), { ...knn, where: "folder = 'good'", calibration: "split" });
    mkdirSync(at("large"), { recursive: true });
    await sharp(at("all/odd/60.png")).resize(9, 9).png().toFile(at("large/one.png"));
    expect(await failure(fixed.score(at("large"), { output: at("none.csv") }))).toMatch(
      /large\/one\.png: expected 8 × 8 pixels, gray, as .*, got 9 × 9/,
    );
    expect(existsSync(at("none.csv"))).toBe(false);
  });
});
