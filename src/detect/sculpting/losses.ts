import {
  add,
  divide,
  maximum,
  minimum,
  multiply,
  rectifier,
  reshape,
  square,
  squareRoot,
  subtract,
  sum,
  type Tensor,
} from "../../graph/index.ts";

/** The margin of both losses: v1 holds centroids apart by it, squared; the hypersphere has it as its squared radius. */
export const MARGIN = 5;

/** α = β: what the spread within a class weighs beside the margin (γ = 1). */
const SPREAD = 0.1;

/** What a distance is kept from 0 by, so that it has a gradient. */
const EPSILON = 1e-12;

/**
 * DCCL, the dual-centroid loss (v1): α mean_{y=0} ‖z − c_b‖² + β mean_{y=1} ‖z − c_a‖² + max(0, m − ‖c_b − c_a‖²), α = β = 0.1.
 *
 * c_b and c_a are the means of the batch, and the gradient flows through them; m = `margin` acts on the squared distance.
 * z: rows × k; y: rows, 0 normal and 1 anomalous → one number. What a class is missing for is 0. Unchanged by moving or
 * turning all z.
 */
export function dualCentroidLoss(z: Tensor, y: Tensor, margin: number = MARGIN): Tensor {
  const [normal, anomalous] = [subtract(1, y), y];
  const [b, a] = [centroid(z, normal), centroid(z, anomalous)];
  const within = (center: Tensor, members: Tensor) =>
    meanOver(sum(square(subtract(z, reshape(center, [1, center.shape[0]]))), 1), members);
  const apart = rectifier(subtract(margin, sum(square(subtract(b, a)), 0)));
  const both = multiply(isPresent(normal), isPresent(anomalous));
  return add(multiply(add(within(b, normal), within(a, anomalous)), SPREAD), multiply(apart, both));
}

/**
 * The hypersphere loss (v2): mean_{y=0} d² + λ mean_{y=1} max(0, M − d)², d = √(‖z − c‖² + 1e-12), with a fixed center c
 * (k numbers), λ = 1 and M² = `margin`.
 *
 * z: rows × k; y: rows, 0 normal and 1 anomalous → one number. What a class is missing for is 0.
 */
export function hypersphereLoss(z: Tensor, y: Tensor, center: Tensor, margin: number = MARGIN): Tensor {
  const d = squareRoot(add(sum(square(subtract(z, center)), 1), EPSILON));
  const outside = square(rectifier(subtract(Math.sqrt(margin), d)));
  return add(meanOver(square(d), subtract(1, y)), meanOver(outside, y));
}

/** The mean of z over the rows of weight 1: rows × k → k. */
function centroid(z: Tensor, members: Tensor): Tensor {
  const weighed = multiply(z, reshape(members, [members.shape[0], 1]));
  return divide(sum(weighed, 0), maximum(sum(members, 0), 1));
}

/** The mean over the rows of weight 1, 0 where there are none. */
function meanOver(values: Tensor, members: Tensor): Tensor {
  return divide(sum(multiply(values, members), 0), maximum(sum(members, 0), 1));
}

/** 1 where a batch has rows of a class, else 0. */
function isPresent(members: Tensor): Tensor {
  return minimum(sum(members, 0), 1);
}
