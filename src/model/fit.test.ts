import { beforeAll, describe, expect, test } from "vitest";
import { briefOptions, withKnown } from "../../test/portable/known.ts";
import { orders, timestamps } from "../../test/portable/orders.ts";
import { detectors } from "../detect/index.ts";
import { InputError, Interrupted } from "../errors/index.ts";
import { key, normal, uniform } from "../numeric/index.ts";
import { type FitOptions, fit } from "./fit.ts";
import { readModelFile } from "./load.ts";
import { load } from "./model.ts";

const quick = { key: 7, detector: "mahalanobis", workers: 0 } as const;

/** Options that keep the training of networks short; their fits by folds, eleven each, are those of any detector. */
const brief = (name: string) =>
  detectors.find((detector) => detector.name === name)!.trains
    ? ({ ...briefOptions(name), calibration: "split" } as const)
    : {};

/** `count` columns of 60 normal numbers. */
const numbers = (count: number, rows = 60) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, j) => {
      const z = normal(key(1).for(j));
      return [`c${j}`, Float64Array.from({ length: rows }, z)];
    }),
  );

/** `count` columns of 5 numbers that are no such numbers. */
const far = (count: number) =>
  Object.fromEntries(Object.entries(numbers(count, 5)).map(([name, values]) => [name, values.map((x) => x + 9)]));

async function bytesOf(input: Parameters<typeof fit>[0], options: FitOptions): Promise<Uint8Array> {
  using model = await fit(input, options);
  return model.bytes;
}

describe.each(detectors)("$name", ({ name, holds }) => {
  const { columns: rows, told } = withKnown(name, orders(1, 120), orders(3, 20, true));
  const options = { key: 7, detector: name, columns: timestamps, ...told, ...brief(name) };

  test("equal key and rows, equal bytes; another key, other bytes", async () => {
    const [a, b, c] = [
      await bytesOf(rows, options),
      await bytesOf(rows, { ...options, workers: 0 }),
      await bytesOf(rows, { ...options, key: 8 }),
    ];
    expect(Buffer.compare(a, b)).toBe(0);
    expect(Buffer.compare(a, c)).not.toBe(0);
  });

  test("the file grows with the rows exactly where the detector says that it holds rows", async () => {
    const size = async (rows: number) =>
      (
        await bytesOf(withKnown(name, numbers(20, rows), far(20)).columns, {
          key: 7,
          detector: name,
          ...told,
          ...brief(name),
          calibration: "split",
          ...(holds !== "rows" && { rows: false }),
        })
      ).length;
    const [before, after] = [await size(600), await size(1200)];
    const added = 8 * 20 * 480; // 480 more rows of 20 doubles to learn from
    if (holds === "rows") expect(after - before).toBeGreaterThanOrEqual(added);
    else if (holds === "summaries") expect(after - before).toBeLessThan(added / 4);
  });

  test("rows: false gives a model without any training row, or is refused by name with those that can", async () => {
    const { columns } = withKnown(name, numbers(3));
    const options = { key: 7, detector: name, rows: false, ...told, ...brief(name) };
    if (holds === "rows")
      await expect(fit(columns, options)).rejects.toThrow(
        `fit: --no-rows: ${name} compares with training rows, so its model holds them; pass --detector with one that holds none (isolation-forest, `,
      );
    else expect((await readModelFile(await bytesOf(columns, options))).rows).toBeNull();
  });

  test("an abort signal stops it: Interrupted", async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(fit(rows, { ...options, signal: controller.signal })).rejects.toThrow(Interrupted);
    const later = new AbortController();
    const onProgress = () => later.abort();
    await expect(fit(rows, { ...options, signal: later.signal, onProgress })).rejects.toThrow(Interrupted);
  });
});

