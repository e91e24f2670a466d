import { fitTail } from "../../detect/index.ts";
import {
  add,
  concatenate,
  divide,
  expandDims,
  float64,
  matmul,
  maximum,
  minimum,
  multiply,
  reshape,
  subtract,
  type Tensor,
  treeEnsemble,
} from "../../graph/index.ts";
import type { Blend } from "./blend.ts";
import { freeWeight } from "./blend.ts";
import type { Heads } from "./heads.ts";
import { type Linear, MEMBERS } from "./members.ts";
import { FAR } from "./standardize.ts";

/**
 * The tuned score as an expression of the score as it was (float64 rows) and of the columns that heads look at (float64
 * rows × d): s = w_0 g_0 + (1 − w_0) · mean of the heads' tails, or the larger of g_0 and that; higher is more anomalous.
 */
export function tunedScore(heads: Heads, { heads: taken, fuse, floor }: Blend, score: Tensor, columns: Tensor): Tensor {
  const { standard, members, free, outOfFold, anomalies } = heads;
  const g0 = fitTail(free)(score);
  const scaled = divide(subtract(columns, float64(standard.center)), float64(standard.scale));
  const views = concatenate([minimum(maximum(scaled, -FAR), FAR), expandDims(g0, 1)], 1);
  const rows = score.shape;
  const values = {
    offset: linear(members.offset, views, rows),
    logistic: linear(members.logistic, views, rows),
    boosted: add(reshape(treeEnsemble(views, members.boosted.trees), rows), members.boosted.base),
  };
  const tails = MEMBERS.map((name, k) => ({ name, tail: fitTail(outOfFold[k]), value: values[name] }))
    .filter(({ name }) => taken === "mean" || name === taken)
    .map(({ tail, value }) => tail(value));
  const said = divide(
    tails.reduce((a, b) => add(a, b)),
    tails.length,
  );
  const weight = freeWeight(anomalies, floor);
  const weighed = add(multiply(g0, weight), multiply(said, 1 - weight));
  return fuse === "max" ? maximum(g0, weighed) : weighed;
}

function linear({ weights, intercept }: Linear, views: Tensor, rows: Tensor["shape"]): Tensor {
  return add(reshape(matmul(views, float64(weights, [weights.length, 1])), rows), intercept);
}
