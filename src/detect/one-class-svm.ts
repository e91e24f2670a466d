import { z } from "zod";
import { checkSignal, InputError } from "../errors/index.ts";
import { float64, matmul, overRows, reshape, subtract, type Tensor } from "../graph/index.ts";
import {
  columnOf,
  type Matrix,
  matrix,
  type OneClassSolution,
  sample,
  solveOneClass,
  takeRows,
} from "../numeric/index.ts";
import { fitScaling, SCALINGS } from "../prepare/index.ts";
import type { Detector } from "./detector.ts";
import { drawFeatures, featureMap } from "./random-features.ts";

/** The automatic width starts from this over the summed variance of the columns, and is halved so often at most. */
const NARROWEST = 4;
const MOST_HALVINGS = 20;

/** How many standard deviations of the features' noise shall lie between ρ and a far row. */
const CLEAR = 4;

/** Violation of the optimality conditions at which the solver stops, as a share of ‖w‖²: of the result, of a trial. */
const TOLERANCE = 1e-6;
const TRIAL = 1e-3;
const MOST_STEPS = 100_000;

const options = z.object({
  nu: z.number().min(1e-4).max(1).default(0.05).describe("At most this share of the rows learned from scores above 0."),
  gamma: z
    .number()
    .min(0)
    .max(1e6)
    .default(0)
    .describe(
      "Narrowness of the kernel exp(-gamma |x - y|^2) of scaled rows; 0 chooses what the features can resolve.",
    ),
  features: z.int().min(16).max(8192).default(512).describe("How many random features stand for the kernel."),
  scaling: z.enum(SCALINGS).default("standard").describe("How columns are scaled before the kernel is taken."),
  maxRows: z.int().min(2).max(100_000).default(4000).describe("Normal rows learned from, drawn by key."),
});

/**
 * One-class support vector machine on random features: a row is as anomalous as it lies beyond a boundary that
 * leaves a share ν of the training rows outside.
 *
 * Source: Schölkopf et al. 2001, with the features of Rahimi and Recht 2007 for the kernel exp(−γ |x − y|²). Symbols:
 * - φ(x) = √(2/D) cos(W x + b), D features, W ~ N(0, 2γ), b ~ U(0, 2π): see `featureMap`;
 * - w, ρ = arg min ½‖w‖² − ρ + 1/(νn) Σ max(0, ρ − w·φ(x_i)) (eq. 5 and 6): see `solveOneClass`;
 * - score = ρ − w·φ(x): higher is more anomalous, above 0 is outside. At most ν n training rows score above 0, and at
 *   least ν n score 0 or more (proposition 3), but for the solver's tolerance.
 *
 * **Differs from the papers:**
 * - The machine is solved exactly (violation ≤ 1e-6 ‖w‖²) for the features, not for the kernel. A kernel value is off
 *   by up to 1/√D (one standard deviation), 0.044 for 512 features.
 * - A row far from all others has kernel 0 with each, so ideally the score ρ; here it is ρ + noise, with standard
 *   deviation σ = ‖w‖/√D over the draws, and may be below that of rows nearer by. Far rows in one direction tie.
 * - γ = 0, the default, starts at 4 / Σ variance of the scaled columns and halves until ρ ≥ 4 σ, so that a far row
 *   scores above 0 but for some 3 in 100,000 draws of the features; narrower kernels need more features. A γ that is
 *   given is kept; where it leaves ρ < 4 σ a note says so, and where no w separates the rows from the origin it is refused.
 * - At most `maxRows` rows are learned from: memory and time grow with ν n².
 *
 * The model holds W, b, w and means, scales and ranges of single columns (quantiles under quantile-normal), and no row.
 * Fails where density differs between clusters, as one γ serves all; and where anomalies lie close to normal rows,
 * closer than the kernel is wide. Far anomalies are all alike to it: it detects them and does not order them. On 136
 * OddBench sets (4,000 training rows at most, key 0) AUROC is 4.7 below that of 1-NN, [1.8, 7.5] at 95 % over sets.
 */
