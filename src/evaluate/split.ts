/**
 * One division of a table's rows, by their places from 0. No row is in two of the parts, and those in none are not
 * used. Rows equal in every used column are in one part.
 */
export interface Split {
  /** What the split is, such as `held out: DDoS`; "" where there is one. */
  readonly name: string;
  /** Rows taken as normal: learned from and calibrated on. Some are anomalous under `contaminated`. */
  readonly train: Uint32Array;
  /** Anomalous rows that detectors which take labels may learn from. */
  readonly known: Uint32Array;
  /** Rows of both kinds that nothing was learned from. */
  readonly test: Uint32Array;
  /** Further anomalous rows that nothing was learned from: measured by class, and left out of all other measures. */
  readonly apart?: Uint32Array;
}
