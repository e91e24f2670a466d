import { tailFunction } from "../src/detect/index.ts";
import { separationOf } from "../src/detect/meta-learning/average.ts";
import {
  averagePrecision,
  type Key,
  key as keyOf,
  quantileSorted,
  recallAtFalseAlarmRate,
  sample,
} from "../src/numeric/index.ts";
import { ROWS, type RowsOf } from "./meta-learning-trainings.ts";
import type { Measurement } from "./results.ts";
import { f1AtEvenOdds } from "./sculpting-measures.ts";

type Scores = RowsOf<Float64Array>;

/** Scores by training and name, as they were kept. */
export type Kept = (training: string, name: string) => Scores | null;

/** A method of the tables: from which kept scores, and how they become one. */
export interface Method {
  readonly name: string;
  readonly parts: readonly (readonly [training: string, name: string])[];
  readonly fuse: "none" | "max" | "sum";
}

const learned = ["code", "learned"] as const;
const near = ["trees", "base"] as const;
const grown = ["trees", "trees"] as const;

/** Bars first, then the method, its controls, and what was tried to make it better. */
export const METHODS: readonly Method[] = [
  { name: "1-NN, normal rows alone", parts: [near], fuse: "none" },
  { name: "boosted trees on seen families", parts: [grown], fuse: "none" },
  { name: "known-or-new: max of 1-NN and boosted trees", parts: [near, grown], fuse: "max" },
  { name: "max of 1-NN and 60 trees, 1,500 rows a family", parts: [near, ["trees", "sixty trees"]], fuse: "max" },
  { name: "meta-learning, fuse max", parts: [near, learned], fuse: "max" },
  { name: "meta-learning, fuse sum (default)", parts: [near, learned], fuse: "sum" },
  { name: "meta-learning, fuse none (code)", parts: [learned], fuse: "none" },
  { name: "published: paper, fuse none", parts: [["paper", "learned"]], fuse: "none" },
  { name: "paper, fuse sum", parts: [near, ["paper", "learned"]], fuse: "sum" },
  ...[
    "no outer loop",
    "t = 0 held",
    "alpha = 0",
    "no PCGrad",
    "cross-entropy",
    "20 episodes of 150 steps",
    "rate .001",
  ].flatMap((name): Method[] => [
    { name: `${name}, fuse none`, parts: [[name, "learned"]], fuse: "none" },
    { name: `${name}, fuse sum`, parts: [near, [name, "learned"]], fuse: "sum" },
  ]),
  { name: "untrained encoder, 1-NN in z", parts: [["untrained", "latent 1-NN"]], fuse: "none" },
  { name: "tried: mean of the last five scores, fuse none", parts: [["code", "last five"]], fuse: "none" },
  { name: "tried: mean of the last five scores, fuse sum", parts: [near, ["code", "last five"]], fuse: "sum" },
  {
    name: "tried: mean weights of three quarters of the episodes, fuse none",
    parts: [["code", "three quarters"]],
    fuse: "none",
  },
  {
    name: "tried: mean weights of three quarters of the episodes, fuse max",
    parts: [near, ["code", "three quarters"]],
    fuse: "max",
  },
  {
    name: "tried: mean weights of three quarters of the episodes, fuse sum",
    parts: [near, ["code", "three quarters"]],
    fuse: "sum",
  },
  { name: "tried: sum of 1-NN and boosted trees", parts: [near, grown], fuse: "sum" },
  { name: "tried: max of 1-NN, trees and meta-learning", parts: [near, grown, learned], fuse: "max" },
  { name: "tried: sum of 1-NN, trees and meta-learning", parts: [near, grown, learned], fuse: "sum" },
  {
    name: "tried: robust columns, fuse sum",
    parts: [
      ["robust columns", "base"],
      ["robust columns", "learned"],
    ],
    fuse: "sum",
  },
];

