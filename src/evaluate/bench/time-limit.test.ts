import { expect, test } from "vitest";
import { contestants } from "./contestant.ts";
import { oddbench } from "./oddbench.ts";
import type { Unit } from "./plan.ts";
import type { Task } from "./suite.ts";
import { timeLimit } from "./time-limit.ts";

const tasks = (count: number): readonly Task[] =>
  Array.from({ length: count }, (_, i) => ({ set: `s${i}`, part: "", entries: [], trainRows: 10 }));
const [control, maf, twin, lof] = contestants(["maf", "lof"]);
const unit = (contestant: typeof maf, task: Task, variant: Unit["variant"] = "all rows"): Unit => ({
  task,
  contestant,
  variant,
  measured: variant,
  key: 0,
  identity: {},
});

test("the mean over the first five sets decides, whatever the order, and as soon as it can only be above", () => {
  const all = tasks(6);
  const limit = timeLimit(5, oddbench, all, 1);
  const out = () => [control, maf, twin, lof].map((one) => limit.leavesOut(one, all[5]));
  for (const at of [3, 0, 4, 1]) limit.took(unit(lof, all[at]), 6.2);
  expect(out()).toEqual([false, false, false, false]); // 24.8 of 25
  limit.took(unit(lof, all[5]), 100); // not among the first five
  limit.took(unit(lof, all[2], "as fit ships it"), 100); // not the first variant
  limit.took(unit(twin, all[0]), 100); // a twin goes with what it is the twin of
  limit.took(unit(control, all[0]), 100);
  expect(out()).toEqual([false, false, false, false]);
  limit.took(unit(lof, all[2]), 0.3);
  limit.took(unit(maf, all[1]), 26);
  expect(out()).toEqual([false, true, true, true]);
  expect(limit.leftOut([control, maf, twin, lof])).toEqual([
    { name: "maf", part: "", seconds: 26, fits: 1 },
    { name: "lof", part: "", seconds: expect.closeTo(5.02, 12), fits: 5 },
  ]);
});

test("nobody is left out of five sets and fewer", () => {
  const all = tasks(5);
  const limit = timeLimit(5, oddbench, all, 1);
  limit.took(unit(lof, all[0]), 1000);
  expect([limit.leavesOut(lof, all[4]), limit.leftOut([lof])]).toEqual([false, []]);
});
