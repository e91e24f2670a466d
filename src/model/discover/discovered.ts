import type { Combined, Extrapolation, LevelResult, Power, TwoSampleResult } from "../../discover/index.ts";

/** What a window holds that its reference does not, or lacks that it has: the answer of `discover`. */
export interface Discovered {
  readonly window: { readonly source: string; readonly rows: number };
  readonly reference: { readonly source: string; readonly rows: number };
  /** The raw columns that were compared, and those left aside with the reason. */
  readonly columns: readonly string[];
  readonly ignored: readonly { readonly name: string; readonly reason: string }[];
  readonly key: number | string;
  /** Null where only peers were asked. */
  readonly sparker: DiscoveredSparker | null;
  readonly peers: readonly TwoSampleResult[];
  readonly power: Power | null;
  readonly controls: readonly Control[];
  readonly warnings: readonly string[];
  /** What the p-value means and what it rests on. */
  readonly guarantee: readonly string[];
  readonly citations: readonly { readonly text: string; readonly url: string }[];
}

export interface DiscoveredSparker extends Omit<Combined, "levelPValues"> {
  readonly count: number;
  readonly levels: readonly LevelResult[];
  /** The level that the place is read at, from 0. */
  readonly level: number;
  readonly toyKind: { readonly toys: "permute" | "resample"; readonly reason: string };
  /** Statistics of toys, n × C or n × 2 C (joint ones first), for figures. */
  readonly toyStatistics: Float64Array;
  readonly failures: { readonly toys: number; readonly window: number };
  readonly extrapolation: Extrapolation;
  readonly countPValue: number | null;
  readonly kernelCount: number;
  readonly dimension: number | null;
  readonly weight: number;
  readonly referenceRows: number;
  readonly options: Readonly<Record<string, unknown>>;
  /** By what each explains alone, most first. */
  readonly kernels: readonly DiscoveredKernel[];
  readonly surplus: { readonly window: number; readonly model: number; readonly loose: boolean };
  /** Rows of the window that are most unlike the reference, from 1; highest f first. */
  readonly highest: readonly DiscoveredRow[];
  /** Rows of the reference that the window lacks most, from 1. */
  readonly lowest: readonly DiscoveredRow[];
  /** f of every window row: the log of the density ratio, higher is more of the window's. */
  readonly logRatios: Float64Array;
  /** a g of every kernel at every window row, n × M, kernels in the order listed. */
  readonly contributions: Float64Array;
}

export interface DiscoveredRow {
  /** From 1, of the rows read. */
  readonly row: number;
  readonly value: number;
  /** max(0, 1 − e^−f): the chance under the model that the row belongs to the surplus. */
  readonly surplus: number;
}

/** One kernel, in the columns as people have them. */
export interface DiscoveredKernel {
  readonly sign: "excess" | "deficit";
  readonly amplitude: number;
  readonly observed: number;
  readonly expected: number;
  readonly z: number;
  readonly explained: number;
  readonly modeled: number;
  readonly active: boolean;
  /** The stronger kernel that it stands with, by place in the list; null for none. */
  readonly within: number | null;
  readonly nearest: { readonly row: number; readonly widths: number };
  /** Columns in which it stands out most, first the furthest. */
  readonly columns: readonly DiscoveredColumn[];
  readonly rows: readonly DiscoveredRow[];
}

export interface DiscoveredColumn {
  readonly name: string;
  /** The center; a category is the one nearest to it. */
  readonly center: number | string;
  /** One width to either side; null for a category. */
  readonly from: number | null;
  readonly to: number | null;
  /** The mean of the reference in the same units, or its commonest category. */
  readonly usual: number | string;
  /** How far window rows in the kernel are from the reference's mean, in its deviations. */
  readonly shift: number;
}

/** The same test with a part taken away, or on a window where nothing is new. */
export interface Control {
  readonly name: string;
  readonly pValue: number;
  readonly z: number;
  readonly what: string;
}
