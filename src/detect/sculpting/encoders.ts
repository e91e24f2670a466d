import { InputError } from "../../errors/index.ts";
import { expandDims, mean, rectifier, transpose } from "../../graph/index.ts";
import {
  activation,
  convolution,
  dropout,
  featureTokenizer,
  type Layer,
  layerNormalization,
  linear,
  maxPooling,
  positions,
  sequence,
  transformerBlock,
} from "../../nn/index.ts";

export const ENCODERS = ["mlp", "conv-transformer", "feature-transformer"] as const;
export type EncoderName = (typeof ENCODERS)[number];

/** Entries of an embedding. */
export const EMBEDDING = 32;

/** Width of a token. */
const WIDTH = 64;

/** Columns that the five convolutions and the pooling leave at least one token of. */
const FEWEST_COLUMNS = 7;

const relu = activation(rectifier);

/**
 * E: scaled rows × d → embeddings, rows × 32, without normalization or activation after the last layer.
 *
 * - mlp: d → 256 → 128 → 32, ReLU between, layer normalization before the second.
 * - conv-transformer (v1): five convolutions of kernel 2 along the columns, pooled by two into ⌊(d − 5)/2⌋ tokens with
 *   learned positions, three post-norm transformer blocks, the mean over tokens. Throws an InputError on fewer than 7 columns.
 * - feature-transformer (v2): one token a column, the same blocks and head.
 */
export function encoder(name: EncoderName, columns: number): Layer {
  switch (name) {
    case "mlp":
      return sequence(
        linear(columns, 256),
        relu,
        linear(256, 128),
        layerNormalization(128),
        relu,
        linear(128, EMBEDDING),
      );
    case "conv-transformer":
      if (columns < FEWEST_COLUMNS)
        throw new InputError(
          `sculpting: encoder conv-transformer: expected at least ${FEWEST_COLUMNS} columns, got ${columns}; pass --encoder mlp`,
        );
      return sequence(
        ...convolutions(),
        linear(16, WIDTH),
        positions(tokensOf(name, columns), WIDTH),
        ...transformer(),
      );
    case "feature-transformer":
      return sequence(featureTokenizer(columns, WIDTH), ...transformer());
  }
}

/** Tokens that an encoder makes of a row; 0 for the mlp. */
export function tokensOf(name: EncoderName, columns: number): number {
  if (name === "mlp") return 0;
  return name === "feature-transformer" ? columns : Math.floor((columns - 5) / 2);
}

/** Rows × d → rows × tokens × 16; channels stand last, which float64 needs. */
function convolutions(): readonly Layer[] {
  const channels = [1, 32, 16, 16, 16, 16];
  const swapped = activation((x) => transpose(x, [0, 2, 1]));
  return [
    activation((x) => expandDims(x, 2)),
    ...channels
      .slice(1)
      .flatMap((outputs, i) => [convolution(channels[i], outputs, [2], { channels: "last" }) as Layer, relu]),
    dropout(0.1),
    swapped,
    maxPooling(2),
    swapped,
  ];
}

/** Three blocks and the head: rows × tokens × 64 → rows × 32. */
function transformer(): readonly Layer[] {
  const block = () => transformerBlock(WIDTH, { heads: 4, feedForward: 256, dropout: 0.1 });
  return [
    block(),
    block(),
    block(),
    activation((x) => mean(x, 1)),
    layerNormalization(WIDTH),
    relu,
    linear(WIDTH, EMBEDDING),
  ];
}
