import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Orders, orders, timestamps } from "../../test/portable/orders.ts";
import { openSource } from "../data/index.ts";
import { InputError, Interrupted } from "../errors/index.ts";
import { fit } from "./fit.ts";
import { load, type Model } from "./model.ts";
import type { Row, Scores } from "./scores.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-model-"));
afterAll(() => rmSync(folder, { recursive: true }));

const drawn = orders(2, 50, true);
/** An empty text is a missing one in CSV alone. */
const fresh: Orders = { ...drawn, country: drawn["country"].map((text) => text || null) };
const rows: Row[] = Array.from({ length: 50 }, (_, i) =>
  Object.fromEntries(Object.entries(fresh).map(([name, values]) => [name, values[i]])),
);
let model: Model;

beforeAll(async () => {
  model = await fit(orders(1, 400), { key: 7, detector: "knn", columns: timestamps });
});
afterAll(() => model[Symbol.dispose]());

describe("whatever form rows come in, they score alike", () => {
  let expected: Scores;
  beforeAll(async () => {
    expected = await model.score(fresh);
  });
  const agree = (scores: ArrayLike<number>, pValues: ArrayLike<number>) => {
    for (let i = 0; i < 50; i++) {
      expect(Math.abs(scores[i] / expected.scores[i] - 1)).toBeLessThan(1e-12);
      expect(pValues[i]).toBe(expected.pValues[i]);
    }
  };

  test("rows", async () => {
    const { scores, pValues, flagged } = await model.score(rows);
    agree(scores, pValues);
    expect(flagged).toEqual(expected.flagged);
  });

  test("a row at a time", async () => {
    const each = [];
    for (const row of rows) each.push(await model.score(row));
    agree(
      each.map((s) => s.score),
      each.map((s) => s.pValue),
    );
    expect(each.map((s) => Number(s.flagged))).toEqual([...expected.flagged]);
  });

  test("a stream of rows, and of batches", async () => {
    async function* items() {
      yield rows[0];
      yield rows.slice(1, 8);
      yield [];
      yield rows.slice(8);
    }
    const each = [];
    for await (const scored of model.score(items())) each.push(scored);
    expect(each.map((s) => s.row)).toEqual(rows);
    agree(
      each.map((s) => s.score),
      each.map((s) => s.pValue),
    );
  });

  test.each(["csv", "jsonl", "parquet"])("a file: .%s", async (ending) => {
    const path = join(folder, `rows.${ending}`);
    if (ending === "jsonl") writeFileSync(path, rows.map((row) => JSON.stringify(row, numberText)).join("\n"));
    else {
      using source = await openSource(fresh);
      const quote = path.replaceAll("'", "''");
      await source.relation.database.run(`COPY input TO '${quote}'`);
    }
    const { scores, pValues } = await model.score(path);
    agree(scores, pValues);
  });

  test("the saved file", async () => {
    await model.save(join(folder, "model.onnx"));
    using loaded = await load(join(folder, "model.onnx"));
    const { scores, pValues } = await loaded.score(fresh);
    agree(scores, pValues);
    expect(loaded.manifest).toEqual(model.manifest);
    expect([...loaded.calibration.sorted]).toEqual([...model.calibration.sorted]);
  });

  function numberText(_: string, value: unknown): unknown {
    return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  }
});

