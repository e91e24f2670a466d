import { checkSignal } from "../../errors/index.ts";
import type { Key } from "../../numeric/index.ts";
import { type Blend, freeWeight } from "./blend.ts";
import { FEWEST_TO_SHOW, type Gain, gainOf } from "./gain.ts";
import { type LeftOut, leaveOutClass, leaveOutFolds, sharesBelow } from "./left-out.ts";
import { MEMBERS, type Pause } from "./members.ts";
import type { TuneRows } from "./tune-rows.ts";

/** What labelled rows that were left out say of tuning. */
export interface Estimate {
  readonly blend: Blend;
  readonly gain: Gain | null;
  readonly auroc: { readonly before: number; readonly after: number } | null;
  readonly classes: readonly { readonly name: string; readonly rows: number; readonly unseen: Gain | null }[];
}

export interface EstimateContext {
  readonly key: Key;
  readonly fuse: Blend["fuse"];
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly stage: string; readonly done: number; readonly total: number }) => void;
}

/** A class of fewer rows than this says nothing of what it is like to be left out; more classes than that cost time. */
const FEWEST_OF_CLASS = 3;
const MOST_CLASSES = 8;

/**
 * What tuning gains on labelled rows that it did not see, and the blend that follows. `classes` names the class of each
 * anomalous row.
 *
 * - One head replaces the mean of three only where it is better than the mean beyond doubt (lower end above 0).
 * - With two or more classes of at least 3 rows, each is left out as a whole; where tuning is then worse beyond doubt
 *   (upper end below 0) on one, the score as it was weighs at least one half.
 *
 * Cost: up to 25 times that of `fitHeads`, and 5 times for each of up to 8 classes.
 */
export async function estimate(
  rows: TuneRows,
  classes: readonly string[],
  context: EstimateContext,
): Promise<Estimate> {
  const { key, fuse, onProgress } = context;
  const plain: Blend = { heads: "mean", fuse, floor: 0.25 };
  const pause = pauseOf(context.signal);
  if (rows.anomalies < 2)
    return {
      blend: plain,
      gain: null,
      auroc: null,
      classes: await unseenClasses(rows, classes, plain, context, pause),
    };
  const leftOut = await leaveOutFolds(rows, key.for("folds"), pause, (done, total) =>
    onProgress?.({ stage: "estimate", done, total }),
  );
  const shares = (blend: Blend | null) => sharesBelow(leftOut, blend, rows.anomalies);
  const heads = rows.anomalies < FEWEST_TO_SHOW ? "mean" : chosenHeads(shares, plain, rows.normals);
  const own = await unseenClasses(rows, classes, plain, context, pause);
  const harmful = own.some(({ unseen }) => unseen !== null && unseen.high < 0);
  const blend: Blend = { ...plain, heads, floor: harmful ? 0.5 : plain.floor };
  const [before, after] = [shares(null), shares(blend)];
  return {
    blend,
    gain: gainOf(
      after.map((share, i) => share - before[i]),
      rows.normals,
    ),
    auroc: { before: mean(before), after: mean(after) },
    classes: own,
  };
}

/** The weight of the label-free tail in the model that learns from all labels. */
export function weightOf({ floor }: Blend, anomalies: number): number {
  return freeWeight(anomalies, floor);
}

export function pauseOf(signal: AbortSignal | undefined): Pause {
  return async () => {
    await new Promise<void>((resolve) => setImmediate(resolve));
    checkSignal(signal, "tune");
  };
}

function chosenHeads(shares: (blend: Blend) => Float64Array, plain: Blend, normals: number): Blend["heads"] {
  const together = shares(plain);
  const gains = MEMBERS.map((heads) => {
    const alone = shares({ ...plain, heads });
    const gain = gainOf(
      alone.map((share, i) => share - together[i]),
      normals,
    );
    return { heads, gain };
  });
  const better = gains.filter(({ gain }) => gain !== null && gain.low > 0);
  better.sort((a, b) => b.gain!.mean - a.gain!.mean);
  return better[0]?.heads ?? "mean";
}

async function unseenClasses(
  rows: TuneRows,
  classes: readonly string[],
  plain: Blend,
  { key, onProgress }: EstimateContext,
  pause: Pause,
): Promise<Estimate["classes"]> {
  const places = new Map<string, number[]>();
  classes.forEach((name, i) => {
    places.set(name, [...(places.get(name) ?? []), i]);
  });
  const large = [...places].filter(([, members]) => members.length >= FEWEST_OF_CLASS);
  large.sort((a, b) => b[1].length - a[1].length);
  const out: { name: string; rows: number; unseen: Gain | null }[] = [];
  for (const [i, [name, members]] of large.entries()) {
    let unseen: Gain | null = null;
    if (large.length > 1 && i < MOST_CLASSES) {
      onProgress?.({ stage: "estimate by classes", done: i, total: Math.min(large.length, MOST_CLASSES) });
      const leftOut = await leaveOutClass(rows, members, key.for("class").for(name), pause);
      const differences = differencesOf(leftOut, plain, rows.anomalies);
      unseen = gainOf(
        members.map((member) => differences[member]),
        rows.normals,
      );
    }
    out.push({ name, rows: members.length, unseen });
  }
  return out;
}

function differencesOf(leftOut: readonly LeftOut[], plain: Blend, anomalies: number): Float64Array {
  const before = sharesBelow(leftOut, null, anomalies);
  return sharesBelow(leftOut, plain, anomalies).map((share, i) => share - before[i]);
}

function mean(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
