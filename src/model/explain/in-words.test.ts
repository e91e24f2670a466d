import { describe, expect, test } from "vitest";
import { matrix } from "../../numeric/index.ts";
import type { InputKind } from "../../prepare/index.ts";
import { direction, valueText } from "./in-words.ts";
import { normalRows } from "./normal-rows.ts";

/** What normal rows say of one column of these values. */
function column(kind: InputKind, values: readonly number[], texts: readonly string[] | null = null) {
  const rows = matrix(values.length, 1, Float64Array.from(values));
  return normalRows(rows, [{ name: "x", kind, texts }]).columns[0];
}

const hundred = column(
  "numeric",
  Array.from({ length: 101 }, (_, i) => i / 10),
);

describe("numbers", () => {
  test.each([
    [11, "higher than all of 101 normal rows (typical 0.5 to 9.5)"],
    [-1, "lower than all of 101 normal rows (typical 0.5 to 9.5)"],
    [9.75, "higher than 97 % of normal rows (typical 0.5 to 9.5)"],
    [0.2, "lower than 97 % of normal rows (typical 0.5 to 9.5)"],
    [5, "usual by itself, odd beside the other columns (typical 0.5 to 9.5)"],
    [Number.POSITIVE_INFINITY, "higher than all of 101 normal rows (typical 0.5 to 9.5)"],
    [Number.NaN, "missing, as in no normal row"],
  ])("%d: %s", (value, text) => expect(direction(hundred, value, true)).toBe(text));

  test("what carries nothing is usual", () => {
    expect(direction(hundred, 5, false)).toBe("usual (typical 0.5 to 9.5)");
  });

  test("a constant column", () => {
    const constant = column("numeric", Array(50).fill(7));
    expect(direction(constant, 8, true)).toBe("higher than in all normal rows (always 7)");
    expect(direction(constant, 7, true)).toBe("as in all normal rows");
  });

  test("a column that is mostly missing", () => {
    const sparse = column("numeric", [...Array(98).fill(Number.NaN), 1, 2]);
    expect(direction(sparse, Number.NaN, true)).toBe("missing, as in 98 % of normal rows");
    expect(direction(column("numeric", Array(9).fill(Number.NaN)), 3, true)).toBe("has a value, as no normal row does");
  });

  test("nearly all is not all", () => {
    const many = column(
      "numeric",
      Array.from({ length: 2000 }, (_, i) => i),
    );
    expect(direction(many, 1998.5, true)).toMatch(/^higher than 99\.9 % of normal rows/);
  });
});

test("categories by their shares", () => {
  const protocol = column("category", [...Array(90).fill(0), ...Array(9).fill(1), 2], ["tcp", "udp", "icmp", "gre"]);
  expect(direction(protocol, 3, true)).toBe("a category never seen in normal rows, most often tcp (90 %)");
  expect(direction(protocol, 2, true)).toBe("seen in 1 % of normal rows, most often tcp (90 %)");
  expect(direction(protocol, 0, true)).toBe("usual by itself, odd beside the other columns (90 % of normal rows)");
  expect(direction(protocol, Number.NaN, true)).toBe("missing, as in no normal row");
});

test("truth values and times", () => {
  const flag = column("boolean", [...Array(99).fill(0), 1]);
  expect(direction(flag, 1, true)).toBe("seen in 1 % of normal rows, most often false (99 %)");
  // Mondays at noon, from 5 January 1970 on.
  const noon = column(
    "timestamp",
    Array.from({ length: 20 }, (_, week) => (4 + 7 * week) * 86_400 + 12 * 3600),
  );
  expect(direction(noon, 5 * 86_400 + 3 * 3600, true)).toBe(
    "Tuesday, 3 h UTC: 0 % of normal rows within an hour of that, 0 % on that weekday",
  );
});

test("values as people write them", () => {
  expect(valueText({ kind: "numeric", texts: null }, 0.1)).toBe("0.1");
  expect(valueText({ kind: "numeric", texts: null }, Number.NaN)).toBe("missing");
  expect(valueText({ kind: "boolean", texts: null }, 1)).toBe("true");
  expect(valueText({ kind: "category", texts: ["a", "b"] }, 1)).toBe("b");
  expect(valueText({ kind: "timestamp", texts: null }, 1_706_696_430.5)).toBe("2024-01-31 10:20:30.5");
  expect(valueText({ kind: "timestamp", texts: null }, 1_706_659_200)).toBe("2024-01-31 00:00:00");
  expect(valueText({ kind: "timestamp", texts: null }, Number.POSITIVE_INFINITY)).toBe("Infinity");
});
