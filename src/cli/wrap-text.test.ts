import fc from "fast-check";
import { expect, test } from "vitest";
import { wrapText } from "./wrap-text.ts";

test("wrapped text keeps all words in their order, and no line with two words is too long", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 });
  fc.assert(
    fc.property(words, fc.integer({ min: 5, max: 40 }), (words, width) => {
      const lines = wrapText(words.join(" "), width).split("\n");
      expect(lines.join(" ")).toBe(words.join(" "));
      for (const line of lines) expect(line.length <= width || !line.includes(" ")).toBe(true);
    }),
  );
});

test("the lines after the first are indented, and line ends stay", () => {
  expect(wrapText("one two three\nfour", 7, "  ")).toBe("one two\n  three\n  four");
});
