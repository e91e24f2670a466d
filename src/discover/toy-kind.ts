/** Which toys there are, of how many reference rows, and why. */
export type ToyKind =
  | { readonly toys: "permute"; readonly reason: string }
  | { readonly toys: "resample"; readonly referenceRows: number; readonly reason: string };

/** The pool must be so many times what a toy draws from it. */
const POOL_TIMES = 10;

/**
 * Toys by the sizes of the samples: drawn from the reference where it is ten times what a toy takes and that leaves each
 * toy at least two reference rows a window row; else both samples are dealt anew. `wanted` overrules.
 */
export function toyKind(
  windowRows: number,
  poolRows: number,
  wanted: "auto" | "permute" | "resample",
  mostReference: number,
): ToyKind {
  const referenceRows = Math.min(mostReference, Math.floor(poolRows / POOL_TIMES) - windowRows);
  const allowed = referenceRows >= 2 * windowRows;
  if (wanted === "permute" || (wanted === "auto" && !allowed))
    return {
      toys: "permute",
      reason: "both samples are dealt anew: exact at any size if rows are exchangeable",
    };
  const drawn = allowed ? referenceRows : Math.min(mostReference, poolRows - windowRows);
  return {
    toys: "resample",
    referenceRows: drawn,
    reason: allowed
      ? `windows and references are drawn from ${poolRows} reference rows: exact to order ${((windowRows + drawn) / poolRows).toPrecision(1)}`
      : `windows and references are drawn from ${poolRows} reference rows, fewer than ${POOL_TIMES} times what a toy takes: p-values are too small or too large by an unknown amount`,
  };
}
