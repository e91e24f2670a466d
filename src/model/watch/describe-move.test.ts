import { expect, test } from "vitest";
import { describeMove } from "./describe-move.ts";

const still = {
  kind: "numeric" as const,
  missing: { reference: 0, window: 0 },
  spread: null,
  categories: [],
  absentFromReference: [],
  absentShare: 0,
};
const spread = { low: 1, lowerQuarter: 2, median: 3, upperQuarter: 4.5678, high: 6 };

test("numbers: median and middle half; the ends where the middle stands still", () => {
  const moved = { ...spread, median: 5, upperQuarter: 8 };
  expect(describeMove({ ...still, spread: { reference: spread, window: moved } })).toBe(
    "median 3 → 5, middle half 2 to 4.57 → 2 to 8",
  );
  expect(describeMove({ ...still, spread: { reference: spread, window: { ...spread, high: Infinity } } })).toBe(
    "median 3 as before, middle half 2 to 4.57 as before, middle 90 % 1 to 6 → 1 to Infinity",
  );
});

test("times are written as times, in UTC", () => {
  const at = (day: number) => ({ low: day, lowerQuarter: day, median: day, upperQuarter: day, high: day });
  const text = describeMove({ ...still, kind: "timestamp", spread: { reference: at(0), window: at(86_400) } });
  expect(text).toMatch(/^median 1970-01-01 00:00 → 1970-01-02 00:00, /);
});

test("categories: shares that changed, new ones apart; missing last", () => {
  const categories = [
    { category: "tcp", reference: 0.8, window: 0.55 },
    { category: "quic", reference: 0, window: 0.2 },
    { category: "missing", reference: 0, window: 0.05 },
    { category: "udp", reference: 0.2, window: 0.199 },
  ];
  const missing = { reference: 0, window: 0.05 };
  const move = { ...still, kind: "category" as const, categories, missing };
  expect(describeMove({ ...move, absentFromReference: ["quic"], absentShare: 0.2 })).toBe(
    '"tcp" 80 % → 55 %; in no reference row: "quic" (20 % of rows); missing 0 % → 5 %',
  );
});

test("what stands still has nothing to tell; long categories are cut and control characters are written out", () => {
  expect(describeMove(still)).toBe("");
  const long = `${"a".repeat(40)}\u001b`;
  expect(describeMove({ ...still, kind: "category", absentFromReference: [long, "\u001b"], absentShare: 0.1 })).toBe(
    `in no reference row: "${"a".repeat(29)}…", "\\u001b" (10 % of rows)`,
  );
});