export const oneClassSvm: Detector<typeof options> = {
  name: "one-class-svm",
  summary: "how far it lies beyond a smooth boundary around the normal rows",
  cost: "fit O(n D d + ν n² D), 2 to 4 s for 4,000 rows and 512 features; a row O(D d), 5 µs; the model holds D (d + 2) doubles",
  citation: {
    text: "Schölkopf, Platt, Shawe-Taylor, Smola, Williamson (2001). Estimating the support of a high-dimensional distribution. Neural Computation 13.",
    url: "https://doi.org/10.1162/089976601750264965",
  },
  holds: "summaries",
  options,

  async fit(rows, { nu, gamma, features, scaling, maxRows }, context) {
    const kept = takeRows(rows, sample(context.key.for("rows"), rows.rows, maxRows));
    // 1. Scale the rows.
    const { forward } = fitScaling(scaling, kept);
    const scaled = matrix(kept.rows, kept.columns, await overRows(forward, kept, context));
    const draws = drawFeatures(context.key.for("features"), kept.columns, features);
    const pause = async () => {
      await new Promise((resume) => setImmediate(resume));
      checkSignal(context.signal, "one-class-svm");
    };
    // 2. φ of the rows, and w and ρ. A kernel matrix has αᵀQα ≥ 1/n; far less is the features' noise.
    const solve = async (width: number, tolerance: number): Promise<Boundary> => {
      const map = featureMap(draws, width, scaled);
      const points = matrix(kept.rows, features, await overRows(map, scaled, context));
      const settings = { tolerance, mostSteps: MOST_STEPS, leastNorm: 1 / (2 * kept.rows), pause };
      const solution = await solveOneClass(points, nu, settings);
      const noise = Math.sqrt(solution.w.reduce((total, x) => total + x * x, 0) / features);
      return { ...solution, map, clearance: solution.rho / noise };
    };
    let width = gamma > 0 ? gamma : NARROWEST / summedVariance(scaled, scaling);
    for (let halvings = 0; gamma === 0 && halvings < MOST_HALVINGS; halvings++) {
      if ((await solve(width, TRIAL)).clearance >= CLEAR) break;
      width /= 2;
    }
    const { map, w, rho, clearance, end } = await solve(width, TOLERANCE);
    if (end === "inseparable" || !(rho > 0)) throw refusal(width, features);
    // 3. ρ − w·φ(x).
    const weights = float64(w, [features, 1]);
    return {
      score: (x: Tensor) => subtract(rho, reshape(matmul(map(forward(x)), weights), ["rows"])),
      rowsUsed: kept.rows,
      chunk: Math.max(1, Math.min(8192, Math.floor(4e6 / features))),
      notes: [
        ...(kept.rows < rows.rows ? [`${kept.rows} of ${rows.rows} rows learned from, drawn by key`] : []),
        ...(clearance < CLEAR
          ? [
              `far rows may pass for normal: their noise is 1 / ${clearance.toFixed(1)} of the margin; use more features or a smaller gamma`,
            ]
          : []),
        ...(end === "solved" ? [] : [`the solver stopped after ${MOST_STEPS} steps, short of its tolerance`]),
      ],
    };
  },
};

interface Boundary extends OneClassSolution {
  readonly map: (x: Tensor) => Tensor;
  /** ρ in standard deviations of a far row's score. */
  readonly clearance: number;
}

/** The variances of the columns, added; 1 where none varies. */
function summedVariance(scaled: Matrix, scaling: string): number {
  let total = 0;
  for (let j = 0; j < scaled.columns; j++) {
    const column = columnOf(scaled, j);
    const mean = column.reduce((a, b) => a + b / column.length, 0);
    total += column.reduce((a, b) => a + (b - mean) ** 2 / column.length, 0);
  }
  if (!Number.isFinite(NARROWEST / total) && scaled.values.some((x, i) => x !== scaled.values[i % scaled.columns]))
    throw new InputError(
      `one-class-svm: scaling: expected values whose squares a double holds under "${scaling}", got smaller ones; choose another scaling`,
    );
  if (!Number.isFinite(total))
    throw new InputError(
      `one-class-svm: scaling: expected values whose squares a double holds under "${scaling}", got larger ones; choose another scaling`,
    );
  return total > 0 ? total : 1;
}

function refusal(gamma: number, features: number): InputError {
  return new InputError(
    `one-class-svm: gamma: expected a kernel that ${features} features resolve, got ${gamma}, so narrow that nothing separates the rows from the origin; use a smaller gamma or more features`,
  );
}
