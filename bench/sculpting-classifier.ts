import { encoder } from "../src/detect/sculpting/encoders.ts";
import {
  absolute,
  add,
  exponential,
  logarithm,
  maximum,
  mean,
  multiply,
  ndArray,
  negate,
  reshape,
  subtract,
  type Tensor,
} from "../src/graph/index.ts";
import { adam, asConstants, constantRate, inference, linear, sequence, train } from "../src/nn/index.ts";
import type { Key, Matrix } from "../src/numeric/index.ts";
import { stackRows } from "../src/numeric/index.ts";

/** How the control is trained: as stage 1 is. */
const [STEPS, BATCH, RATE, DECAY, NOISE] = [1500, 512, 3e-4, 1e-2, 0.1];

/**
 * The control of what sculpting adds: the same encoder with one output more, trained as a classifier of normal against seen
 * anomalous rows by cross-entropy, on the same rows, noise, steps and optimizer. Scaled rows to log-odds.
 */
export async function classifier(normal: Matrix, anomalous: Matrix, key: Key): Promise<(x: Tensor) => Tensor> {
  const network = sequence(encoder("mlp", normal.columns), linear(32, 1));
  const { rows, columns, values } = stackRows(normal, anomalous);
  const trained = await train(
    {
      parameters: network.parameters,
      data: {
        x: ndArray("float32", [rows, columns], Float32Array.from(values)),
        y: ndArray("float32", [rows], new Float32Array(rows).fill(1, normal.rows)),
      },
      loss: (values, { x, y }, layers) => {
        const seen = add(x, multiply(layers.draw("noise", x.shape as number[], "normal"), NOISE));
        const s = reshape(network.forward(values, seen, layers), y.shape);
        // log(1 + e^s) − y s, without overflow.
        const soft = add(maximum(s, 0), logarithm(add(exponential(negate(absolute(s))), 1)));
        return mean(subtract(soft, multiply(y, s)), 0);
      },
    },
    {
      optimizer: adam({ decay: DECAY }),
      schedule: constantRate(RATE),
      steps: STEPS,
      batch: BATCH,
      clip: 1,
      key,
    },
  );
  const weights = asConstants(network.parameters, trained, "float64");
  return (x) => reshape(network.forward(weights, x, inference), [x.shape[0]]);
}
