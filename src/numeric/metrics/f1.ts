import { InputError } from "../../errors/index.ts";
import { flagCounts } from "./flag-counts.ts";

/**
 * F1 of a rule fixed in advance, in [0, 1]: the harmonic mean of precision (share of anomalous among the flagged) and
 * recall (share of the anomalous that is flagged), 2 hits / (2 hits + false alarms + misses). 0 where no anomalous row
 * is flagged; flagging all rows gives 2 a / (1 + a) with a the share of anomalous rows.
 *
 * Throws where no row is anomalous, and as {@link flagCounts}. O(n).
 */
export function f1(labels: ArrayLike<number>, flags: ArrayLike<number>): number {
  const { anomalies, falseAlarms, hits } = flagCounts("f1", labels, flags);
  if (anomalies === 0)
    throw new InputError("f1: labels: expected anomalous rows, got none; evaluate on data that holds some");
  return (2 * hits) / (hits + falseAlarms + anomalies);
}
