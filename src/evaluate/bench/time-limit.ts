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
 * Leaves a detector out of a part of a suite where its fits take more than `seconds` of a processor on the mean of the
 * part's first five sets (first variant, all keys), and its untrained twin with it. The control stays, and so does
 * everybody in a part of no more sets. It judges as soon as the mean can only be above, so that a very slow one is not
 * waited for five times; the judgement does not depend on the order in which units end.
 */
export function timeLimit(seconds: number, suite: Suite, tasks: readonly Task[], keys: number): TimeLimit {
  const setsOf = new Map<string, readonly string[]>();
  for (const { part, set } of tasks) setsOf.set(part, [...(setsOf.get(part) ?? []), set]);
  const tried = ({ part, set }: Task) => setsOf.get(part)!.indexOf(set) < TRIED;
  const times = new Map<string, number[]>();
  const timesOf = (name: string, part: string) => times.get(JSON.stringify([name, part])) ?? [];
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const slow = (name: string, part: string) =>
    setsOf.get(part)!.length > TRIED && sum(timesOf(name, part)) > seconds * TRIED * keys;
  return {
    took({ contestant: { name }, variant, task }, fitSeconds) {
      if (variant !== suite.variants[0] || !tried(task)) return;
      times.set(JSON.stringify([name, task.part]), [...timesOf(name, task.part), fitSeconds]);
    },
    leavesOut: ({ name, twinOf, control }, { part }) => control !== "nearest neighbor" && slow(twinOf ?? name, part),
    tried,
    leftOut: (who) =>
      [...setsOf.keys()].flatMap((part) =>
        who
          .filter(({ control, name }) => control === null && slow(name, part))
          .map(({ name }) => {
            const own = timesOf(name, part);
            return { name, part, seconds: sum(own) / own.length, fits: own.length };
          }),
      ),
  };
}
