import { estimatePower, type Power, type SparkerOptions, type SparkerResult } from "../../discover/index.ts";
import type { Key, Matrix } from "../../numeric/index.ts";
import type { Features } from "../../prepare/index.ts";
import { prepared } from "../learn.ts";
import type { DiscoverOptions } from "./discover-options.ts";
import type { Encoded } from "./encoded.ts";
import { openBoth, type ReadSamples, readSamples } from "./read-samples.ts";

/** The power at the share asked for, with the rows of a signal where they are given. */
export async function powerOf(
  samples: Encoded,
  read: ReadSamples,
  features: Features,
  result: SparkerResult,
  own: SparkerOptions,
  root: Key,
  options: DiscoverOptions,
): Promise<Power> {
  let signalRows: Matrix | null = null;
  if (options.powerSignal !== undefined) {
    const [source, again] = await openBoth(options.powerSignal, options.reference, { ...options, where: undefined });
    using planted = source;
    using reference = again;
    const given = await readSamples(planted, reference, { ...options, signal: options.signal });
    signalRows = await prepared(features, given.window, {});
    if (given.columns.length !== read.columns.length) throw new Error("discover: columns of the signal differ");
  }
  const { signal, onProgress, powerWindows: windows } = options;
  return estimatePower(samples, result, own, {
    key: root.for("power"),
    share: options.power!,
    signalRows,
    windows,
    signal,
    onProgress,
  });
}
