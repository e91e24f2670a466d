import type { Layer } from "../../nn/index.ts";
import { HIDDEN, perceptron } from "./networks.ts";

/** One network of level 1, which shares nothing with the others. */
export interface Autoencoder {
  /** Entries of its code. */
  readonly code: number;
  /** Standard deviation of the noise on what it sees in training. */
  readonly noise: number;
  /** rows × d → rows × code. */
  readonly encode: Layer;
  /** rows × code → rows × d. */
  readonly decode: Layer;
}

const NOISES = [0, 0.1, 0.2] as const;
/** Code widths are kept within these. */
const [NARROWEST, WIDEST] = [2, 64] as const;

/** k = (⌈d/4⌉, ⌈d/2⌉, d), each within 2 … 64. */
export function codeWidths(columns: number): readonly number[] {
  return [columns / 4, columns / 2, columns].map((k) => Math.min(WIDEST, Math.max(NARROWEST, Math.ceil(k))));
}

/** The three of d columns: d → 128 → k → 128 → d. */
export function autoencoders(columns: number): readonly Autoencoder[] {
  return codeWidths(columns).map((code, m) => ({
    code,
    noise: NOISES[m],
    encode: perceptron(columns, HIDDEN, code),
    decode: perceptron(code, HIDDEN, columns),
  }));
}
