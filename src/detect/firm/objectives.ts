import { slice, type Tensor } from "../../graph/index.ts";
import {
  binaryLoss,
  classLoss,
  concatLoss,
  concatTargets,
  leastLoss,
  OUT,
  pairwiseLoss,
  pairwiseTargets,
  type Targets,
  unit,
} from "./losses.ts";

export const LOSSES = ["pairwise", "concat", "nt-xent", "nt-xent-2n", "supcon-binary", "supcon-multi", "bce"] as const;
export type LossName = (typeof LOSSES)[number];

export interface Objective {
  /** Outputs of the head, 2 N rows, those of view 1 first; families: N numbers. */
  readonly loss: (out: Tensor, families: Tensor) => Tensor;
  /** The lowest that the loss can be, and what it is when all rows have one projection; null where that depends on draws. */
  readonly range: { readonly least: number; readonly alike: number } | null;
}

/** The loss of batches of so many normal samples and outliers, in this order. */
export function objectiveOf(
  name: LossName,
  { normals, outliers }: { readonly normals: number; readonly outliers: number },
  temperature: number,
): Objective {
  const samples = normals + outliers;
  const firm = [...new Array<number>(normals).fill(0), ...new Array<number>(outliers).fill(OUT)];
  const alone = firm.map(() => OUT);
  const views = (z: Tensor) => [slice(z, 0, 0, samples), slice(z, 0, samples, 2 * samples)] as const;
  const inPairs = (targets: Targets): Objective => ({
    loss: (out) => pairwiseLoss(...views(unit(out)), targets, temperature),
    range: { least: leastLoss(targets), alike: Math.log(samples) },
  });
  const amongAll = (targets: Targets): Objective => ({
    loss: (out) => concatLoss(unit(out), targets, temperature),
    range: { least: leastLoss(targets), alike: Math.log(2 * samples - 1) },
  });
  switch (name) {
    case "pairwise":
      return inPairs(pairwiseTargets(firm));
    case "nt-xent":
      return inPairs(pairwiseTargets(alone));
    case "concat":
      return amongAll(concatTargets(firm));
    case "nt-xent-2n":
      return amongAll(concatTargets(alone));
    case "supcon-binary":
      return amongAll(concatTargets(firm.map((kind) => (kind === OUT ? 1 : 0))));
    case "supcon-multi":
      return { loss: (out, families) => classLoss(unit(out), families, temperature), range: null };
    case "bce":
      return { loss: (out) => binaryLoss(out, samples, normals), range: { least: 0, alike: Math.LN2 } };
  }
}
