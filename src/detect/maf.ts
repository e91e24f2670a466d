import { z } from "zod";
import { add, mean, multiply } from "../graph/index.ts";
import { adam, asConstants, constantRate, maskedAutoregressive, negativeLogDensity, train } from "../nn/index.ts";
import { SCALINGS } from "../prepare/index.ts";
import type { Detector } from "./detector.ts";
import {
  float32Rows,
  holdOut,
  mostSteps,
  networkInput,
  stepsBetweenLooks,
  trainingNote,
  trainingRun,
} from "./network-input.ts";
import { trainingOptions } from "./training-options.ts";

const options = z.object({
  blocks: z.int().min(1).max(64).default(5).describe("Blocks of the flow, each with a network of its own."),
  hidden: z.int().min(1).max(4096).default(128).describe("Hidden units of each network."),
  layers: z.int().min(1).max(8).default(1).describe("Hidden layers of each network."),
  scaling: z.enum(SCALINGS).default("signed-log").describe("How columns are scaled before the flow."),
  ...trainingOptions({ steps: 2000, batch: 256 }),
  noise: z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .describe("Standard deviation of the normal noise added to scaled training rows, fresh in each step."),
});

/**
 * Masked autoregressive flow: a row is as anomalous as it is improbable.
 *
 * Source: Papamakarios, Pavlakou, Murray 2017. The score is −log p(x) in nats, p the density of scaled rows under a flow
 * (`nn/flows/masked-autoregressive.ts`: eq. 3 to 5) that is trained by maximum likelihood: the mean of −log p over
 * batches is minimized by Adam, the gradient clipped to length 1, and the parameters with the highest likelihood of a
 * tenth of the rows, held out, are kept (section 4.1). Any real number; higher is more anomalous.
 *
 * **Differs from the paper:** scaled values are cut at ± 1e3, α is bounded and there is no batch normalization, so that
 * every row has a finite score; one hidden layer by default; no weight decay.
 * Fails where columns hold few values: a density is unbounded there, and the flow spends itself on spikes. High density is
 * not the same as normal: in many dimensions a row near the mean can be more probable than any normal row.
 * On 136 OddBench sets (4,000 training rows at most, key 0; 28 of them chose the defaults) it is level with 1-NN: AUROC
 * +1.5 [−0.7, 3.9] at 95 % over sets, average precision +2.7 [−0.6, 6.1], and 1-NN in signed-log columns is a little ahead.
 * Its untrained twin it beats by 5.0 [2.8, 7.5] and 11.2 [7.4, 15.3].
 */
export const maf: Detector<typeof options> = {
  name: "maf",
  summary: "density by a masked autoregressive flow: how improbable a row is",
  cost: "fit O(steps · batch · blocks · d · hidden), some 2 s for 5,000 rows of 20 columns; a row O(blocks · d · hidden)",
  citation: {
    text: "Papamakarios, Pavlakou, Murray (2017). Masked autoregressive flow for density estimation. NeurIPS.",
    url: "https://arxiv.org/abs/1705.07057",
  },
  holds: "summaries",
  trains: true,
  options,

  async fit(rows, { blocks, hidden, layers, scaling, steps, batch, learningRate, noise, patience }, context) {
    const { forward, scaled } = await networkInput(scaling, rows, context);
    const { training, heldOut } = holdOut(scaled, context.key.for("held-out"));
    const flow = maskedAutoregressive(rows.columns, { blocks, hidden: new Array<number>(layers).fill(hidden) });
    // Maximum likelihood: minimize the mean of −log p (eq. 1, with eq. 4 and 5).
    const trained = await train(
      {
        parameters: flow.parameters,
        data: { x: float32Rows(training) },
        loss: (values, { x }, { draw }) => {
          const blurred = noise > 0 ? add(x, multiply(draw("noise", x.shape as number[], "normal"), noise)) : x;
          return mean(negativeLogDensity(flow, values, blurred), 0);
        },
      },
      {
        optimizer: adam(),
        schedule: constantRate(learningRate),
        steps: mostSteps(steps, heldOut),
        batch,
        clip: 1,
        key: context.key.for("train"),
        ...(heldOut && {
          heldOut: {
            data: { x: float32Rows(heldOut) },
            criterion: (values, { x }) => negativeLogDensity(flow, values, x),
            every: stepsBetweenLooks(training, batch),
            patience,
          },
        }),
        ...trainingRun(context),
      },
    );
    const values = asConstants(flow.parameters, trained, "float64");
    return {
      score: (x) => negativeLogDensity(flow, values, forward(x)),
      rowsUsed: rows.rows,
      chunk: 4096,
      notes: [trainingNote(trained)],
    };
  },
};
