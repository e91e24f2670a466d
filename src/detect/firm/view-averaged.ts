import { add, divide, type Tensor } from "../../graph/index.ts";
import type { Matrix } from "../../numeric/index.ts";
import { featureScore } from "./scores.ts";

/** One view of rows: how a row becomes its feature, and features of normal rows in the same view. */
export interface View {
  readonly encode: (x: Tensor) => Tensor;
  readonly features: Matrix;
}

/** The mean over views of `cos-k`, each against normal rows in the same view: float64 rows × d → rows, in [0, 2]. */
export function viewAveraged(views: readonly View[], k: number): (x: Tensor) => Tensor {
  const scores = views.map(({ encode, features }) => {
    const score = featureScore("cos-k", features, k);
    return (x: Tensor) => score(encode(x));
  });
  return (x) =>
    divide(
      scores.map((score) => score(x)).reduce((total, one) => add(total, one)),
      views.length,
    );
}
