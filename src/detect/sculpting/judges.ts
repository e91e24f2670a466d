import { add, divide, less, maximum, multiply, overRows, subtract, type Tensor, where } from "../../graph/index.ts";
import { fitTail } from "../auto/tail.ts";
import type { FitContext } from "../detector.ts";
import type { Sculpted, Views } from "./sculpt.ts";

export const SCORES = ["fused", "flow", "two-stage", "center", "nearest"] as const;
export type ScoreName = (typeof SCORES)[number];

/** The views that are fused: what the embedding says and what the distance says, in equal parts. */
const FUSED = ["flow", "center", "plain"] as const;
const inEqualParts = ([flow, center, plain]: readonly Tensor[]) => add(plain, multiply(add(flow, center), 0.5));

/** From what both stages say of rows to their scores. */
export type Judge = (views: Views) => Tensor;

/** How the named score judges rows. */
export async function judge(name: ScoreName, sculpted: Sculpted, context: FitContext): Promise<Judge> {
  if (name === "fused") return fuse(FUSED, inEqualParts, sculpted, context);
  if (name === "two-stage") return (views) => twoStage(views, sculpted.largestFlow);
  return (views) => views[name];
}

/**
 * Several views as one score: each on the tail scale of normal rows that neither stage saw (the distance to normal rows on
 * that of these rows themselves, left out one by one), and the values combined.
 */
export async function fuse(
  names: readonly (keyof Omit<Views, "anomalousCenter">)[],
  combine: (each: readonly Tensor[]) => Tensor,
  { views, reference, plainLeftOut, chunk }: Sculpted,
  { signal, workers }: FitContext,
): Promise<Judge> {
  const tails: Judge[] = [];
  for (const name of names) {
    const scores =
      name === "plain" ? plainLeftOut : await overRows((x) => views(x)[name], reference, { chunk, signal, workers });
    const tail = fitTail(scores);
    tails.push((views) => tail(views[name]));
  }
  return (views) => combine(tails.map((g) => g(views)));
}

/**
 * The published rule: rows nearer to c_a score `largest` + 1, where `largest` is the largest ℓ of training; the others ℓ, whose
 * part beyond `largest` is drawn into 0 to 1, so that the order stays and no row passes the tie.
 */
export function twoStage({ flow, center, anomalousCenter }: Views, largest: number): Tensor {
  const excess = maximum(subtract(flow, largest), 0);
  const within = add(where(less(flow, largest), flow, largest), divide(excess, add(excess, 1)));
  return where(less(anomalousCenter!, center), largest + 1, within);
}
