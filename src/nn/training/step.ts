import { availableParallelism } from "node:os";
import { type Feeds, type NdArray, ndArray, openGraph, operationsOf } from "../../graph/index.ts";
import type { Key } from "../../numeric/index.ts";
import type { Packed, ParameterTree } from "../parameters.ts";
import type { Pace } from "../schedules.ts";
import type { Batches } from "./batches.ts";
import { fill } from "./noise.ts";
import { type Problem, type StepGraph, type StepOptions, stepGraph } from "./step-graph.ts";

/** The vectors that training moves. */
export interface State extends Packed {
  readonly slots: readonly Float32Array[];
}

/** Compiled steps of training: one graph, one call. Dispose of it when done. */
export interface Step {
  /**
   * Takes the steps first, first + 1, … (from 1 on), `count` of them, which is 1 or `together`, in one call. Returns their
   * losses, each that of its batch before its step: a view, valid until the next call. What layers draw comes from the key
   * and the number of a step, so steps have the same results one by one and together.
   */
  run(first: number, count: number, batches: Batches, pace: (step: number) => Pace, key: Key): Promise<Float32Array>;
  /** Steps that one call can take: more than one where a call would take a good part of the time of a step. */
  readonly together: number;
  /** Threads of a call. */
  readonly threads: number;
  /** The state after the last step: views, valid until the next call. */
  state(): State;
  /** Puts other vectors in place of the state. */
  restore(state: State): void;
  [Symbol.dispose](): void;
}

/** Below this many operations a step is faster on one thread than on several. */
const ONE_THREAD_OPERATIONS = 2.5e7;
/** More threads than these gain nothing for networks of the sizes that tables need. */
const MOST_THREADS = 8;
/** Below this many operations the call itself, some 0.025 ms, is a good part of a step: several then share a call. */
const SHARED_CALL_OPERATIONS = 1e7;
/** How many share one, if there are so many steps that they win back the 5 ms that compiling each takes. */
const SHARED_CALLS = [
  { steps: 20_000, together: 16 },
  { steps: 3000, together: 8 },
];

/**
 * Compiles a step: rows gathered, loss, gradient, clipping and optimizer as a single graph that reads one set of
 * vectors and writes another, which change places after each call. Nothing is allocated in a step. Building and compiling
 * takes some 0.1 s. Throws when the loss is not one float32.
 */
export async function compileStep<P extends ParameterTree, D extends string>(
  problem: Problem<P, D>,
  start: Packed,
  options: StepOptions & {
    /** Threads in one call; by the amount of work when left out. */
    readonly threads?: number | undefined;
    /** Steps that are going to be taken, roughly; few when left out. */
    readonly steps?: number;
  },
): Promise<Step> {
  const { optimizer, steps = 0 } = options;
  const single = stepGraph(problem, options);
  const operations = operationsOf(Object.values(single.outputs));
  const threads =
    options.threads ?? (operations < ONE_THREAD_OPERATIONS ? 1 : Math.min(availableParallelism(), MOST_THREADS));
  const shared = operations < SHARED_CALL_OPERATIONS && SHARED_CALLS.find((call) => steps >= call.steps);
  const together = shared ? shared.together : 1;

  const empty = (): State => ({
    trained: new Float32Array(start.trained.length),
    statistics: new Float32Array(start.statistics.length),
    slots: Array.from({ length: optimizer.slots }, () => new Float32Array(start.trained.length)),
  });
  const states = [empty(), empty()] as const;
  const one = await compileCall(problem, options, single, 1, threads, states);
  const several =
    together === 1
      ? one
      : await compileCall(problem, options, stepGraph(problem, options, together), together, threads, states);
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
    async run(first, count, batches, pace, key) {
      const losses = await (count === 1 ? one : several).run(current, first, batches, pace, key);
      current = current === 0 ? 1 : 0;
      return losses;
    },
    together,
    threads,
    state: () => states[current],
    restore,
    [Symbol.dispose]() {
      one[Symbol.dispose]();
      if (several !== one) several[Symbol.dispose]();
    },
  };
}

/** A graph of `count` steps between two states: from one to the other, and back. */
interface Call {
  /** Reads the state of that place and writes the other. */
  run(from: 0 | 1, first: number, batches: Batches, pace: (step: number) => Pace, key: Key): Promise<Float32Array>;
  [Symbol.dispose](): void;
}

async function compileCall<P extends ParameterTree, D extends string>(
  problem: Problem<P, D>,
  { optimizer, batch }: StepOptions,
  graph: StepGraph,
  count: number,
  threads: number,
  states: readonly [State, State],
): Promise<Call> {
  const session = await openGraph(graph.outputs, { threads });
  const rows = new BigInt64Array(count * batch);
  const each = optimizer.scalars(1, { rate: 0 }).length;
  const scalars = new Float32Array(count * each);
  const losses = new Float32Array(count);
  const draws = graph.draws.map((draw) => ({ ...draw, data: new Float32Array(draw.shape.reduce((a, b) => a * b, 1)) }));
  const fixed: Feeds = {
    ...Object.fromEntries(Object.entries<NdArray>(problem.data).map(([name, array]) => [`data/${name}`, array])),
    ...Object.fromEntries(draws.map(({ input, shape, data }) => [input, ndArray("float32", shape, data)])),
    rows: ndArray("int64", [rows.length], rows),
    scalars: ndArray("float32", [scalars.length, 1], scalars),
  };
  const from = (state: State): Feeds =>
    Object.fromEntries(Object.entries({ ...fixed, ...named(state, "") }).filter(([name]) => graph.inputs.has(name)));
  const into = (state: State): Feeds => ({ ...named(state, "'"), losses: ndArray("float32", [count], losses) });
  const calls = [
    session.bind(from(states[0]), into(states[1])),
    session.bind(from(states[1]), into(states[0])),
  ] as const;
  return {
    async run(place, first, batches, pace, key) {
      for (let i = 0; i < count; i++) {
        rows.set(batches(first + i), i * batch);
        scalars.set(optimizer.scalars(first + i, pace(first + i)), i * each);
      }
      if (draws.length > 0) {
        const keys = Array.from({ length: count }, (_, i) => key.for(first + i));
        for (const { step, name, distribution, data } of draws) fill(data, distribution, keys[step].for(name));
      }
      await calls[place]();
      return losses.reverse();
    },
    [Symbol.dispose]: () => session[Symbol.dispose](),
  };
}

function row(data: Float32Array): NdArray {
  return ndArray("float32", [1, data.length], data);
}

/** The vectors of a state under the names that a graph has for them; empty ones have none. */
function named(state: State, prime: string): Feeds {
  const vectors: readonly (readonly [string, Float32Array])[] = [
    ["trained", state.trained],
    ["statistics", state.statistics],
    ...state.slots.map((slot, i) => [`slot${i}`, slot] as const),
  ];
  return Object.fromEntries(
    vectors.flatMap(([name, data]) => (data.length === 0 ? [] : [[`${name}${prime}`, row(data)]])),
  );
}
