import { describe, expect, test } from "vitest";
import { briefOptions } from "../../test/portable/known.ts";
import { InputError } from "../errors/index.ts";
import { add, max, multiply, sum, type Tensor } from "../graph/index.ts";
import { conformance } from "./conformance.ts";
import type { Detector } from "./detector.ts";
import { detectors } from "./index.ts";
import { mahalanobis } from "./mahalanobis.ts";

describe.each(detectors)("$name", (detector) => {
  const { options } = briefOptions(detector.name);
  for (const { name, check } of conformance(detector, options)) test(name, check, 60_000);
});

test("names on the shelf differ", () => {
  expect(new Set(detectors.map((detector) => detector.name)).size).toBe(detectors.length);
});

/** The names of the checks that a detector fails. */
async function failures(detector: Detector): Promise<string[]> {
  const checks = conformance(detector);
  const failed = await Promise.all(
    checks.map(({ check }) =>
      check().then(
        () => false,
        () => true,
      ),
    ),
  );
  return checks.filter((_, i) => failed[i]).map(({ name }) => name);
}

/** A good detector, with its scores spoiled; `drawn` is a number that no key gave. */
const spoiled = (spoil: (scores: Tensor, x: Tensor, drawn: number) => Tensor): Detector => ({
  ...(mahalanobis as Detector),
  async fit(rows, options, context) {
    const fitted = await (mahalanobis as Detector).fit(rows, options, context);
    const drawn = Math.random();
    return { ...fitted, score: (x) => spoil(fitted.score(x), x, drawn) };
  },
});

describe("a broken detector fails", () => {
  test.each<[string, Detector, string[]]>([
    ["none when it is not broken", mahalanobis as Detector, []],
    [
      "when the score depends on the batch",
      spoiled((scores) => add(scores, max(scores, 0))),
      ["a row's score depends on that row alone: order and batch size change nothing"],
    ],
    [
      "when far is low",
      spoiled((scores) => multiply(scores, -1)),
      ["a point that is far in one column, or in all, scores above the median of normal rows"],
    ],
    [
      "when every row scores the same",
      spoiled((_, x) => multiply(sum(x, 1), 0)),
      ["a point that is far in one column, or in all, scores above the median of normal rows"],
    ],
    [
      "when it draws outside its key",
      spoiled((scores, _, drawn) => add(scores, drawn)),
      ["equal key, equal scores to the bit; another key, still one finite score per row"],
    ],
    [
      "when it writes to its input",
      {
        ...(mahalanobis as Detector),
        fit: (rows, options, context) => {
          const fitted = (mahalanobis as Detector).fit({ ...rows, values: rows.values.slice() }, options, context);
          rows.values[0] = 0;
          return fitted;
        },
      },
      ["its input is not written to"],
    ],
    [
      "when it ignores the signal",
      {
        ...(mahalanobis as Detector),
        fit: (rows, options, { key }) => (mahalanobis as Detector).fit(rows, options, { key, workers: 0 }),
      },
      ["an abort signal interrupts fitting and scoring"],
    ],
    [
      "when it says nothing of what it left out",
      {
        ...(mahalanobis as Detector),
        fit: async (rows, options, context) => ({
          ...(await (mahalanobis as Detector).fit(rows, options, context)),
          rowsUsed: 2,
        }),
      },
      ["how many rows it used is right, and what a cap left out is said in its notes"],
    ],
    [
      "when it refuses without a name",
      {
        ...(mahalanobis as Detector),
        fit: (rows, options, context) =>
          rows.columns === 1
            ? Promise.reject(new InputError("no"))
            : (mahalanobis as Detector).fit(rows, options, context),
      },
      ["one column: handled, or refused by name"],
    ],
  ])("%s", async (_, detector, expected) => {
    expect(await failures(detector)).toEqual(expected);
  });
});
