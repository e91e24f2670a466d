import { expect, test } from "vitest";
import { shellWord } from "./shell-word.ts";

test("a word for the shell is quoted only where it needs it", () => {
  expect(shellWord("data/new.csv")).toBe("data/new.csv");
  expect(shellWord("my file.csv")).toBe("'my file.csv'");
  expect(shellWord("it's")).toBe("'it'\\''s'");
});
