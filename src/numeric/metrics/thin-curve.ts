import { InputError } from "../../errors/index.ts";

/**
 * At most `most` of a curve's points in their order, the first and the last among them, evenly spread along the curve:
 * by the length |Δx| + |Δy| walked so far, so that steep parts keep as many points as flat ones. Points are picked,
 * never moved. All of them when there are no more than `most`.
 *
 * `most` ≥ 2, else throws. O(n).
 */
export function thinCurve<T>(
  points: readonly T[],
  most: number,
  place: (point: T) => readonly [number, number],
): readonly T[] {
  if (!(most >= 2)) throw new InputError(`thin curve: most: expected an integer ≥ 2, got ${most}`);
  if (points.length <= most) return points;
  const walked = new Float64Array(points.length);
  for (let i = 1; i < points.length; i++) {
    const [[x, y], [beforeX, beforeY]] = [place(points[i]), place(points[i - 1])];
    walked[i] = walked[i - 1] + Math.abs(x - beforeX) + Math.abs(y - beforeY);
  }
  const last = points.length - 1;
  const picked = [0];
  let point = 0;
  for (let k = 1; k < most - 1; k++) {
    const goal = (k / (most - 1)) * walked[last];
    while (point < last && walked[point] < goal) point++;
    if (point > picked[picked.length - 1] && point < last) picked.push(point);
  }
  return [...picked, last].map((i) => points[i]);
}
