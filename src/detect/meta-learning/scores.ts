import { cast, divide, multiply, type Tensor } from "../../graph/index.ts";
import { asConstants, inference, type ParameterTree, type Values } from "../../nn/index.ts";
import type { Snapshot } from "./carried.ts";
import { inputStep } from "./input-step.ts";
import { logitOf, networks } from "./networks.ts";

/** Whether rows take the input step before they are scored. */
export const INPUT_STEPS = ["on", "off"] as const;
export type InputStep = (typeof INPUT_STEPS)[number];

/** What a network makes of scaled rows, in float64. */
export interface Judged {
  /** z = f(x): rows × d → rows × 128. */
  readonly embed: (x: Tensor) => Tensor;
  /** l = o_0 − o_1, the logit of normal: rows × d → rows. */
  readonly logit: (x: Tensor) => Tensor;
  /** s = −l(x̃)/T, or −l(x)/T without the input step: rows × d → rows; higher is more anomalous. */
  readonly score: (x: Tensor) => Tensor;
}

/** A network of an episode, or a mean of some, as an expression. */
export function judged({ encoder, classifier, t }: Snapshot, columns: number, step: InputStep = "on"): Judged {
  const parts = networks(columns);
  const constants = (tree: ParameterTree, trained: Float32Array): Values<ParameterTree> =>
    asConstants(tree, { trained, statistics: new Float32Array(0) }, "float64");
  const f = constants(parts.encoder.parameters, encoder);
  const h = constants(parts.classifier.parameters, classifier);
  const embed = (x: Tensor) => parts.encoder.forward(f, cast(x, "float64"), inference);
  const logit = (x: Tensor) => logitOf(parts.classifier.forward(h, embed(x), inference));
  return {
    embed,
    logit,
    score: (x) => multiply(divide(logit(step === "on" ? inputStep(logit, x) : x), Math.exp(t)), -1),
  };
}
