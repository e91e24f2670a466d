import { overRows } from "../../graph/index.ts";
import { auroc, type Matrix, matrix, midranks, percent, quantileSorted, sortedCopy } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
import type { Classifier } from "./classifier.ts";
import { farOutNote } from "./far-out.ts";
import type { Negatives } from "./negatives.ts";
import type { Synthesis } from "./synthesis.ts";

export interface Made {
  readonly negatives: Negatives | null;
  readonly fresh: Negatives | null;
  readonly classifier: Classifier | null;
  /** Whether rows may be judged by the classifier alone. */
  readonly alone: boolean;
  readonly fit: Matrix;
  readonly held: Matrix | null;
  /** What the classifier sees of rows. */
  readonly inputOf: (rows: { readonly h: Matrix; readonly x: Matrix }) => Matrix | Promise<Matrix>;
}

/** Below these, what is made, and ρ, mean little. */
const [FEW_ACCEPTED, LEAST_CORRELATION] = [0.1, 0.2] as const;
/** A family that is told from normal rows so well teaches nothing more. */
const TRIVIAL = 0.999;

/** Sentences on what was made, how well it is told from normal rows, and what speaks against trusting it. */
export async function notesOf(synthesis: Synthesis, made: Made, context: FitContext): Promise<readonly string[]> {
  const { negatives, fresh, classifier, held } = made;
  const notes: string[] = [];
  if (negatives) {
    const shares = negatives.acceptance.map((one) => `${one.family} ${percent(one.accepted / Math.max(1, one.made))}`);
    notes.push(`made rows that lie outside normal ones: ${shares.join(", ")}`);
    const rare = negatives.acceptance.filter((one) => one.accepted < FEW_ACCEPTED * one.made);
    if (rare.length > 0 || negatives.filled > 0)
      notes.push(
        `${negatives.filled} of ${negatives.h.rows} made rows were taken unseen${rare.length > 0 ? `; hardly any of ${rare.map(({ family }) => family).join(", ")} lie outside normal rows` : ""}`,
      );
    if (negatives.escalations > 0) notes.push(`the push was doubled ${negatives.escalations} times`);
  }
  if (fresh && classifier && held) {
    const { signal, workers } = context;
    const logits = async (rows: Matrix) => overRows(classifier.logit, rows, { signal, workers });
    const normal = await logits(await made.inputOf({ h: synthesis.heldH!, x: held }));
    const other = await logits(await made.inputOf(fresh));
    const told = [...new Set(fresh.families)].map((family) => {
      const own = other.filter((_, i) => fresh.families[i] === family);
      const labels = Uint8Array.from({ length: normal.length + own.length }, (_, i) => (i < normal.length ? 0 : 1));
      return { family, auroc: auroc(labels, [...normal, ...own]) };
    });
    notes.push(
      `fresh made rows told from held-out normal ones, AUROC: ${told.map((one) => `${one.family} ${one.auroc.toFixed(3)}`).join(", ")}`,
    );
    if (told.every((one) => one.auroc >= TRIVIAL))
      notes.push(
        "every family is told from normal rows at a glance: the classifier learned little about real anomalies",
      );
    if (synthesis.outskirts) notes.push(await edgeNote(synthesis, normal));
    const scoreOf = async (x: Matrix) => {
      const { features, size, chunk } = synthesis.description;
      const h = matrix(x.rows, size, await overRows(features, x, { signal, workers, chunk }));
      return logits(await made.inputOf({ h, x }));
    };
    // Pixels are never far out, and a distance beside the logit grows.
    if (made.alone && !context.images)
      notes.push(...(await farOutNote(scoreOf, normal, made.fit, context.key.for("far out"))));
  }
  if (synthesis.outskirts) {
    const distances = await synthesis.near.distances(synthesis.h);
    const correlation = rankCorrelation(synthesis.outskirts.own, distances);
    if (correlation < LEAST_CORRELATION)
      notes.push(
        `the radius of latents has little to do with how far rows lie from others (rank correlation ${correlation.toFixed(2)}): the outskirts may be arbitrary`,
      );
  }
  if (held && synthesis.description.residual) notes.push(...(await residualNote(synthesis, made, context)));
  return notes;
}

/** False alarms among the outermost tenth of held-out normal rows: edges can be normal. */
async function edgeNote({ outskirts, heldH }: Synthesis, scores: Float64Array): Promise<string> {
  const radii = await outskirts!.radii(heldH!);
  const [edge, threshold] = [quantileSorted(sortedCopy(radii), 0.9), quantileSorted(sortedCopy(scores), 0.95)];
  const outer = [...scores.keys()].filter((i) => radii[i] >= edge);
  const alarms = outer.filter((i) => scores[i] > threshold).length;
  return `where 5 % of held-out normal rows are flagged, ${percent(alarms / outer.length)} of their outermost tenth are`;
}

/** Whether rows that the autoencoders did not see are rebuilt worse. */
async function residualNote({ description }: Synthesis, { fit, held }: Made, context: FitContext): Promise<string[]> {
  const { signal, workers } = context;
  const [seen, unseen] = await Promise.all(
    [fit, held!].map((rows) => overRows(description.residual!, rows, { signal, workers, chunk: description.chunk })),
  );
  const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = Math.sqrt(mean(seen.map((value) => (value - mean(seen)) ** 2)));
  if (mean(unseen) - mean(seen) <= deviation) return [];
  return [
    "the autoencoders rebuild rows that they did not see worse by more than a standard deviation: novelty itself may score high; pass --features codes",
  ];
}

function rankCorrelation(a: Float64Array, b: Float64Array): number {
  const [x, y] = [midranks(a), midranks(b)];
  const middle = (a.length + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [dx, dy] = [x[i] - middle, y[i] - middle];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 1;
}
