import { counted, percent } from "../../numeric/index.ts";
import type { Averaged } from "./average.ts";
import type { Parts } from "./parts.ts";

/** Sentences on how learning went. */
export function notesOfLearning(
  { learned, heldOut }: Parts,
  averaged: Averaged,
  asked: { readonly episodes: number; readonly steps: number },
): readonly string[] {
  const { innerSteps, outerSteps, activeShare, episodes } = learned;
  const notes: string[] = [];
  if (innerSteps === 0) notes.push("the networks were not trained (steps 0)");
  else
    notes.push(
      `trained for ${counted(episodes, "episode")}: ${innerSteps} inner steps and ${outerSteps} outer ones, in ${percent(activeShare)} of which the margin was not kept`,
    );
  if (innerSteps < asked.steps * asked.episodes)
    notes.push(`rows are few: ${innerSteps} inner steps instead of ${asked.steps * asked.episodes}`);
  if (averaged.by === "scores" && averaged.measured)
    notes.push(
      `the mean of the weights falls behind the networks that it is the mean of (AUROC ${averaged.measured.weights.toFixed(3)} against ${averaged.measured.each.toFixed(3)} on held-out rows of known classes): ${averaged.networks.length} networks score instead`,
    );
  if (heldOut === null)
    notes.push(
      "too few normal rows to hold some out: the learned score is on the scale of rows that it was trained on",
    );
  return notes;
}
