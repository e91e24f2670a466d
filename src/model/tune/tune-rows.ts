import type { Matrix } from "../../numeric/index.ts";

/**
 * What tuning works on, a row each: normal rows first, the labelled anomalous ones after them.
 *
 * `free` is s_0, the score of the model as it was; of normal rows the one of a model that had not seen them. `columns`
 * is F, n × d, finite.
 */
export interface TuneRows {
  readonly free: Float64Array;
  readonly columns: Matrix;
  readonly normals: number;
  readonly anomalies: number;
}

/** Places of normal rows, and of anomalous ones, among {@link TuneRows}. */
export interface Chosen {
  readonly normal: readonly number[];
  readonly anomalous: readonly number[];
}

/** All rows. */
export function everyRow({ normals, anomalies }: TuneRows): Chosen {
  return {
    normal: Array.from({ length: normals }, (_, i) => i),
    anomalous: Array.from({ length: anomalies }, (_, i) => normals + i),
  };
}