describe("reference rows", () => {
  test("at most 512, of those held out, as JSON by column", async () => {
    using model = await fit(orders(1, 3000), { ...quick, columns: timestamps });
    const { manifest, rows } = await readModelFile(model.bytes);
    expect(manifest.calibration).toMatchObject({ method: "split", rows: 600, units: 600, learned: 2400, by: null });
    expect(manifest.referenceRows).toEqual({ rows: 512, heldOut: true, scores: null });
    const columns = JSON.parse(rows!) as Record<string, unknown[]>;
    expect(Object.keys(columns)).toEqual(manifest.columns.map((column) => column.name));
    for (const values of Object.values(columns)) expect(values.length).toBe(512);
    const { scores } = await model.score(columns);
    const held = new Set(model.calibration.sorted);
    expect(scores.filter((score) => held.has(score)).length).toBeGreaterThan(500);
  });

  test("fewer rows than that: all of the calibration rows, and none with rows: false", async () => {
    using some = await fit(orders(1, 100), quick);
    expect(some.manifest.referenceRows).toMatchObject({ rows: 100, heldOut: false });
    expect(some.manifest.referenceRows.scores!.length).toBe(100); // each by a detector that had not seen the row
    using none = await fit(orders(1, 100), { ...quick, rows: false });
    expect(none.manifest.referenceRows).toEqual({ rows: 0, heldOut: false, scores: null });
    const { rows } = await readModelFile(none.bytes);
    expect(rows).toBeNull();
    expect(Buffer.from(none.bytes).includes("card")).toBe(true); // a category is still named: the encoder needs it
    expect(Buffer.from(none.bytes).includes(String(orders(1, 100)["amount"][0]))).toBe(false);
  });
});

describe("tables of any form", () => {
  test.each([
    ["one column", numbers(1)],
    ["300 columns", numbers(300)],
    ["categories alone", { a: text(1), b: text(2) }],
    ["one category", { a: text(1) }],
    ["integers as bigint", { a: integers(1, 0n), b: integers(2, 0n) }],
    ["three rows", { a: [1, 2, 4], b: [3, 5, 9] }],
  ])(
    "%s: fit, load, score, p-values in [1 / (n + 1), 1]",
    async (_, columns) => {
      for (const { name } of detectors) {
        const { columns: rows, told } = withKnown(name, columns);
        using model = await fit(rows, { ...quick, detector: name, ...told, ...brief(name), calibration: "split" });
        using loaded = await load(model.bytes);
        const { scores, pValues } = await loaded.score(columns);
        expect(scores.every(Number.isFinite)).toBe(true);
        const least = 1 / (loaded.calibration.n + 1);
        expect(pValues.every((p) => p >= least && p <= 1)).toBe(true);
      }
    },
    120_000,
  );

  test("integers past 2^53 are refused, or categories", async () => {
    const columns = { a: integers(1, 2n ** 60n), b: integers(2, 0n) };
    await expect(fit(columns, quick)).rejects.toThrow('column "a": expected integers of at most 2^53');
    using model = await fit(columns, { ...quick, columns: { a: "category" } });
    const [known, unknown] = [2n ** 60n + 1n, 2n ** 60n + 999n];
    const { scores } = await model.score({ a: [known, String(known), unknown], b: [1, 1, 1] });
    expect(scores[0]).toBe(scores[1]);
    expect(scores[2]).toBeGreaterThan(scores[0]);
  });

  function text(seed: number): string[] {
    const u = uniform(key(seed));
    return Array.from({ length: 60 }, () => ["red", "green", "blue"][Math.floor(3 * u() * u())]);
  }

  function integers(seed: number, from: bigint): bigint[] {
    const u = uniform(key(seed));
    return Array.from({ length: 60 }, () => from + BigInt(Math.floor(9 * u())));
  }
});

