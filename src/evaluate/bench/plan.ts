import { key as keyOf } from "../../numeric/index.ts";
import type { Contestant } from "./contestant.ts";
import type { Identity } from "./journal.ts";
import { holdsRowsOut } from "./measure-matrix.ts";
import type { Caps, Suite, Task, Variant } from "./suite.ts";

/** A contestant on a task: one row of the results. */
export interface Unit {
  readonly task: Task;
  readonly contestant: Contestant;
  /** As the row is called, and what is measured: where `fit` would hold no rows out, the two variants are one. */
  readonly variant: Variant;
  readonly measured: Variant;
  readonly key: number;
  readonly identity: Identity;
}

/**
 * Everything to measure, set by set in the order of the tasks. Untrained twins are measured
 * for the first variant alone.
 */
export function planUnits(
  suite: Suite,
  tasks: readonly Task[],
  who: readonly Contestant[],
  { caps, keys, versions }: { caps: Caps; keys: readonly number[]; versions: Readonly<Record<string, string>> },
): readonly Unit[] {
  const unit = (task: Task, contestant: Contestant, variant: Variant, key: number): Unit => {
    const whole = !holdsRowsOut(Math.min(task.trainRows, caps.maxTrain), keyOf(key));
    const measured = whole ? "all rows" : variant;
    const identity = {
      protocol: suite.protocol,
      set: task.set,
      data: task.entries.map(({ sha256 }) => sha256).join(" "),
      max_train: finite(caps.maxTrain),
      max_test: finite(caps.maxTest),
      detector: contestant.detector.name,
      options: JSON.stringify(contestant.options),
      variant: measured,
      key,
      ...versions,
    };
    return { task, contestant, variant, measured, key, identity };
  };
  return tasks.flatMap((task) =>
    who.flatMap((contestant) =>
      suite.variants
        .filter((variant) => variant === suite.variants[0] || contestant.control !== "untrained twin")
        .flatMap((variant) => keys.map((key) => unit(task, contestant, variant, key))),
    ),
  );
}

/** JSON has no infinity. */
function finite(cap: number): number | null {
  return Number.isFinite(cap) ? cap : null;
}