describe("values", () => {
  const [row] = rows;

  test("a new category is a value of its own: farther out than a common one, nearer than nothing known", async () => {
    const known = await model.score({ ...row, country: "FR" });
    const unseen = await model.score({ ...row, country: "Atlantis" });
    const other = await model.score({ ...row, country: "Lemuria" });
    expect(unseen.score).toBeGreaterThan(known.score);
    expect(other).toEqual(unseen);
  });

  test("null, undefined and NaN are missing; a text that spells a number is that number", async () => {
    const scores = [];
    for (const weight of [null, undefined, Number.NaN, "", "NA"])
      scores.push((await model.score({ ...row, weight })).score);
    expect(new Set(scores).size).toBe(1);
    expect(await model.score({ ...row, items: "3" })).toEqual(await model.score({ ...row, items: 3 }));
    expect(await model.score({ ...row, items: 3n })).toEqual(await model.score({ ...row, items: 3 }));
    const time = row["placed"] as Date;
    expect(await model.score({ ...row, placed: time.toISOString() })).toEqual(await model.score(row));
    expect(await model.score({ ...row, placed: time.getTime() / 1000 })).toEqual(await model.score(row));
  });

  test.each<[string, unknown, string]>([
    ["text in a number", [{ ...rows[0], amount: "much" }], 'column "amount": row 1: expected a number, got "much"'],
    ["the row is named", [rows[0], rows[1], { ...rows[2], items: "x" }], 'column "items": row 3'],
    ["an object in a category", { ...rows[0], country: {} }, 'column "country": row 1'],
    ["a boolean that is neither", { ...rows[0], express: 2 }, 'column "express": row 1'],
    ["a missing column of a row", without(rows[0], "weight"), '"weight"'],
    ["missing columns", without(without(orders(2, 3), "weight"), "country"), 'expected "weight", "country"'],
    ["columns of two lengths", { ...orders(2, 3), weight: [1] }, 'column "weight": expected 3 values'],
    ["a value among columns", { ...orders(2, 3), weight: 1 }, 'column "weight": expected an array'],
    ["null", null, "score: expected a path, a row, rows, columns"],
    ["a number", 7, "got number"],
    ["a list of lists", [[1, 2]], "row 1: expected an object"],
    ["an integer past 2^53", { ...rows[0], items: 2n ** 60n }, 'column "items"'],
  ])("%s is refused by name", async (_, input, message) => {
    const error = await model.score(input as Row).catch((e) => e);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(message);
  });

  test("in a stream, the row in an error counts from its start", async () => {
    async function* items() {
      yield rows.slice(0, 5);
      yield { ...rows[5], amount: "much" };
    }
    const read = async () => {
      for await (const _ of model.score(items()));
    };
    await expect(read()).rejects.toThrow('column "amount": row 6');
  });

  function without(object: object, name: string): object {
    return Object.fromEntries(Object.entries(object).filter(([other]) => other !== name));
  }
});

describe("rows or columns", () => {
  test("a list under one of the model's columns makes columns, whatever else the object holds", async () => {
    expect((await model.score({ note: "all of them", ...fresh } as unknown as Orders)).rows).toBe(50);
    expect(await model.score({ note: [1, 2], ...rows[0] })).toEqual(await model.score(rows[0]));
  });

  test("no rows: no scores", async () => {
    for (const none of [[], Object.fromEntries(Object.keys(fresh).map((name) => [name, []]))]) {
      const { rows, scores, pValues, flagged, flaggedCount } = await model.score(none);
      expect([rows, scores.length, pValues.length, flagged.length, flaggedCount]).toEqual([0, 0, 0, 0, 0]);
    }
  });
});

describe("an end", () => {
  test("a disposed model says so, whatever it is asked", async () => {
    using opened = await load(model.bytes);
    opened[Symbol.dispose]();
    opened[Symbol.dispose]();
    for (const input of [rows[0], rows, fresh, [], join(folder, "rows.csv")])
      await expect(opened.score(input as Row)).rejects.toThrow("score: the model was disposed of");
    await expect(opened.stream(join(folder, "rows.csv"))).rejects.toThrow("disposed of");
    async function* items() {
      yield rows[0];
    }
    expect(() => opened.score(items())).toThrow("disposed of");
  });

  test("an abort signal stops scoring: Interrupted", async () => {
    const controller = new AbortController();
    controller.abort();
    const { signal } = controller;
    await expect(model.score(fresh, { signal })).rejects.toThrow(Interrupted);
    const output = join(folder, "aborted.csv");
    await expect(model.score(join(folder, "rows.csv"), { signal, output })).rejects.toThrow(Interrupted);
    expect(readdirSync(folder).filter((name) => name.includes("aborted") || name.includes(".part"))).toEqual([]);
  });

  test.each([
    ["no/such/folder/model.onnx", "its folder does not exist"],
    [".", "it is a folder"],
    ["rows.csv/model.onnx", "its folder is a file"],
    [`${"x".repeat(300)}.onnx`, "its name is too long"],
  ])("save to %s is refused, and leaves nothing", async (path, reason) => {
    const before = readdirSync(folder);
    const error = await model.save(join(folder, path)).catch((e) => e);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(reason);
    expect(readdirSync(folder)).toEqual(before);
  });

  test("a name of 250 letters can be written", async () => {
    await model.save(join(folder, "x".repeat(250)));
    rmSync(join(folder, "x".repeat(250)));
  });
});
