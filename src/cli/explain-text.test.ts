import { Writable } from "node:stream";
import { expect, test } from "vitest";
import type { Explanation } from "../model/index.ts";
import { explanationsText } from "./explain-text.ts";
import { terminalOf } from "./terminal.ts";

const explanation: Explanation = {
  row: 17,
  score: 12.3456,
  pValue: 0.00123,
  flagged: true,
  method: "occlusion",
  contributions: [
    {
      column: "bytes",
      value: "1234567",
      contribution: 8.123,
      direction: "higher than all of 512 normal rows (typical 0.2 to 4.1)",
    },
    {
      column: "proto\u001b[31mcol",
      value: "udp",
      contribution: 2,
      direction: "seen in 0.4 % of normal rows, most often tcp (83 %)",
    },
    { column: "a", value: "1", contribution: 0.1, direction: "usual (typical 0 to 2)" },
    { column: "b", value: "missing", contribution: -0.35, direction: "missing, as in 10 % of normal rows" },
  ],
  nearest: [{ distance: 0.8123, values: { bytes: "4", "proto\u001b[31mcol": "udp", a: "1", b: "2" } }],
  change: { changes: [{ column: "bytes", from: "1234567", to: "4.1" }], score: 2, pValue: 0.0134, small: true },
};

function textOf(one: Explanation, width: number, columns = 2): string {
  const stdout = Object.assign(new Writable(), { columns: width });
  const terminal = terminalOf({ stdin: process.stdin, stdout, stderr: stdout, env: {} });
  return explanationsText({ explanations: [one], level: 0.01 }, columns, terminal);
}

test("an explanation as people read it, control characters written out", () => {
  expect(textOf(explanation, 100)).toBe(
    `row 17  score 12.3, p 0.00123, flagged (p ≤ 0.01)

  what carries the score (by how far the score falls when values are replaced by normal ones)
    bytes               1234567  8.12 ██████████  higher than all of 512 normal rows (typical 0.2 to
                                                  4.1)
    proto\\u001b[31mcol      udp     2 ██          seen in 0.4 % of normal rows, most often tcp (83
                                                  %)
    2 other columns: −0.25 together

  the smallest change found that makes it normal (p 0.0134)
    bytes  1234567 → 4.1

  the nearest normal rows
              distance    bytes  proto\\u001b[31mcol
    this row            1234567                 udp
    normal       0.812        4                 udp`,
  );
});

test("a narrow terminal has the words below the numbers, and as many columns of normal rows as fit", () => {
  const text = textOf(explanation, 60, 4);
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
  expect(text).toContain("\n      higher than all of 512 normal rows");
});

test("a change of many columns, and none", () => {
  const changes = Array.from({ length: 14 }, (_, j) => ({ column: `x${j}`, from: "1", to: "2" }));
  const large = textOf({ ...explanation, change: { changes, score: 1, pValue: 0.02, small: false } }, 100);
  expect(large).toContain("a change that makes it normal (p 0.02, for none of at most 3 columns was found)");
  expect(large).toContain("    x9   1 → 2\n    and 4 columns more");
  expect(textOf({ ...explanation, change: null }, 100)).toContain("no change was found that makes it normal");
  expect(textOf({ ...explanation, flagged: false, change: null }, 100)).not.toContain("change");
});