/** Scores of a method: one as it is, or several on their tail scales among held-out normal rows; null where one is missing. */
export function fusedScores({ parts, fuse }: Method, kept: Kept): Scores | null {
  const each = parts.map(([training, name]) => kept(training, name));
  if (each.includes(null)) return null;
  const all = each as readonly Scores[];
  if (fuse === "none") return all[0];
  const tails = all.map(({ heldOut }) => tailFunction(heldOut));
  const combine = fuse === "max" ? Math.max : (...values: number[]) => values.reduce((a, b) => a + b);
  const of = (rows: (typeof ROWS)[number]) =>
    all[0][rows].map((_, i) => combine(...all.map((scores, part) => tails[part](scores[rows][i]))));
  return Object.fromEntries(ROWS.map((rows) => [rows, of(rows)])) as unknown as Scores;
}

/** The paper's threshold: of all scores the one from which on, flagged, known rows against normal ones have the best F1. */
export function seenThreshold(normal: Float64Array, known: Float64Array): number {
  const [labels, scores] = labelled(normal, known);
  const order = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]);
  let [hits, best, threshold] = [0, -1, Number.POSITIVE_INFINITY];
  order.forEach((row, i) => {
    hits += labels[row];
    if (scores[order[i + 1]] === scores[row]) return; // ties are flagged together
    const f1 = (2 * hits) / (i + 1 + known.length);
    if (f1 > best) [best, threshold] = [f1, scores[row]];
  });
  return threshold;
}

/** Sub-samples of the larger side, for the balanced average precision. */
const DRAWS = 5;

/**
 * AUROC of rows of the family left out and of known rows against normal ones; at τ_95, the 95 % quantile of held-out normal
 * rows: recall, false alarms, F1 at even odds; the same F1 at the paper's threshold; recall at 1 % of false alarms; average precision where both sides are equally many
 * (the larger one sub-sampled, mean of 5 draws) and as they come, with the share of anomalous rows.
 */
export function measuresOf({ heldOut, normal, known, unseen }: Scores): Measurement {
  const threshold = quantileSorted(heldOut.slice().sort(), 0.95);
  const above = (scores: Float64Array) => scores.filter((s) => s > threshold).length / scores.length;
  const [recall, falseAlarms] = [above(unseen), above(normal)];
  const seen = seenThreshold(heldOut, known);
  const from = (scores: Float64Array) => scores.filter((s) => s >= seen).length / scores.length;
  return {
    auroc: separationOf(normal, unseen),
    knownAuroc: separationOf(normal, known),
    recall95: recall,
    falseAlarms95: falseAlarms,
    f1: f1AtEvenOdds(recall, falseAlarms),
    f1Seen: f1AtEvenOdds(from(unseen), from(normal)),
    recallAt1: recallAtFalseAlarmRate(...labelled(normal, unseen), 0.01),
    balancedPrecision: balanced(normal, unseen, keyOf("balanced")),
    precision: averagePrecision(...labelled(normal, unseen)),
    prevalence: unseen.length / (unseen.length + normal.length),
  };
}

function balanced(normal: Float64Array, unseen: Float64Array, key: Key): number {
  const size = Math.min(normal.length, unseen.length);
  const some = (scores: Float64Array, draw: number) =>
    Float64Array.from(sample(key.for(draw), scores.length, size), (at) => scores[at]);
  const each = Array.from({ length: DRAWS }, (_, draw) =>
    averagePrecision(...labelled(some(normal, draw), some(unseen, draw))),
  );
  return each.reduce((a, b) => a + b) / DRAWS;
}

function labelled(normal: Float64Array, anomalous: Float64Array): [Uint8Array, Float64Array] {
  const scores = new Float64Array(normal.length + anomalous.length);
  scores.set(normal);
  scores.set(anomalous, normal.length);
  return [new Uint8Array(scores.length).fill(1, normal.length), scores];
}

/** Numbers as text for a journal, in single precision. */
export function packed(values: Float64Array): string {
  return Buffer.from(Float32Array.from(values).buffer).toString("base64");
}

export function unpacked(text: string): Float64Array {
  const bytes = new Uint8Array(Buffer.from(text, "base64"));
  return Float64Array.from(new Float32Array(bytes.buffer, 0, bytes.length / 4));
}
