import { type Bet, jumper } from "./jumper.ts";

/** The share of rows with the highest scores that counts as the tail. */
export const TAIL = 0.1;

/** The shares of wealth that change bets at each row (Vovk et al. 2021's Composite Jumper, without 1). */
const RATES = [1e-4, 1e-3, 1e-2, 1e-1];

/** Natural logarithms of wealth after each p-value. Together is the mean of the other two wealths. */
export interface WealthPaths {
  readonly together: Float64Array;
  readonly bulk: Float64Array;
  readonly tail: Float64Array;
}

/**
 * Bets against the p-values of a window being independent and uniform: m → three paths of m log-wealths, each from a
 * wealth of 1. If they are, each wealth is a test martingale: its mean is 1 after any number of rows, and the
 * probability that it *ever* reaches 1/α is at most α (Ville 1939), whatever the window's length. So
 * "stop when wealth ≥ 1/α" may be asked after every row.
 *
 * - `tail` bets that more rows than before have small p-values: at p ≤ τ, for τ = 0.1, 0.01 and 0.001, stakes grow by a
 *   factor, else they shrink. More anomalous rows win here.
 * - `bulk` looks only at rows with p > 0.1, whose u = (p − 0.1) / 0.9 is uniform too, and bets on slopes,
 *   1 ± (u − ½), and on spreads, 1 ± (|2u − 1| − ½): that the other scores lie higher or lower, further apart or
 *   closer. Anomalous rows up to a tenth of all rows that were ranked leave it alone: it is drift that wins here.
 * - `together` is their mean, and what an alarm is raised on.
 *
 * Bets are mixed by jumpers of several rates, so that lasting small changes and late large ones are both found.
 * Source: Vovk, Petej, Nouretdinov, Ahlberg, Carlsson and Gammerman 2021, "Retrain or not retrain: conformal test
 * martingales for change-point detection", algorithm 1 and section 3. Differs from the paper: more bets than slopes,
 * and the split in tail and bulk. Fails to see changes that leave the scores' order among the calibration scores
 * alone, and has little power with few calibration rows: n of them cannot tell a shift that n values cannot show.
 * O(m).
 */
export function wealthPaths(pValues: ArrayLike<number>): WealthPaths {
  const [bulk, tail] = [jumper(BULK, RATES), jumper(STEPS, RATES)];
  const m = pValues.length;
  const paths = { together: new Float64Array(m), bulk: new Float64Array(m), tail: new Float64Array(m) };
  for (let i = 0; i < m; i++) {
    const p = pValues[i];
    paths.tail[i] = tail.next(p);
    paths.bulk[i] = p > TAIL ? bulk.next((p - TAIL) / (1 - TAIL)) : i === 0 ? 0 : paths.bulk[i - 1];
    paths.together[i] = logMean(paths.bulk[i], paths.tail[i]);
  }
  return paths;
}

const none: Bet = () => 1;

const BULK: readonly Bet[] = [
  none,
  (u) => 1.5 - u,
  (u) => 0.5 + u,
  (u) => 0.5 + Math.abs(2 * u - 1),
  (u) => 1.5 - Math.abs(2 * u - 1),
];

/** Wealth times `factor` where p ≤ level, and what keeps the mean at 1 elsewhere. */
const step = (level: number, factor: number): Bet => {
  const rest = (1 - level * factor) / (1 - level);
  return (p) => (p <= level ? factor : rest);
};

const STEPS: readonly Bet[] = [
  none,
  step(0.1, 1.5),
  step(0.1, 4),
  step(0.01, 3),
  step(0.01, 20),
  step(0.001, 10),
  step(0.001, 200),
];

/** log((eᵃ + eᵇ) / 2). */
function logMean(a: number, b: number): number {
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))) - Math.LN2;
}
