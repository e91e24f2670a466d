import type { Contestant } from "./contestant.ts";
import type { Unit } from "./plan.ts";
import type { Task } from "./suite.ts";

/** A detector that was too slow on the first sets. */
export interface LeftOut {
  readonly name: string;
  /** Its mean time to fit there, over as many fits. */
  readonly seconds: number;
  readonly fits: number;
}

/** Sets that every detector is tried on. */
const TRIED = 5;

/**
 * Leaves out detectors that take longer than `seconds` to fit, on the mean of the first five sets, all rows; with them
 * their untrained twins. The control stays. It judges as soon as the mean can only be above, so that a very slow one is
 * not waited for five times; the judgement does not depend on the order in which units end.
 */
export function timeLimit(seconds: number, tasks: readonly Task[], keys: number) {
  const first = tasks.slice(0, TRIED).map(({ set }) => set);
  const times = new Map<string, number[]>();
  const sum = (name: string) => (times.get(name) ?? []).reduce((a, b) => a + b, 0);
  const slow = (name: string) => sum(name) > seconds * first.length * keys;
  return {
    took({ contestant, measured, task }: Unit, fitSeconds: number): void {
      if (measured !== "all rows" || !first.includes(task.set)) return;
      times.set(contestant.name, [...(times.get(contestant.name) ?? []), fitSeconds]);
    },
    leavesOut: ({ name, twinOf, control }: Contestant): boolean =>
      control !== "nearest neighbor" && slow(twinOf ?? name),
    tried: ({ set }: Task): boolean => first.includes(set),
    leftOut: (who: readonly Contestant[]): readonly LeftOut[] =>
      who
        .filter(({ control, name }) => control === null && slow(name))
        .map(({ name }) => ({ name, seconds: sum(name) / times.get(name)!.length, fits: times.get(name)!.length })),
  };
}
