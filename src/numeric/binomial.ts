import { betaQuantile } from "./incomplete-beta.ts";

/**
 * An interval that covers the unknown probability of success with at least `confidence`, after `successes` in
 * `trials` independent trials: Clopper and Pearson 1934, by beta quantiles. Exact, hence a little wide.
 *
 * Throws unless 0 ≤ successes ≤ trials, trials ≥ 1 and 0 < confidence < 1. O(√trials).
 *
 * @example binomialInterval(0, 10) // { low: 0, high: 0.3084971078187608 }
 */
export function binomialInterval(
  successes: number,
  trials: number,
  confidence = 0.95,
): { readonly low: number; readonly high: number } {
  if (
    !(Number.isInteger(trials) && trials >= 1 && Number.isInteger(successes) && successes >= 0 && successes <= trials)
  )
    throw new Error(`binomial interval: expected whole 0 ≤ successes ≤ trials ≥ 1, got ${successes} of ${trials}`);
  if (!(confidence > 0 && confidence < 1))
    throw new Error(`binomial interval: confidence: expected a number between 0 and 1, got ${confidence}`);
  const side = (1 - confidence) / 2;
  return {
    low: successes === 0 ? 0 : betaQuantile(side, successes, trials - successes + 1),
    high: successes === trials ? 1 : betaQuantile(1 - side, successes + 1, trials - successes),
  };
}
