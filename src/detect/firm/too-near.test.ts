import { expect, it } from "vitest";
import { fromRows, key } from "../../numeric/index.ts";
import { nearnessTo } from "../outliers/index.ts";

// Golden: distances to the second nearest of six points, by hand.
it("outliers nearer to normal rows than the median of these are refused", async () => {
  const normal = fromRows([
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
    [2, 1],
    [4, 4],
  ]);
  using near = await nearnessTo(normal, { k: 2, key: key(1) });
  expect(near.threshold).toBe(1);
  // Each row left out of its own search: the six order statistics.
  const own = [1, 1, 1, 1, 1.414214, 4.242641];
  for (const [i, expected] of own.entries()) {
    using at = await nearnessTo(normal, { k: 2, quantile: i / 5, key: key(1) });
    expect(at.threshold).toBeCloseTo(expected, 6);
  }
  const made = fromRows([
    [0.5, 0.5],
    [1, 2],
    [2, 2.5],
    [3, 3],
    [4, 3],
  ]);
  const expected = [0.707107, 1.414214, 1.802776, 2.236068, 2.828427];
  (await near.distances(made)).forEach((distance, i) => {
    expect(distance).toBeCloseTo(expected[i], 6);
  });
  expect([...(await near.outside(made))]).toEqual([0, 1, 1, 1, 1]);
});

it("twins: a threshold of 0 refuses nothing", async () => {
  const normal = fromRows(Array.from({ length: 40 }, (_, i) => [i % 2, 0]));
  using near = await nearnessTo(normal, { key: key(1) });
  expect(near.threshold).toBe(0);
  expect([...(await near.outside(fromRows([[0, 0]])))]).toEqual([1]);
});
