import { expect, test } from "vitest";
import { clip, formatTable } from "./text-table.ts";

test("columns are aligned, and lines do not end in spaces", () => {
  const columns = [{ title: "name" }, { title: "rows", align: "right" as const }, { title: "" }];
  const rows = [
    ["a", "1", ""],
    ["long name", "1,000", "x"],
  ];
  expect(formatTable(columns, rows)).toBe(
    ["  name        rows", "  a              1", "  long name  1,000  x"].join("\n"),
  );
});

test("a clipped text is one line with a mark at its end", () => {
  expect(clip("a\nb\tc", 10)).toBe("a b c");
  expect(clip("abcdef", 4)).toBe("abc…");
});
