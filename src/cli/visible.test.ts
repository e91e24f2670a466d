import { expect, test } from "vitest";
import { formatFacts } from "./facts.ts";
import { formatTable } from "./text-table.ts";
import { visible } from "./visible.ts";

const hidden = "a\u001b[2Kb\rc\u009bd\u202ee\u007f";
const shown = "a\\u001b[2Kb\\u000dc\\u009bd\\u202ee\\u007f";

test("control characters are written out, line ends, tabs and letters of all languages stay", () => {
  expect(visible(hidden)).toBe(shown);
  for (const text of ["a\tb\nc", "größe 🌡 цвет 温度 עברית", ""]) expect(visible(text)).toBe(text);
});

test("tables and facts show what others wrote in that form", () => {
  expect(formatTable([{ title: "x" }], [[hidden]])).toContain(shown);
  expect(formatFacts([["x", hidden]], 80, (text) => text)).toContain(shown);
});
