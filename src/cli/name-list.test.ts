import { describe, expect, test } from "vitest";
import { addNames, nameList } from "./name-list.ts";

describe("a list of names", () => {
  test.each([
    ["a", ["a"]],
    ["a,b", ["a", "b"]],
    [" a , b c ", ["a", "b c"]],
    ['"a,b",c', ["a,b", "c"]],
    ['"say ""hi"""', ['say "hi"']],
    ['5" disk', ['5" disk']],
  ])("%s reads as %j", (text, names) => {
    expect(nameList(text, "fit: --ignore")).toEqual(names);
  });

  test("adds to the names that were given before", () => {
    expect(addNames("fit: --ignore")("c", ["a", "b"])).toEqual(["a", "b", "c"]);
  });

  test.each(["", ",", "a,,b", "a,"])("%j is refused, for a name is missing", (text) => {
    expect(() => nameList(text, "fit: --ignore")).toThrow(/^fit: --ignore: expected names with commas/);
  });
});
