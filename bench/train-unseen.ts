/**
 * Times the training steps of one network of `bench/train.ts`, which starts this in a fresh process:
 *
 *   tsx bench/train-unseen.ts CASE THREADS STEPS [BATCH]
 *
 * A BATCH in place of the case's own makes many steps of a slow network quick, to look at its memory.
 *
 * `ready` is what building, compiling and the first step took, in milliseconds. `grown` is how much the resident size
 * grew over STEPS steps, garbage collected before both looks: from the end of the warm-up on, or three seconds after the
 * start where that is later, for JavaScript's heap takes so long to find its size.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { encoder } from "../src/detect/firm/encoder.ts";
import { imageParts } from "../src/detect/firm/image-encoder.ts";
import {
  constant,
  expandDims,
  mean,
  ndArray,
  rectifier,
  square,
  subtract,
  sum,
  type Tensor,
  transpose,
} from "../src/graph/index.ts";
import {
  activation,
  adam,
  type Context,
  compileStep,
  convolution,
  dropout,
  initialize,
  type Layer,
  layerNormalization,
  linear,
  maskedAutoregressive,
  maxPooling,
  mlp,
  negativeLogDensity,
  type ParameterTree,
  packing,
  positions,
  sequence,
  shuffled,
  transformerBlock,
  type Values,
} from "../src/nn/index.ts";
import { key as keyOf, normal } from "../src/numeric/index.ts";

/** A network with the loss of a batch, and the shape of a row. */
interface Trial {
  readonly batch: number;
  readonly row: readonly number[];
  readonly parameters: ParameterTree;
  loss(values: Values, x: Tensor, context: Context): Tensor;
}

const ROWS = 4096;
const SETTLED_MILLISECONDS = 3000;
const relu = activation(rectifier);

const trials: Readonly<Record<string, () => Trial>> = {
  "autoencoder-32": () => autoencoder([32, 64, 16, 64, 32], 128),
  "autoencoder-64": () => autoencoder([64, 256, 256, 64], 256),
  "autoencoder-80": () => autoencoder([80, 512, 256, 32, 256, 512, 80], 1024),
  "maf-small": () => flow(5, 128, 256),
  "maf-wide": () => flow(16, 512, 512),
  "conv-small": () => pulled(smallConvolutions(), [28, 28, 1], 256, 128, (d) => mean(d, [0, 1])),
  "conv-transformer": () => pulled(convTransformer(71), [71], 512, 32, (d) => mean(sum(d, 1), 0)),
};

const [name, wanted, count, size] = process.argv.slice(2);
const { batch: own, row, parameters, loss } = trials[name]();
const batch = size === undefined ? own : Number(size);
const steps = Number(count);
const key = keyOf(1);
const width = row.reduce((a, b) => a * b, 1);
const x = ndArray("float32", [ROWS, ...row], Float32Array.from({ length: ROWS * width }, normal(key.for("rows"))));
const began = performance.now();
using step = await compileStep(
  { parameters, data: { x }, loss: (values, { x }, context) => loss(values, x, context) },
  initialize(parameters, key.for("parameters")),
  { optimizer: adam(), batch, steps, threads: wanted === "auto" ? undefined : Number(wanted) },
);
const batches = shuffled(ROWS, batch, key.for("batches"));
const noise = key.for("noise");
const warm = Math.max(5, Math.floor(steps / 10));
const times: number[] = [];
let last = Number.NaN;
let ready = 0;
let settled: { readonly step: number; readonly resident: number } | null = null;
for (let t = 0; settled === null || t < settled.step + steps; ) {
  const started = performance.now();
  // The first step by itself, so that "ready" holds one.
  const count = t === 0 ? 1 : step.together;
  const losses = await step.run(t + 1, count, batches, () => ({ rate: 5e-4 }), noise);
  if (t === 0) ready = performance.now() - began;
  if (t < warm + steps) last = losses[count - 1];
  if (t >= warm && t < warm + steps) times.push((performance.now() - started) / count);
  t += count;
  if (settled === null && t >= warm && performance.now() - began >= SETTLED_MILLISECONDS)
    settled = { step: t, resident: await resident() };
}
const grown = (await resident()) / settled.resident - 1;
times.sort((a, b) => a - b);
const milliseconds = times[Math.floor(times.length / 2)];
console.log(
  JSON.stringify({
    case: name,
    threads: step.threads,
    milliseconds,
    steps,
    parameters: packing(parameters).size,
    loss: last,
    ready,
    grown,
  }),
);

/** Resident bytes once JavaScript's own garbage is gone: buffers are freed some turns after what held them. */
async function resident(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let turn = 0; turn < 5; turn++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().rss;
}

/** Rows to themselves; mean squared error. */
function autoencoder(sizes: readonly number[], batch: number): Trial {
  const network = mlp(sizes);
  return {
    batch,
    row: [sizes[0]],
    parameters: network.parameters,
    loss: (values, x, context) => mean(square(subtract(network.forward(values, x, context), x)), [0, 1]),
  };
}

/** Mean negative log-density of 32 columns. */
function flow(blocks: number, hidden: number, batch: number): Trial {
  const made = maskedAutoregressive(32, { blocks, hidden: [hidden] });
  return {
    batch,
    row: [32],
    parameters: made.parameters,
    loss: (values, x) => mean(negativeLogDensity(made, values, x), 0),
  };
}

/** A network whose rows are pulled to one fixed random point. */
function pulled(
  network: Layer,
  row: readonly number[],
  batch: number,
  outputs: number,
  fold: (squares: Tensor) => Tensor,
): Trial {
  const target = ndArray("float32", [outputs], Float32Array.from({ length: outputs }, normal(keyOf(2))));
  return {
    batch,
    row,
    parameters: network.parameters,
    loss: (values, x, context) => fold(square(subtract(network.forward(values, x, context), constant(target)))),
  };
}

/** Three strided convolutions with batch normalization over 28 × 28 images, then 128 numbers: FIRM's image encoder. */
function smallConvolutions(): Layer {
  const parts = imageParts({ height: 28, width: 28, channels: 1 });
  return encoder(parts, { normalization: "batch", momentum: 0.1 });
}

/** Five convolutions of kernel 2 along a row, then three post-norm transformer blocks over its tokens. */
function convTransformer(columns: number): Layer {
  const channels = [1, 32, 16, 16, 16, 16];
  const convolutions = channels.slice(1).flatMap((outputs, i) => [convolution(channels[i], outputs, [2]), relu]);
  const block = transformerBlock(64, { heads: 4, feedForward: 256, dropout: 0.1 });
  return sequence(
    activation((x) => expandDims(x, 1)),
    ...convolutions,
    dropout(0.1),
    maxPooling(2),
    activation((x) => transpose(x, [0, 2, 1])),
    linear(16, 64),
    positions(Math.floor((columns - 5) / 2), 64),
    block,
    block,
    block,
    activation((x) => mean(x, 1)),
    layerNormalization(64),
    relu,
    linear(64, 32),
  );
}
