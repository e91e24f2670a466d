import { describe, expect, it } from "vitest";
import { encode, evaluate, openSession } from "../graph/index.ts";
import type { Column, Table } from "../numeric/index.ts";
import { feedsOf, fitFeatures, type InputKind, MISSING_TEXT } from "./index.ts";

const numbers = (name: string, ...values: number[]): Column => ({
  name,
  type: "number",
  values: Float64Array.from(values),
});
const texts = (name: string, ...values: (string | null)[]): Column => ({ name, type: "text", values });
const table = (...columns: Column[]): Table => ({ rows: columns[0].values.length, columns });

function prepare(training: Column, kind: InputKind, queries: Column) {
  const features = fitFeatures(table(training), [{ name: training.name, kind }]);
  const { out } = evaluate({ out: features.matrix }, feedsOf(table(queries)));
  const width = features.names.length;
  const rows = Array.from({ length: out.shape[0] }, (_, i) => [
    ...(out.data as Float64Array).slice(i * width, (i + 1) * width),
  ]);
  return { names: features.names, rows, facts: features.facts[0].facts };
}

describe("numbers", () => {
  it("without missing values in training: one column; a missing value later becomes the median", () => {
    const { names, rows } = prepare(numbers("x", 1, 2, 9), "numeric", numbers("x", 5, Number.NaN));
    expect(names).toEqual(["x"]);
    expect(rows).toEqual([[5], [2]]);
  });

  it("with missing values in training: the median, and a column that marks them", () => {
    const { names, rows, facts } = prepare(numbers("x", 1, Number.NaN, 3), "numeric", numbers("x", Number.NaN, 7));
    expect(names).toEqual(["x", "x is missing"]);
    expect(rows).toEqual([
      [2, 1],
      [7, 0],
    ]);
    expect(facts).toEqual(["1 missing value became the median, 2, with a column that marks them"]);
  });

  it("infinities lie one range beyond what was seen, in training as later", () => {
    const { rows } = prepare(numbers("x", 0, 10, Infinity), "numeric", numbers("x", Infinity, -Infinity, 1e300));
    expect(rows).toEqual([[20], [-10], [1e300]]);
  });

  it("the largest doubles stay finite", () => {
    const { rows } = prepare(numbers("x", -1e308, 1e308), "numeric", numbers("x", Infinity, -Infinity));
    expect(rows.flat().every(Number.isFinite)).toBe(true);
  });
});

it("numbers side by side are one matrix: their values first, then the marks of those with missing ones", () => {
  const raw = table(numbers("a", 1, Number.NaN, 3), numbers("b", 4, 5, 6), numbers("c", Number.NaN, 8, Infinity));
  const features = fitFeatures(
    raw,
    ["a", "b", "c"].map((name) => ({ name, kind: "numeric" as const })),
  );
  expect(features.names).toEqual(["a", "b", "c", "a is missing", "c is missing"]);
  expect([...(evaluate({ out: features.matrix }, feedsOf(raw)).out.data as Float64Array)]).toEqual([
    ...[1, 4, 8, 0, 1],
    ...[2, 5, 8, 1, 0],
    ...[3, 6, 9, 0, 0],
  ]);
  expect(features.facts.map(({ facts }) => facts.length)).toEqual([1, 0, 2]);
});

describe("categories", () => {
  const training = texts("c", "a", "a", "a", "a", "b", "c", null, "");

  it("rarer is larger, no two are equal, unseen is beyond all; the empty text is not a missing one", () => {
    const { rows } = prepare(training, "category", texts("c", "a", "", "b", "c", null, "new", "A"));
    const [a, empty, b, c, missing, unseen, other] = rows.flat();
    expect(a).toBeCloseTo(Math.log(2), 12);
    expect(new Set([a, empty, b, c, missing, unseen]).size).toBe(6);
    for (const rare of [empty, b, c, missing]) expect(rare).toBeGreaterThan(a);
    expect(unseen).toBeGreaterThanOrEqual(Math.max(empty, b, c, missing) + 1);
    expect(other).toBe(unseen);
  });

  it("missing text is unseen where training had none", () => {
    const { rows } = prepare(texts("c", "a", "b"), "category", texts("c", null, "zzz"));
    expect(rows[0]).toEqual(rows[1]);
  });

  it("the reserved value stands for missing, whoever feeds it", () => {
    const { rows } = prepare(training, "category", texts("c", null, MISSING_TEXT));
    expect(rows[0]).toEqual(rows[1]);
  });
});

describe("timestamps", () => {
  const hour = 3600;
  it("midnight is near 23:59, noon is opposite; the same weekday coincides", () => {
    const { names, rows } = prepare(
      numbers("t", 0, 1e9),
      "timestamp",
      numbers("t", 0, 12 * hour, 24 * hour - 60, 7 * 24 * hour),
    );
    expect(names).toHaveLength(4);
    const [midnight, noon, late, nextWeek] = rows;
    expect(midnight[1]).toBeCloseTo(1, 12);
    expect(noon[1]).toBeCloseTo(-1, 12);
    expect(Math.hypot(late[0] - midnight[0], late[1] - midnight[1])).toBeLessThan(0.01);
    nextWeek.forEach((value, i) => {
      expect(value).toBeCloseTo(midnight[i], 9);
    });
  });

  it("a Monday is at the start of the week's circle", () => {
    const monday = Date.UTC(2024, 0, 1) / 1000;
    const { rows } = prepare(numbers("t", 0, 1), "timestamp", numbers("t", monday));
    expect(rows[0][2]).toBeCloseTo(0, 9);
    expect(rows[0][3]).toBeCloseTo(1, 9);
  });
});

it("mixed columns: ONNX Runtime equals the interpreter, in batches of 1 and 5", async () => {
  const raw = table(
    numbers("x", 1, Number.NaN, 3, Infinity, -2),
    texts("c", "a", null, "ü", "", "a"),
    numbers("b", 0, 1, 1, Number.NaN, 0),
    numbers("t", 0, 1e9, Number.NaN, 1.7e9, -5),
  );
  const features = fitFeatures(raw, [
    { name: "c", kind: "category" },
    { name: "x", kind: "numeric" },
    { name: "b", kind: "boolean" },
    { name: "t", kind: "timestamp" },
  ]);
  expect(features.names).toHaveLength(1 + 2 + 2 + 5);
  using session = await openSession(encode({ out: features.matrix }));
  const { out } = await session.run(feedsOf(raw));
  const slow = evaluate({ out: features.matrix }, feedsOf(raw)).out;
  slow.data.forEach((value, i) => {
    expect(out.data[i]).toBeCloseTo(value as number, 12);
  });
});

it("no columns to learn from is an error with a remedy", () => {
  expect(() => fitFeatures(table(numbers("x", 1)), [])).toThrow("expected at least one column to learn from");
});
