import type { Shape, Size } from "./tensor.ts";

/** The shape of an elementwise result, by NumPy's rule: sizes are equal, or one of them is 1. */
export function broadcastShapes(who: string, a: Shape, b: Shape): Size[] {
  const out: Size[] = [];
  const rank = Math.max(a.length, b.length);
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1)
      throw new Error(`${who}: shapes [${a.join(", ")}] and [${b.join(", ")}] do not broadcast`);
    out.push(left === 1 ? right : left);
  }
  return out;
}

/** An axis counted from the front; negative ones count from the end. Throws when there is no such axis. */
export function resolveAxis(who: string, axis: number, rank: number): number {
  const resolved = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(resolved) || resolved < 0 || resolved >= rank)
    throw new Error(`${who}: axis: expected one of ${rank} axes, got ${axis}`);
  return resolved;
}

/** The number behind a size that must be known. */
export function knownSize(who: string, size: Size): number {
  if (typeof size !== "number") throw new Error(`${who}: expected a known size, got the named size "${size}"`);
  return size;
}
