/** What a unit of wealth becomes at a p-value: ≥ 0, and 1 on average over uniform p-values. */
export type Bet = (p: number) => number;

/** A wealth that is put on several bets. */
export interface Jumper {
  /** The natural logarithm of the wealth after one more p-value. */
  readonly next: (p: number) => number;
}

/**
 * A wealth of 1 that starts evenly on some bets, once for each rate; before each p-value a share `rate` of a rate's
 * wealth is spread evenly over the bets anew, so that what has lost so far can still follow a change (Vovk et al. 2021,
 * algorithm 1, the Simple Jumper; its mean over rates is their Composite Jumper; the share update of Herbster and
 * Warmuth 1998). For independent uniform p-values the wealth is a test martingale. O(rates × bets) a p-value.
 */
export function jumper(bets: readonly Bet[], rates: readonly number[]): Jumper {
  const k = bets.length;
  const shares = new Float64Array(rates.length * k).fill(1 / (rates.length * k)); // of the wealth, adding up to 1
  const factors = new Float64Array(k);
  let logWealth = 0;
  return {
    next(p) {
      for (let bet = 0; bet < k; bet++) factors[bet] = bets[bet](p);
      let total = 0;
      for (let r = 0; r < rates.length; r++) {
        let own = 0;
        for (let i = r * k; i < (r + 1) * k; i++) own += shares[i];
        for (let bet = 0; bet < k; bet++) {
          const i = r * k + bet;
          shares[i] = ((1 - rates[r]) * shares[i] + (rates[r] * own) / k) * factors[bet];
          total += shares[i];
        }
      }
      for (let i = 0; i < shares.length; i++) shares[i] /= total;
      logWealth += Math.log(total);
      return logWealth;
    },
  };
}
