import { expect, it } from "vitest";
import { z } from "zod";
import { describeOptions, expectation, fromTexts, parseOptions } from "./index.ts";

const schema = z.object({
  k: z.int().min(1).max(50).default(1).describe("Which neighbor."),
  maxRows: z.int().min(2).default(100).describe("Rows kept."),
  share: z.number().min(0).max(1).default(0.5).describe("A share."),
  metric: z.enum(["euclidean", "manhattan"]).default("euclidean").describe("The distance."),
  exact: z.boolean().default(true).describe("Whether exact."),
});

it("defaults are filled in", () => {
  expect(parseOptions("knn", schema, { k: 3 })).toEqual({
    k: 3,
    maxRows: 100,
    share: 0.5,
    metric: "euclidean",
    exact: true,
  });
});

it.each([
  [{ k: 0 }, "knn: k: expected an integer from 1 to 50, got 0"],
  [{ k: 1.5 }, "knn: k: expected an integer from 1 to 50, got 1.5"],
  [{ maxRows: 1 }, "knn: maxRows: expected an integer ≥ 2, got 1"],
  [{ metric: "cosine" }, 'knn: metric: expected euclidean or manhattan, got "cosine"'],
  [{ share: "x" }, 'knn: share: expected a number from 0 to 1, got "x"'],
  [{ neighbours: 3 }, "knn: neighbours: unknown option; expected k, maxRows, share, metric, exact"],
])("%j is refused with a remedy", (given, message) => {
  expect(() => parseOptions("knn", schema, given)).toThrow(message);
});

it("flags, ranges and sentences come from the declaration", () => {
  const [k, maxRows] = describeOptions(schema);
  expect(k).toEqual({
    name: "k",
    flag: "--k",
    type: "integer",
    choices: [],
    minimum: 1,
    maximum: 50,
    open: { minimum: false, maximum: false },
    default: 1,
    sentence: "Which neighbor.",
  });
  expect(maxRows.flag).toBe("--max-rows");
  expect(expectation(maxRows)).toBe("an integer ≥ 2");
});

it.each([
  [z.number().gt(0).lt(1), "a number above 0 and below 1"],
  [z.number().gt(0).max(20), "a number above 0 and ≤ 20"],
  [z.number().lt(0), "a number below 0"],
  [z.number(), "a number"],
])("a bound that is refused itself is told as such", (range, expected) => {
  const [option] = describeOptions(z.object({ share: range.default(0.5).describe("A share.") }));
  expect(expectation(option)).toBe(expected);
});

it("texts of a command line become values; what is no number stays text and is refused later", () => {
  expect(fromTexts(schema, { k: "3", share: "1e-3", metric: "manhattan", exact: "no" })).toEqual({
    k: 3,
    share: 0.001,
    metric: "manhattan",
    exact: false,
  });
  expect(() => parseOptions("knn", schema, fromTexts(schema, { k: "many" }))).toThrow('got "many"');
});
