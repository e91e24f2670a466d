/** How fast parameters move in one step. */
export interface Pace {
  /** The learning rate. */
  readonly rate: number;
  /** Overrides the momentum of an optimizer that has one. */
  readonly momentum?: number;
}

/** The pace of step t = 0 … steps − 1. */
export type Schedule = (t: number, steps: number) => Pace;

/** The same rate throughout. */
export const constantRate =
  (rate: number): Schedule =>
  () => ({ rate });

/** From `rate` along half a cosine to `last`, 0 when left out (Loshchilov and Hutter 2017, eq. 5, without restarts). */
export const cosine =
  (rate: number, last = 0): Schedule =>
  (t, steps) => ({ rate: cosineBetween(rate, last, t / steps) });

export interface OneCycleOptions {
  /** The share of the steps in which the rate rises. */
  readonly rising?: number;
  /** The first rate is the largest divided by this. */
  readonly divide?: number;
  /** The last rate is the first one divided by this. */
  readonly finalDivide?: number;
  /** The momentum at the largest and at the smallest rate, for optimizers that have one; none when left out. */
  readonly momentum?: readonly [number, number];
}

/**
 * One cycle (Smith and Topin 2018): the rate rises along half a cosine from largest / divide to largest, then falls to
 * largest / (divide · finalDivide); momentum runs the other way.
 */
export const oneCycle =
  (largest: number, options: OneCycleOptions = {}): Schedule =>
  (t, steps) => {
    const { rising = 0.3, divide = 25, finalDivide = 1e4, momentum } = options;
    const peak = rising * steps - 1;
    const up = t <= peak;
    const share = up ? (peak > 0 ? t / peak : 1) : (t - peak) / Math.max(steps - 1 - peak, 1);
    const first = largest / divide;
    const rate = up ? cosineBetween(first, largest, share) : cosineBetween(largest, first / finalDivide, share);
    if (!momentum) return { rate };
    const [low, high] = momentum;
    return { rate, momentum: up ? cosineBetween(high, low, share) : cosineBetween(low, high, share) };
  };

/** Another schedule whose rate grows in a straight line from 0 over the first steps. */
export const warmUp =
  (steps: number, then: Schedule): Schedule =>
  (t, total) => {
    const pace = then(t, total);
    return t < steps ? { ...pace, rate: (pace.rate * (t + 1)) / steps } : pace;
  };

function cosineBetween(from: number, to: number, share: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;
}
