import type { Model } from "../model.ts";
import type { Gain, Verdict } from "./gain.ts";
import type { MemberName } from "./members.ts";

/** What became of a model and some labelled rows. */
export interface Tuned {
  /**
   * "better": on labelled anomalies left out, beyond what their choice explains. "worse": the same the other way.
   * "not shown": neither; always so with fewer than five labelled anomalies. "nothing to estimate": only normal rows.
   */
  readonly verdict: Verdict;
  /** The tuned model; null where it is worse: the one that was given is better. Dispose of it when done. */
  readonly model: Model | null;
  /**
   * By how much more of the normal rows lie below a labelled anomaly that was left out: estimates the gain in AUROC, with
   * its 95 % interval; null for fewer than two labelled anomalies.
   */
  readonly gain: Gain | null;
  /** The share of left-out normal rows below a left-out anomaly, before and after; null with `gain`. */
  readonly auroc: { readonly before: number; readonly after: number } | null;
  /** Classes of three labelled anomalies or more, and the gain on each when all of it is left out; null for one class. */
  readonly classes: readonly { readonly name: string; readonly rows: number; readonly unseen: Gain | null }[];
  /** Which heads take part, how they are fused with the score as it was, its weight in a mean; null without labelled anomalies. */
  readonly blend: {
    readonly heads: "mean" | MemberName;
    readonly fuse: "mean" | "max";
    readonly weight: number;
  } | null;
  readonly rows: {
    readonly anomalous: number;
    readonly normal: number;
    /** Rows without a mark, and rows equal to a marked one: used for nothing. */
    readonly unmarked: number;
    readonly repeated: number;
    /** Normal rows that were compared with, those labelled included. */
    readonly reference: number;
  };
  /** Labelled normal rows that the model had p ≤ 0.05 for, by their numbers in the input. */
  readonly falseAlarms: readonly { readonly row: number; readonly pValue: number }[];
  /** How the marks were read. */
  readonly reading: string;
  /** What that means, sentence by sentence: the verdict first. */
  readonly sentences: readonly string[];
}
