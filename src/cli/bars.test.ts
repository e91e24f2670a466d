import { expect, test } from "vitest";
import { bars } from "./bars.ts";

test("counts become bars of eight heights", () => {
  expect(bars([1, 2, 3, 4, 5, 6, 7, 8])).toBe("▁▂▃▄▅▆▇█");
  expect(bars([1000, 1, 0, 500])).toBe("█▁ ▄");
  expect(bars([0, 0])).toBe("  ");
});
