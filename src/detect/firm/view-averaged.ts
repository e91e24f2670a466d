import { add, divide, type Tensor } from "../../graph/index.ts";
import type { Matrix } from "../../numeric/index.ts";
import { featureScore } from "./scores.ts";

/** Views of rows that are compared with the same normal rows: how a row becomes its feature in each. */
export interface Views {
  readonly encodes: readonly ((x: Tensor) => Tensor)[];
  readonly features: Matrix;
}

/** The mean over all views of `cos-k`, each against features of normal rows: float64 rows × d → rows, in [0, 2]. */
export function viewAveraged(views: readonly Views[], k: number): (x: Tensor) => Tensor {
  const scores = views.flatMap(({ encodes, features }) => {
    const score = featureScore("cos-k", features, k);
    return encodes.map((encode) => (x: Tensor) => score(encode(x)));
  });
  return (x) =>
    divide(
      scores.map((score) => score(x)).reduce((total, one) => add(total, one)),
      scores.length,
    );
}
