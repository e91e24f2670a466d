import { add, mean, rectifier, type Tensor } from "../../graph/index.ts";
import {
  activation,
  batchNormalization,
  convolution,
  heNormal,
  type Layer,
  linear,
  type ParameterTree,
  sequence,
  type Values,
} from "../../nn/index.ts";

/** Channels of the four stages; the last are the entries of a feature. */
const STAGES = [64, 128, 256, 512];
/** Widths of the projection head, the feature first. */
const HEAD = [512, ...new Array<number>(7).fill(1024), 128];

/**
 * The published encoder of images, ResNet-18 with a stem for small ones: rows × 3 × H × W → rows × 512. A convolution of 3 × 3
 * and no pooling, four stages of two blocks, the last three of which halve the sides, and the mean over places. No
 * convolution has an offset; weights are normal with variance 2 / (outputs · 9). 11,168,832 parameters; 555 million products an
 * image of 32 × 32, so that the published 1.25 million steps a class are out of reach of a CPU: the small encoder stands in.
 */
export function resnet18(): Layer {
  const stages = STAGES.flatMap((outputs, i) => {
    const inputs = STAGES[Math.max(0, i - 1)];
    return [block(inputs, outputs, i === 0 ? 1 : 2), block(outputs, outputs, 1)];
  });
  return sequence(
    convolved(3, STAGES[0], 3, 1),
    normalized(STAGES[0]),
    relu,
    ...stages,
    activation((x) => mean(x, [2, 3])),
  );
}

/**
 * The published projection head: rows × 512 → rows × 128. Eight linear layers without offset, each but the last followed by
 * batch normalization and ReLU, the last by batch normalization without scale and shift. 6,961,152 parameters.
 */
export function eightLayerHead(): Layer {
  return sequence(
    ...HEAD.slice(1).flatMap((outputs, i) => {
      const layer = linear(HEAD[i], outputs, { offset: false, initialize: heNormal(HEAD[i]) }) as Layer;
      const isLast = i === HEAD.length - 2;
      if (isLast) return [layer, batchNormalization(outputs, { affine: false }) as Layer];
      return [layer, batchNormalization(outputs) as Layer, relu];
    }),
  );
}

const relu: Layer = activation(rectifier) as Layer;

function convolved(inputs: number, outputs: number, kernel: number, stride: number): Layer {
  return convolution(inputs, outputs, [kernel, kernel], {
    strides: stride,
    pads: kernel === 3 ? 1 : 0,
    offset: false,
    initialize: () => heNormal(outputs * kernel * kernel), // fan-out
  }) as Layer;
}

function normalized(channels: number): Layer {
  return batchNormalization(channels) as Layer;
}

/** ReLU(BN(conv(ReLU(BN(conv(x))))) + shortcut): the shortcut is x, or BN(conv 1 × 1) where the shape changes. */
function block(inputs: number, outputs: number, stride: number): Layer {
  const main = sequence(
    convolved(inputs, outputs, 3, stride),
    normalized(outputs),
    relu,
    convolved(outputs, outputs, 3, 1),
    normalized(outputs),
  );
  const changes = stride !== 1 || inputs !== outputs;
  const short = changes ? sequence(convolved(inputs, outputs, 1, stride), normalized(outputs)) : null;
  return {
    parameters: { main: main.parameters, ...(short && { short: short.parameters }) },
    forward(values, x, context): Tensor {
      const own = values as Values<{ main: ParameterTree; short: ParameterTree }>;
      const y = main.forward(own.main, x, context);
      return rectifier(add(y, short ? short.forward(own.short, x, context) : x));
    },
  };
}
