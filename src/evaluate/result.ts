/** How well scores and decisions agree with labels, on the test rows of one run; null where it is not defined. */
export interface Measures {
  /** Area under the receiver operating characteristic: 0.5 is chance, 1 is perfect. */
  readonly auroc: number;
  /** Area under precision over recall: the share of anomalies is chance, 1 is perfect. */
  readonly averagePrecision: number;
  /** AUROC over false alarm rates up to 5 %, standardized (McClish): 0.5 is chance, 1 is perfect. */
  readonly partialAuroc: number;
  /** Share of anomalies above the threshold that 1 % (5 %) of the test's normal rows exceed. */
  readonly recallAt1Percent: number;
  readonly recallAt5Percent: number;
  /** Share of the test's normal rows above the threshold that 95 % of anomalies exceed. Lower is better. */
  readonly falseAlarmsAt95Recall: number;
  /** At the rule fixed in advance (a p-value level): F1, share of anomalies found, of normal rows flagged, of flagged rows that are normal. */
  readonly f1: number;
  readonly recall: number;
  readonly falseAlarmRate: number;
  readonly falseDiscoveryProportion: number;
  /** Largest distance between the p-values of the test's normal rows and uniform ones (Kolmogorov–Smirnov): 0 is perfect. */
  readonly pValueDistance: number;
}

/** One class of anomalies in the test rows of one run. */
export interface ClassMeasures {
  readonly name: string;
  readonly rows: number;
  /** Whether rows of this class were known in training. */
  readonly known: boolean;
  /** Against all normal test rows. */
  readonly auroc: number;
  readonly averagePrecision: number;
  readonly recallAt1Percent: number;
  readonly recallAt5Percent: number;
  /** Share found by the rule. */
  readonly recall: number;
}

/** One detector, one split, one key. */
export interface Run {
  /** What the split is, such as `held out: DDoS`; "" where there is one. */
  readonly split: string;
  readonly key: number;
  /** Normal rows learned from and calibrated on, known anomalous rows, test rows. */
  readonly normals: number;
  readonly known: number;
  readonly test: number;
  /** How many of the test rows are anomalous. */
  readonly anomalies: number;
  readonly measures: Measures;
  readonly classes: readonly ClassMeasures[];
  /** Points of the curves, at most some 200, by falling threshold. */
  readonly curves: {
    readonly roc: readonly { readonly falseAlarmRate: number; readonly recall: number }[];
    readonly precision: readonly { readonly recall: number; readonly precision: number }[];
  };
  /** Share of the test's normal rows with p ≤ α, for α = 0.01, 0.05, 0.1, … : what the guarantee promises at most α. */
  readonly pValues: readonly { readonly level: number; readonly share: number }[];
  readonly fitSeconds: number;
  readonly scoreSeconds: number;
  /** Of the model file. */
  readonly bytes: number;
}

/** A mean over runs (splits × keys) with its bootstrap interval. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** A detector over all runs. */
export interface Candidate {
  /** As tables call it: `maf`, `1-NN`, `maf, untrained`. */
  readonly name: string;
  /** Why it is there without being asked for; null for what was asked. */
  readonly control: "nearest neighbor" | "untrained twin" | null;
  readonly detector: string;
  readonly options: Readonly<Record<string, string | number | boolean>>;
  readonly citation: { readonly text: string; readonly url: string } | null;
  readonly runs: readonly Run[];
  readonly mean: Readonly<Record<keyof Measures, Interval>>;
  /** By class of anomaly, over the runs that test it. */
  readonly classes: readonly (ClassMeasures & { readonly runs: number })[];
}

/** One candidate minus another, over the same runs or rows. */
export interface Difference {
  readonly candidate: string;
  readonly minus: string;
  readonly measure: "auroc" | "averagePrecision";
  readonly difference: Interval;
}

/** What `evaluate` found: everything a report shows, as plain data. */
export interface Evaluated {
  readonly version: string;
  readonly protocol: {
    readonly name: string;
    /** What was done, in one or two sentences with the numbers in it. */
    readonly sentence: string;
    readonly options: Readonly<Record<string, string | number | boolean | null>>;
    readonly keys: readonly number[];
    /** The p-value level of the rule, fixed in advance. */
    readonly level: number;
  };
  readonly data: {
    readonly description: string;
    readonly fingerprint: string;
    readonly label: string;
    readonly normal: readonly string[];
    readonly rows: number;
    readonly normals: number;
    readonly classes: readonly { readonly name: string; readonly rows: number }[];
    readonly columns: readonly { readonly name: string; readonly kind: string }[];
    readonly ignored: readonly { readonly name: string; readonly kind: string; readonly reason: string }[];
    /** Rows equal to an earlier one in every used column; they stay on one side of every split. */
    readonly duplicates: number;
    /** Test rows that are nearly equal to a training row, over all runs. */
    readonly nearDuplicates: number;
  };
  readonly candidates: readonly Candidate[];
  readonly differences: readonly Difference[];
  /** What intervals are over: runs (splits × keys), or the test rows where there is one run. */
  readonly intervals: {
    readonly over: "runs" | "test rows";
    /** How they were computed, and what they leave out. */
    readonly sentence: string;
  };
  /** Leaks and other doubts, by name, each with what to do. */
  readonly warnings: readonly string[];
  readonly seconds: number;
}
