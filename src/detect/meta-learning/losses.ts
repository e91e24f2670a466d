import {
  add,
  divide,
  exponential,
  less,
  maximum,
  mean,
  multiply,
  negate,
  rectifier,
  square,
  subtract,
  sum,
  type Tensor,
  where,
} from "../../graph/index.ts";
import { softplus } from "../../nn/index.ts";

/** What the reconstruction weighs beside the cross-entropy. */
const RECONSTRUCTION = 0.1;

/** Kept from 0 by, where a gradient is projected. */
const TINY = 1e-12;

/** m, α and λ_T of the outer loss. */
export interface OuterWeights {
  readonly margin: number;
  readonly alpha: number;
  readonly temperatureDecay: number;
}

export const OUTER: OuterWeights = { margin: 0.5, alpha: 0.1, temperatureDecay: 0.01 };

/**
 * The inner loss: mean y sp(−l) + (1 − y) sp(l) + 0.1 mean (D(z) − x)². l and y (1 normal, 0 anomalous) of rows, D(z) and x
 * rows × d → one number.
 */
export function innerLoss(l: Tensor, y: Tensor, rebuilt: Tensor, x: Tensor): Tensor {
  const entropy = add(multiply(y, softplus(negate(l))), multiply(subtract(1, y), softplus(l)));
  return add(mean(entropy, 0), multiply(mean(square(subtract(rebuilt, x)), [0, 1]), RECONSTRUCTION));
}

/** Rows of a batch that count as normal, and as anomalous: 1 or 0 each; a row that fills up is neither. */
export interface Sides {
  readonly normal: Tensor;
  readonly anomalous: Tensor;
}

/**
 * The outer loss: mean_id sp(−l̃/T) + mean_ood sp(l̃/T) + α max(0, m − gap) + λ_T t², gap = mean_id l̃/T − mean_ood l̃/T, T = e^t.
 * l̃: rows; t: one entry → one number each, and the gap.
 */
export function outerLoss(
  l: Tensor,
  { normal, anomalous }: Sides,
  t: Tensor,
  { margin, alpha, temperatureDecay }: OuterWeights = OUTER,
): { readonly loss: Tensor; readonly gap: Tensor } {
  const cooled = divide(l, exponential(t));
  const gap = subtract(meanOver(cooled, normal), meanOver(cooled, anomalous));
  const entropy = add(meanOver(softplus(negate(cooled)), normal), meanOver(softplus(cooled), anomalous));
  const hinge = multiply(rectifier(subtract(margin, gap)), alpha);
  return { loss: add(add(entropy, hinge), multiply(sum(square(t), 0), temperatureDecay)), gap };
}

/** The mean over the rows that count, 0 where there are none. */
export function meanOver(values: Tensor, members: Tensor): Tensor {
  return divide(sum(multiply(values, members), 0), maximum(sum(members, 0), 1));
}

/**
 * Two gradients without what they take from each other (PCGrad): where G·H < 0, each loses its part along the other, both
 * from the gradients as given; else they stay. Vectors of equal length.
 */
export function projected(g: Tensor, h: Tensor): readonly [Tensor, Tensor] {
  const product = dot(g, h);
  const without = (a: Tensor, b: Tensor) =>
    subtract(a, multiply(b, where(less(product, 0), divide(product, add(dot(b, b), TINY)), 0)));
  return [without(g, h), without(h, g)];
}

function dot(a: Tensor, b: Tensor): Tensor {
  return sum(multiply(a, b), 0);
}
