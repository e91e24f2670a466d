import { workerData } from "node:worker_threads";
import { keyOfState } from "../numeric/index.ts";
import { memberFitter } from "./members.ts";
import type { ToyWork } from "./toy-statistics.ts";
import { statisticsOf } from "./toy-statistics.ts";

// One worker: it fits the toys that it is told the numbers of, and looks now and then whether it shall stop.
const { plan, settings, state, started, stop } = workerData[1] as ToyWork;
const fitter = memberFitter(plan, settings, keyOfState(state));
Atomics.add(started, 0, 1);
Atomics.notify(started, 0);
const signal = {
  get aborted() {
    return Atomics.load(stop, 0) === 1;
  },
};

export default async function fit(numbers: readonly number[]): Promise<Float64Array> {
  return statisticsOf(await fitter.toys(numbers, signal));
}
