import type { Contestant } from "./contestant.ts";
import type { Unit } from "./plan.ts";
import type { Suite, Task } from "./suite.ts";

/** A detector that was too slow on the first sets of a part. */
export interface LeftOut {
  readonly name: string;
  readonly part: string;
  /** Its mean processor time to fit there, over as many fits. */
  readonly seconds: number;
  readonly fits: number;
}

/** Who is left out, as times come in. */
export interface TimeLimit {
  readonly took: (unit: Unit, fitSeconds: number) => void;
  readonly leavesOut: (who: Contestant, task: Task) => boolean;
  /** Whether a task is one of those that every detector is tried on. */
  readonly tried: (task: Task) => boolean;
  readonly leftOut: (who: readonly Contestant[]) => readonly LeftOut[];
}

/** Sets of each part that every detector is tried on. */
const TRIED = 5;

/**
 * Leaves a detector out of a part of a suite where its fits take more than `seconds` of a processor on the mean of the part's first
 * five sets (first variant, all keys), and its untrained twin with it. The control stays. It judges as soon as the mean
 * can only be above, so that a very slow one is not waited for five times; the judgement does not depend on the order in
 * which units end.
 */
export function timeLimit(seconds: number, suite: Suite, tasks: readonly Task[], keys: number): TimeLimit {
  const parts = [...new Set(tasks.map(({ part }) => part))];
  const first = new Map(
    parts.map((part) => [
      part,
      tasks
        .filter((task) => task.part === part)
        .slice(0, TRIED)
        .map(({ set }) => set),
    ]),
  );
  const tried = ({ part, set }: Task) => first.get(part)!.includes(set);
  const times = new Map<string, number[]>();
  const placeOf = (name: string, part: string) => JSON.stringify([name, part]);
  const sum = (name: string, part: string) => (times.get(placeOf(name, part)) ?? []).reduce((a, b) => a + b, 0);
  const slow = (name: string, part: string) => sum(name, part) > seconds * first.get(part)!.length * keys;
  return {
    took({ contestant, variant, task }, fitSeconds) {
      if (variant !== suite.variants[0] || !tried(task)) return;
      const place = placeOf(contestant.name, task.part);
      times.set(place, [...(times.get(place) ?? []), fitSeconds]);
    },
    leavesOut: ({ name, twinOf, control }, { part }) => control !== "nearest neighbor" && slow(twinOf ?? name, part),
    tried,
    leftOut: (who) =>
      parts.flatMap((part) =>
        who
          .filter(({ control, name }) => control === null && slow(name, part))
          .map(({ name }) => {
            const fits = times.get(placeOf(name, part))!.length;
            return { name, part, seconds: sum(name, part) / fits, fits };
          }),
      ),
  };
}
