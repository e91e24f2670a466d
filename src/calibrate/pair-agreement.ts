import { logGamma } from "../numeric/index.ts";

/** How alike the two members of pairs are. */
export interface PairAgreement {
  /** 1 − discordant / expected: 1 when both of every pair agree, 0 by chance, negative where they differ too often. */
  readonly correlation: number;
  /** The probability of as few discordant pairs or fewer, and of as many or more, if pairs were drawn at random. */
  readonly alike: number;
  readonly unlike: number;
}

/**
 * Whether rows that were paired for a reason (neighbors, members of one group) agree more than rows paired at random;
 * `high` says of 2 M rows, pair after pair, whether a value is in the upper part. Null when all are the same.
 *
 * If rows are exchangeable, every pairing of them is equally likely. With m high rows, u discordant pairs then have
 *
 *     P(u) = M! 2^u / (j! u! l!) / C(2M, m),   j = (m − u) / 2,   l = (2M − m − u) / 2
 *
 * (j pairs of two high rows, l of two low ones), and u is m (2M − m) / (2M − 1) on average. The tails are summed from
 * that formula: exact at every size, however rare high rows are, without drawing anything. O(M).
 */
export function pairAgreement(high: Uint8Array): PairAgreement | null {
  const pairs = high.length / 2;
  const m = high.reduce((count, bit) => count + bit, 0);
  if (m === 0 || m === high.length) return null;
  let u = 0;
  for (let pair = 0; pair < pairs; pair++) u += high[2 * pair] ^ high[2 * pair + 1];
  const p = Math.exp(logProbability(u, m, pairs));
  return {
    correlation: 1 - (u * (2 * pairs - 1)) / (m * (2 * pairs - m)),
    alike: Math.min(1, tail(p, u, m, pairs, -1)),
    unlike: Math.min(1, tail(p, u, m, pairs, 1)),
  };
}

/** P(u) and all beyond it, from ratios of neighboring terms. */
function tail(p: number, from: number, m: number, pairs: number, direction: 1 | -1): number {
  let total = p;
  for (let [term, u] = [p, from]; term > total * 1e-17; ) {
    const [j, l] = [(m - u) / 2, (2 * pairs - m - u) / 2];
    term *= direction < 0 ? (u * (u - 1)) / (4 * (j + 1) * (l + 1)) : (4 * j * l) / ((u + 1) * (u + 2));
    u += 2 * direction;
    total += term;
  }
  return total;
}

function logProbability(u: number, m: number, pairs: number): number {
  const factorial = (k: number) => logGamma(k + 1);
  const ways =
    factorial(pairs) + u * Math.LN2 - factorial((m - u) / 2) - factorial(u) - factorial((2 * pairs - m - u) / 2);
  return ways - (factorial(2 * pairs) - factorial(m) - factorial(2 * pairs - m));
}
