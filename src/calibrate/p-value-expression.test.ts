import * as fc from "fast-check";
import { expect, it } from "vitest";
import { decode, encode, evaluate, input, ndArray, openGraph } from "../graph/index.ts";
import { calibrationBehind, calibrationOf, conformalPValues, pValueExpression } from "./index.ts";

const score = input("score", "float64", ["rows"]);
const finite = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
const scores = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), finite), { minLength: 1, maxLength: 60 });

it("the expression is conformalPValues, ties and all; the calibration scores can be read back from the file", () => {
  fc.assert(
    fc.property(scores, scores, (normal, others) => {
      const calibration = calibrationOf(normal.map((x) => x + 0));
      const queries = Float64Array.from([...normal, ...others]);
      const p = pValueExpression(calibration)(score);
      const { out } = evaluate({ out: p }, { score: ndArray("float64", [queries.length], queries) });
      expect(out.data).toEqual(conformalPValues(calibration, queries));
      const again = calibrationBehind(decode(encode({ p })).outputs["p"]);
      expect(again.n).toBe(calibration.n);
      expect([...again.sorted]).toEqual([...calibration.sorted].map((x) => x + 0));
    }),
    { numRuns: 200 },
  );
});

it("2,000 calibration scores: ONNX Runtime agrees to the last bit", async () => {
  const calibration = calibrationOf(Array.from({ length: 2000 }, (_, i) => Math.exp(Math.sin(i) * 5)));
  using session = await openGraph({ p: pValueExpression(calibration)(score) });
  const queries = Float64Array.from({ length: 5000 }, (_, i) => Math.exp(Math.sin(i / 2) * 6));
  const { p } = await session.run({ score: ndArray("float64", [5000], queries) });
  expect(p.data).toEqual(conformalPValues(calibration, queries));
});
