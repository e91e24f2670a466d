import {
  add,
  cast,
  concatenate,
  constant,
  type DType,
  divide,
  equal,
  expandDims,
  logSumExp,
  matmul,
  mean,
  multiply,
  ndArray,
  slice,
  square,
  squareRoot,
  subtract,
  sum,
  swapLast,
  type Tensor,
} from "../../graph/index.ts";

/** τ of the training scripts. */
export const TEMPERATURE = 0.2;

/** The kind of an outlier; normal rows have kinds from 0 on. */
export const OUT = -1;

/** What a similarity to oneself counts where it must not. */
const NEVER = -1e9;

/**
 * Which keys each query is drawn to: p, one row a query, each row non-negative with sum 1. The loss is the mean over
 * queries of the cross-entropy of p against the softmax of similarities.
 */
export interface Targets {
  readonly queries: number;
  readonly keys: number;
  /** Row by row. */
  readonly shares: Float32Array;
}

/**
 * Targets of FIRM's pairwise form for the kinds of N samples: a normal one is drawn to the second views of its kind, its
 * own among them, an outlier to its own second view alone.
 */
export function pairwiseTargets(kinds: readonly number[]): Targets {
  const n = kinds.length;
  return targets(n, n, (i, j) => (kinds[i] === OUT ? i === j : kinds[i] === kinds[j]));
}

/**
 * Targets among all 2 N views, those of view 1 first: a normal one is drawn to all others of its kind, an outlier to its
 * other view alone. Nothing is drawn to itself.
 */
export function concatTargets(kinds: readonly number[]): Targets {
  const n = kinds.length;
  const kindOf = (a: number) => kinds[a % n];
  return targets(2 * n, 2 * n, (a, b) => a !== b && (kindOf(a) === OUT ? a % n === b % n : kindOf(a) === kindOf(b)));
}

/** The lowest that a loss with these targets can be: their mean entropy, in nats. */
export function leastLoss({ queries, shares }: Targets): number {
  return shares.reduce((total, p) => (p > 0 ? total - p * Math.log(p) : total), 0) / queries;
}

/** u / √(‖u‖² + 1e-12), row by row. */
export function unit(u: Tensor): Tensor {
  return divide(u, squareRoot(add(sum(square(u), 1, { keep: true }), 1e-12)));
}

/**
 * L = −(1/N) Σ_i Σ_j p_ij ln softmax_j(z¹_i·z²_j / τ): view 1 asks, view 2 answers, the own view among the answers. z¹
 * and z² are N × k, of unit length → one number. `nt-xent` is this with every sample its own kind.
 */
export function pairwiseLoss(z1: Tensor, z2: Tensor, p: Targets, temperature: number): Tensor {
  return crossEntropy(divide(matmul(z1, swapLast(z2)), temperature), asTensor(p, z1.dtype));
}

/** The same among all 2 N views, none of which answers itself: z is [z¹; z²], 2 N × k. */
export function concatLoss(z: Tensor, p: Targets, temperature: number): Tensor {
  return crossEntropy(amongAll(z, temperature), asTensor(p, z.dtype));
}

/**
 * Supervised contrastive loss (Khosla and others 2020, eq. 2) among all 2 N views: each is drawn to all others of its class
 * in equal parts. z is [z¹; z²]; classes: N whole numbers.
 */
export function classLoss(z: Tensor, classes: Tensor, temperature: number): Tensor {
  const both = concatenate([classes, classes], 0);
  const same = cast(equal(expandDims(both, 1), expandDims(both, 0)), z.dtype);
  const others = subtract(same, diagonal(z.shape[0] as number, 1, z.dtype));
  return crossEntropy(amongAll(z, temperature), divide(others, sum(others, 1, { keep: true })));
}

/**
 * Binary cross-entropy of logits of being an outlier (rows × 1): ½ mean over normal rows of ln(1 + eᵗ) + ½ mean over
 * outliers of ln(1 + e⁻ᵗ). Of each view, N in length, the first `normals` are normal.
 */
export function binaryLoss(logits: Tensor, samples: number, normals: number): Tensor {
  const views = [0, samples];
  const part = (from: number, to: number) =>
    concatenate(
      views.map((view) => slice(logits, 0, view + from, view + to)),
      0,
    );
  const [normal, odd] = [part(0, normals), part(normals, samples)];
  return multiply(add(mean(logOnePlusExp(normal), [0, 1]), mean(logOnePlusExp(multiply(odd, -1)), [0, 1])), 0.5);
}

/** ln(1 + eᵗ), exact for large t. */
function logOnePlusExp(t: Tensor): Tensor {
  return logSumExp(concatenate([t, multiply(t, 0)], 1), 1, { keep: true });
}

function targets(queries: number, keys: number, isDrawn: (i: number, j: number) => boolean): Targets {
  const shares = new Float32Array(queries * keys);
  for (let i = 0; i < queries; i++) {
    const row = Array.from({ length: keys }, (_, j) => (isDrawn(i, j) ? 1 : 0));
    const count = row.reduce((a: number, b) => a + b, 0);
    shares.set(
      row.map((one) => one / count),
      i * keys,
    );
  }
  return { queries, keys, shares };
}

function asTensor({ queries, keys, shares }: Targets, dtype: DType): Tensor {
  return cast(constant(ndArray("float32", [queries, keys], shares)), dtype);
}

function diagonal(n: number, value: number, dtype: DType): Tensor {
  const entries = new Float32Array(n * n);
  for (let i = 0; i < n; i++) entries[i * n + i] = value;
  return cast(constant(ndArray("float32", [n, n], entries)), dtype);
}

function amongAll(z: Tensor, temperature: number): Tensor {
  const s = divide(matmul(z, swapLast(z)), temperature);
  return add(s, diagonal(z.shape[0] as number, NEVER, z.dtype));
}

/** Mean over rows of ln Σ eˢ − Σ p s, which is −Σ p ln softmax(s), for the shares of a row sum to 1. */
function crossEntropy(s: Tensor, p: Tensor): Tensor {
  return mean(subtract(logSumExp(s, 1), sum(multiply(p, s), 1)), 0);
}