describe("names of columns", () => {
  test.each(
    ["v0", "v1/0", "p_value/0", "constructor", "__proto__", "toString", "length", "rows", "7", "日本 語", 'quo"te']
      .concat(["it's", "two\nlines", " padded ", "🙂", "Score", "flagged", "x; drop table input"])
      .map((name) => [name]),
  )("%j works like any other", async (name) => {
    const { c0, c1 } = numbers(2);
    const kinds = Array.from(c1, (x) => (x > 0 ? "a" : "b"));
    const columns = Object.fromEntries<readonly (number | string)[]>([
      ["before", [...c0]],
      [name, kinds],
      ["10", [...c1]],
      ["9", [...c0]],
    ]);
    using model = await fit(columns, { ...quick, calibration: "split" });
    using loaded = await load(model.bytes);
    const rows = Array.from(c0, (_, i) => Object.fromEntries(Object.entries(columns).map(([n, v]) => [n, v[i]])));
    const byColumns = await loaded.score(columns);
    expect((await loaded.score(rows)).scores).toEqual(byColumns.scores);
    expect((await loaded.score(rows[3])).score).toBeCloseTo(byColumns.scores[3], 12);
    const lacking = Object.fromEntries(Object.entries(columns).filter(([n]) => n !== name));
    await expect(loaded.score(lacking)).rejects.toThrow(JSON.stringify(name));
    await expect(loaded.score([{ before: 1, "10": 2, "9": 3 }])).rejects.toThrow(JSON.stringify(name));
  });

  test.each([
    ["score", "the model's own output has that name"],
    ["p_value", "the model's own output has that name"],
    ["nul\0", "plain text"],
    ["half \ud83d", "plain text"],
  ])("%j is refused by name", async (name, message) => {
    const { c0, c1 } = numbers(2);
    const error = await fit({ [name]: c0, c1 }, quick).catch((e) => e);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(message);
    expect(error.message).toContain(JSON.stringify(name));
  });
});

describe("what is refused", () => {
  const columns = numbers(2);
  test.each<[string, unknown, unknown, string]>([
    ["two rows", { a: [1, 2], b: [3, 5] }, quick, "expected at least 3 normal rows, got 2"],
    ["no rows", [], quick, "expected rows, got none"],
    ["null", null, quick, "fit: expected a path, rows or columns, got null"],
    ["no key", columns, {}, "fit: key: expected a number or a text"],
    ["a key that is not a number", columns, { key: Number.NaN }, "fit: key: expected a number or a text"],
    ["an unknown option", columns, { ...quick, detektor: "knn" }, "fit: detektor: unknown option"],
    ["an unknown detector", columns, { key: 1, detector: "magic" }, detectors.map(({ name }) => name).join(", ")],
    ["an unknown option of the detector", columns, { ...quick, options: { q: 1 } }, "mahalanobis: q: unknown option"],
    ["no calibration", columns, { ...quick, calibration: "none" }, 'expected auto or split or cross, got "none"'],
    ["an unknown column", columns, { ...quick, ignore: ["nope"] }, 'got "nope"'],
    ["nothing to learn from", { a: [1, 1, 1], b: [2, 2, 2] }, quick, '"a" is constant'],
    ["normal without label", columns, { ...quick, normal: "0" }, "pass --label"],
    [
      "label without normal",
      { ...columns, y: integersOf(60) },
      { ...quick, label: "y" },
      "say which of them is normal",
    ],
    ["normal that is not there", { ...columns, y: integersOf(60) }, { ...quick, label: "y", normal: "ok" }, "got ok"],
  ])("%s", async (_, input, options, message) => {
    const error = await fit(input as never, options as never).catch((e) => e);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(message);
  });

  function integersOf(rows: number): number[] {
    return Array.from({ length: rows }, (_, i) => i % 2);
  }
});

describe("labels", () => {
  let manifest: Awaited<ReturnType<typeof fit>>["manifest"];
  const { c0, c1 } = numbers(2);
  const y = Array.from(c0, (_, i) => (i % 3 === 0 ? "attack" : "fine"));

  beforeAll(async () => {
    using model = await fit({ c0, c1, y }, { ...quick, label: "y", normal: "fine" });
    ({ manifest } = model);
  });

  test("only normal rows are learned from, and the label is no input", async () => {
    expect(manifest.source.rows).toBe(40);
    expect(manifest.source).toMatchObject({ label: "y", normal: ["fine"] });
    expect(manifest.columns.map((column) => column.name)).toEqual(["c0", "c1"]);
    const fine = (values: Float64Array) => values.filter((_, i) => i % 3 !== 0);
    using alone = await fit({ c0: fine(c0), c1: fine(c1) }, quick);
    expect(alone.manifest.source.fingerprint).toBe(manifest.source.fingerprint);
  });
});
