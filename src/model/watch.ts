import type { Input } from "../data/index.ts";
import { load } from "./model.ts";
import type { WatchOptions } from "./watch/watch-model.ts";
import type { Watched } from "./watch/watched.ts";

/**
 * Compares a window of rows (a file or glob, rows, or columns; in the order in which they came) with what a model file
 * learned from. `model` is a path or its bytes; an open model has the same as its method.
 *
 * - `columns`: each raw column against the normal rows that the model holds (up to 512 of its calibration rows) or
 *   against `reference`: numbers by the two-sample Kolmogorov–Smirnov distance and the share missing, categories by χ²;
 *   p-values by Holm over all columns, effects in [0, 1] and in the column's unit.
 * - `scores`: a conformal test martingale over the model's scores. Its wealth starts at 1, and reaches 1 / alpha with
 *   probability at most alpha, however long the window, if the window's rows are exchangeable with the calibration
 *   rows. Null for models that are calibrated by groups.
 * - `advice`: what follows, in words.
 *
 * Throws an InputError where the window has other columns, or no rows to compare with are at hand; Interrupted when the
 * signal fires. Cost: one scoring of the window, O(n log n) for each column and for the scores; memory some 100 bytes a
 * row and at most 50,000 rows of each side (of more, as many are drawn by the key). Equal key and rows, equal result.
 *
 * @example
 * const { alarm, advice } = await watch("model.onnx", "today.csv", { alpha: 0.01 });
 */
export async function watch(model: string | Uint8Array, input: Input, options: WatchOptions = {}): Promise<Watched> {
  using opened = await load(model);
  return await opened.watch(input, options);
}
