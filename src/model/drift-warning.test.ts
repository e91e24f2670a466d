import { expect, test } from "vitest";
import { key, normal, permutation } from "../numeric/index.ts";
import { driftWarnings } from "./drift-warning.ts";

const n = 400;
const draw = (name: string | number) => Float64Array.from({ length: n }, normal(key(name)));
const times = Float64Array.from(permutation(key("times"), n));

test("scores that rise with time are told of, with the share; in whatever order the rows come", () => {
  const scores = draw("rise").map((z, row) => z + times[row] / 50);
  const [text] = driftWarnings(scores, times);
  const share = Number(/half, (\d+) % of the later/.exec(text)?.[1]);
  expect(share).toBeGreaterThan(50);
});

test("200 stable sets say nothing, nor do scores that fall, nor too few rows", () => {
  for (let i = 0; i < 200; i++) expect(driftWarnings(draw(i), times)).toEqual([]);
  expect(
    driftWarnings(
      draw("fall").map((z, row) => z - times[row] / 50),
      times,
    ),
  ).toEqual([]);
  const few = Float64Array.from({ length: 30 }, (_, i) => i);
  expect(driftWarnings(few, few)).toEqual([]);
});
