import type { Step } from "../../nn/index.ts";

/** A network that scores: encoder and classifier as flat vectors, and t = ln T. */
export interface Snapshot {
  readonly encoder: Float32Array;
  readonly classifier: Float32Array;
  readonly t: number;
}

/** What goes from episode to episode: θ, and φ with t behind it. */
export interface Carried {
  readonly theta: Float32Array;
  readonly phi: Float32Array;
}

/** Encoder, classifier and t of what is carried. */
export function networkOf({ theta, phi }: Carried, encoderSize: number): Float32Array {
  return joined(theta.subarray(0, encoderSize), phi);
}

/** The state that an episode's inner loop begins with: parameters carried over, fresh moments. */
export function innerState({ theta, phi }: Carried, classifierSize: number, movesClassifier: boolean) {
  const classifier = phi.subarray(0, classifierSize);
  return {
    trained: movesClassifier ? joined(theta, classifier) : theta,
    statistics: movesClassifier ? new Float32Array(0) : classifier,
    slots: slots(theta.length + (movesClassifier ? classifierSize : 0)),
  };
}

/** The state that its outer loop begins with: φ and t, the encoder to read, no margin missed yet. */
export function outerState({ theta, phi }: Carried, encoderSize: number) {
  return {
    trained: phi,
    statistics: joined(theta.subarray(0, encoderSize), Float32Array.of(0)),
    slots: slots(phi.length),
  };
}

/** Fresh moments. */
function slots(size: number): readonly Float32Array[] {
  return [new Float32Array(size), new Float32Array(size)];
}

/** What is carried on from the inner loop. */
export function afterInner(inner: Step, { theta, phi }: Carried, movesClassifier: boolean): Carried {
  const { trained } = inner.state();
  const after = phi.slice();
  if (movesClassifier) after.set(trained.subarray(theta.length));
  return { theta: trained.slice(0, theta.length), phi: after };
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const out = new Float32Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

/** A network as one vector. */
export function vectorOf({ encoder, classifier, t }: Snapshot): Float32Array {
  return joined(joined(encoder, classifier), Float32Array.of(t));
}

/** A network from one vector. */
export function snapshotOf(vector: Float32Array, encoderSize: number): Snapshot {
  return {
    encoder: vector.slice(0, encoderSize),
    classifier: vector.slice(encoderSize, -1),
    t: vector[vector.length - 1],
  };
}
