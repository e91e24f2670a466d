import { cast, greater, multiply, type Tensor, where } from "../../graph/index.ts";
import type { Context, Layer } from "../layer.ts";

type None = Record<never, never>;

/**
 * While training each entry is 0 with probability `rate`, and otherwise divided by 1 − rate, so that its mean stays; the
 * identity afterwards (Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov 2014, in its inverted form). All sizes
 * are known while training. Throws on a rate outside [0, 1).
 */
export function dropout(rate: number): Layer<None> {
  checkRate("dropout", rate);
  return {
    parameters: {},
    forward: (_, x, context) => (isOff(rate, context) ? x : multiply(x, draw("dropout", x, rate, context))),
  };
}

/** As `dropout`, but entries that stay are as they were: for inputs, of which some are missing. */
export function inputDropout(rate: number): Layer<None> {
  checkRate("inputDropout", rate);
  return {
    parameters: {},
    forward: (_, x, context) =>
      isOff(rate, context) ? x : where(greater(draw("inputDropout", x, rate, context), 0), x, 0),
  };
}

/** 1/(1 − rate) or 0 for each entry of x. */
function draw(who: string, x: Tensor, rate: number, context: Context): Tensor {
  if (!isKnown(x.shape))
    throw new Error(`${who}: expected known sizes while training, got [${x.shape.join(", ")}]; fix the batch size`);
  return cast(context.draw(who, x.shape, { keep: 1 - rate }), x.dtype);
}

function isOff(rate: number, context: Context): boolean {
  return rate === 0 || !context.training;
}

function isKnown(shape: Tensor["shape"]): shape is readonly number[] {
  return shape.every((size) => typeof size === "number");
}

function checkRate(who: string, rate: number): void {
  if (!(rate >= 0 && rate < 1)) throw new Error(`${who}: rate: expected 0 ≤ rate < 1, got ${rate}`);
}
