import { expect, test } from "vitest";
import { formatFacts } from "./facts.ts";

test("facts without a text are left out, and long texts wrap below themselves", () => {
  const facts = formatFacts([["a", "one two three"], ["none"], ["bcd", "x", "y"]], 14, (text) => text);
  expect(facts).toBe(["  a    one two", "       three", "  bcd  x", "       y"].join("\n"));
});
