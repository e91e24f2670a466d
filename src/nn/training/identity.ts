import { createHash } from "node:crypto";
import { encode, type NdArray } from "../../graph/index.ts";
import type { Key } from "../../numeric/index.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { Packed, ParameterTree } from "../parameters.ts";
import type { Schedule } from "../schedules.ts";
import type { HeldOut } from "./criterion.ts";
import { type Problem, stepGraph } from "./step-graph.ts";

/** A text that two runs share only if they take the same steps: same graph, data, first parameters, key and schedule. */
export function identityOf<P extends ParameterTree, D extends string>(
  problem: Problem<P, D>,
  run: {
    readonly optimizer: Optimizer;
    readonly schedule: Schedule;
    readonly steps: number;
    readonly batch: number;
    readonly key: Key;
    readonly clip?: number;
    readonly start: Packed;
    readonly heldOut?: (HeldOut<P, D> & { readonly every: number; readonly patience: number }) | undefined;
  },
): string {
  const { optimizer, schedule, steps, key, start, heldOut } = run;
  const hash = createHash("sha256").update(encode(stepGraph(problem, run).outputs));
  const arrays = [...Object.values<NdArray>(problem.data), ...Object.values<NdArray>(heldOut?.data ?? {})];
  for (const { dtype, shape, data } of arrays)
    hash
      .update(`${dtype} ${shape}`)
      .update(typeof data[0] === "string" ? JSON.stringify(data) : (data as Float32Array));
  const places = [0, 1, Math.floor(steps / 2), steps - 1];
  const scalars = places.map((t) => optimizer.scalars(t + 1, schedule(t, steps)));
  hash.update(JSON.stringify({ steps, key: key.state, scalars, looks: [heldOut?.every, heldOut?.patience] }));
  return hash.update(start.trained).update(start.statistics).digest("hex");
}
