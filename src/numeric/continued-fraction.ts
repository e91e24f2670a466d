/**
 * The continued fraction a₁ / (b₁ + a₂ / (b₂ + a₃ / (b₃ + …))) by the modified algorithm of Lentz (1976; Thompson and
 * Barnett 1986). `term(j)` returns [a_j, b_j], j from 1. Stops when a factor is 1 to the last digit; throws when
 * `limit` terms do not get there. O(terms).
 */
export function continuedFraction(term: (j: number) => readonly [number, number], limit = 1_000_000): number {
  const tiny = 1e-300;
  let value = tiny;
  let [c, d] = [value, 0];
  for (let j = 1; j <= limit; j++) {
    const [a, b] = term(j);
    d = 1 / (b + a * d || tiny);
    c = b + a / c || tiny;
    value *= c * d;
    if (Math.abs(c * d - 1) <= 2 * Number.EPSILON) return value;
  }
  throw new Error(`continued fraction: expected to converge within ${limit} terms, did not`);
}
