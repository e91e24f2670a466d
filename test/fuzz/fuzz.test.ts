import { expect, test } from "vitest";
import { fuzz } from "./fuzz.ts";

// 1,000 inputs of a fixed seed; `npm run fuzz -- --inputs 50000 --seed 7` looks further.
test("no input ends in anything but success or an InputError", async () => {
  const { counts, findings } = await fuzz({ inputs: 1000, seed: 1 });
  expect(findings).toEqual([]);
  for (const { works, refused } of Object.values(counts)) {
    expect(works).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  }
}, 900_000);
