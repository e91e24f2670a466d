import { availableParallelism } from "node:os";
import { type Feeds, type NdArray, ndArray, openGraph, operationsOf } from "../../graph/index.ts";
import type { Key } from "../../numeric/index.ts";
import type { Packed, ParameterTree } from "../parameters.ts";
import type { Pace } from "../schedules.ts";
import { fill } from "./noise.ts";
import { type Problem, type StepOptions, stepGraph } from "./step-graph.ts";

/** The vectors that training moves. */
export interface State extends Packed {
  readonly slots: readonly Float32Array[];
}

/** A compiled step of training: one graph, one call. Dispose of it when done. */
export interface Step {
  /**
   * One step (from 1 on) with the given rows, whose loss before the step it returns. What layers draw comes from the key
   * and the number of the step.
   */
  run(step: number, rows: BigInt64Array, pace: Pace, key: Key): Promise<number>;
  /** Threads of a call. */
  readonly threads: number;
  /** The state after the last step: views, valid until the next one. */
  state(): State;
  /** Puts other vectors in place of the state. */
  restore(state: State): void;
  [Symbol.dispose](): void;
}

/** Below this many operations a step is faster on one thread than on several. */
const ONE_THREAD_OPERATIONS = 2.5e7;
/** More threads than these gain nothing for networks of the sizes that tables need. */
const MOST_THREADS = 8;

/**
 * Compiles one step: rows gathered, loss, gradient, clipping and optimizer as a single graph that reads one set of
 * vectors and writes another, which change places after each call. Nothing is allocated in a step. Building and compiling
 * takes some 0.1 s. Throws when the loss is not one float32.
 */
export async function compileStep<P extends ParameterTree, D extends string>(
  problem: Problem<P, D>,
  start: Packed,
  options: StepOptions & {
    /** Threads in one call; by the amount of work when left out. */
    readonly threads?: number | undefined;
  },
): Promise<Step> {
  const { optimizer, batch } = options;
  const graph = stepGraph(problem, options);
  const threads =
    options.threads ??
    (operationsOf(Object.values(graph.outputs)) < ONE_THREAD_OPERATIONS
      ? 1
      : Math.min(availableParallelism(), MOST_THREADS));
  const session = await openGraph(graph.outputs, { threads });

  const vector = (data: Float32Array): NdArray => ndArray("float32", [data.length], data);
  const empty = (): State => ({
    trained: new Float32Array(start.trained.length),
    statistics: new Float32Array(start.statistics.length),
    slots: Array.from({ length: optimizer.slots }, () => new Float32Array(start.trained.length)),
  });
  const named = (state: State, prime: string): Feeds =>
    Object.fromEntries(
      [
        ["trained", state.trained],
        ["statistics", state.statistics],
        ...state.slots.map((slot, i) => [`slot${i}`, slot]),
      ].flatMap(([name, data]) => (data.length === 0 ? [] : [[`${name}${prime}`, vector(data as Float32Array)]])),
    );

  const rows = new BigInt64Array(batch);
  const scalars = optimizer.scalars(1, { rate: 0 }).map(() => new Float32Array(1));
  const loss = new Float32Array(1);
  const draws = graph.draws.map((draw) => ({ ...draw, data: new Float32Array(draw.shape.reduce((a, b) => a * b, 1)) }));
  const fixed: Feeds = {
    ...Object.fromEntries(Object.entries<NdArray>(problem.data).map(([name, array]) => [`data/${name}`, array])),
    ...Object.fromEntries(draws.map(({ name, shape, data }) => [name, ndArray("float32", shape, data)])),
    rows: ndArray("int64", [batch], rows),
    ...Object.fromEntries(scalars.map((scalar, i) => [`scalar${i}`, vector(scalar)])),
  };
  const feeds = (state: State): Feeds =>
    Object.fromEntries(Object.entries({ ...fixed, ...named(state, "") }).filter(([name]) => graph.inputs.has(name)));
  const states = [empty(), empty()] as const;
  const into = (state: State): Feeds => ({ ...named(state, "'"), loss: ndArray("float32", [], loss) });
  const calls = [
    session.bind(feeds(states[0]), into(states[1])),
    session.bind(feeds(states[1]), into(states[0])),
  ] as const;
  let current: 0 | 1 = 0;
  const restore = (state: State) => {
    const target = states[current];
    target.trained.set(state.trained);
    target.statistics.set(state.statistics);
    target.slots.forEach((slot, i) => {
      slot.set(state.slots[i]);
    });
  };
  restore({ ...start, slots: empty().slots });
  return {
    async run(step, chosen, pace, key) {
      rows.set(chosen);
      optimizer.scalars(step, pace).forEach((value, i) => {
        scalars[i][0] = value;
      });
      if (draws.length > 0) {
        const own = key.for(step);
        for (const { name, distribution, data } of draws) fill(data, distribution, own.for(name));
      }
      await calls[current]();
      current = current === 0 ? 1 : 0;
      return loss[0];
    },
    threads,
    state: () => states[current],
    restore,
    [Symbol.dispose]: () => session[Symbol.dispose](),
  };
}
