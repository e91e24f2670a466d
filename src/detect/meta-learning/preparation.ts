import { InputError } from "../../errors/index.ts";
import { gather, int64, maximum, minimum, type Tensor } from "../../graph/index.ts";
import { columnOf, type Matrix } from "../../numeric/index.ts";
import { fitScaling, type ScalingName } from "../../prepare/index.ts";

/** Scaled values are cut at ± this. */
const FAR = 10;

/** Columns as distances take them, and as networks do. */
export interface Preparation {
  /** Scaled and cut at ± 10: float64 rows × d → rows × d. */
  readonly all: (x: Tensor) => Tensor;
  /** The same without the columns that are constant in training: rows × d → rows × `columns`. */
  readonly varying: (x: Tensor) => Tensor;
  readonly columns: number;
}

/** Fits the scaling to training rows, normal and known anomalous ones. Throws an InputError where no column varies. */
export function prepareColumns(scaling: ScalingName, rows: Matrix): Preparation {
  const { forward } = fitScaling(scaling, rows);
  const all = (x: Tensor) => minimum(maximum(forward(x), -FAR), FAR);
  const kept = Array.from({ length: rows.columns }, (_, j) => j).filter((j) => {
    const column = columnOf(rows, j);
    return column.some((value) => value !== column[0]);
  });
  if (kept.length === 0)
    throw new InputError(
      "meta-learning: columns: expected at least one that varies, got only constant ones; fit on other columns",
    );
  const varying = kept.length === rows.columns ? all : (x: Tensor) => gather(all(x), int64(kept), 1);
  return { all, varying, columns: kept.length };
}
