import { checkSignal, Diverged } from "../../errors/index.ts";
import type { NdArray } from "../../graph/index.ts";
import type { Key } from "../../numeric/index.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { initialize, type Packed, type ParameterTree } from "../parameters.ts";
import type { Schedule } from "../schedules.ts";
import { type Batches, shuffled } from "./batches.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { compileCriterion, type HeldOut } from "./criterion.ts";
import { identityOf } from "./identity.ts";
import { compileStep, type State, type Step } from "./step.ts";
import type { Problem } from "./step-graph.ts";

export interface TrainOptions<P extends ParameterTree, D extends string> {
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  /** Steps to take, unless training stops early. */
  readonly steps: number;
  /** Rows in a batch; all of them where there are fewer. */
  readonly batch: number;
  /** First parameters, shuffling, noise and dropout are all drawn from it. */
  readonly key: Key;
  /** The rows of each batch; shuffled in rounds when left out. */
  readonly batches?: (rows: number, batch: number, key: Key) => Batches;
  /** The gradient is shortened to this length where it is longer. */
  readonly clip?: number;
  /** Where training starts; drawn from the key when left out. */
  readonly start?: Packed;
  /** The parameters with the lowest criterion are kept, and training stops when it has not fallen for a while. */
  readonly heldOut?: HeldOut<P, D> & {
    /** Steps between two looks. */
    readonly every: number;
    /** Looks without a new lowest criterion after which training stops. */
    readonly patience: number;
  };
  /**
   * Data that change while training: before step 1, then every so many steps, and where a run goes on, `fill` overwrites
   * entries of the problem's data, as a function of the block of steps (from 0 on) alone.
   */
  readonly renew?: { readonly every: number; fill(block: number): Promise<void> };
  readonly threads?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TrainProgress) => void) | undefined;
  /** A file that the state is written to now and then, and at an interrupt, and resumed from when it is there. */
  readonly checkpoint?: { readonly path: string; readonly everySeconds?: number } | undefined;
}

export interface TrainProgress {
  readonly step: number;
  readonly steps: number;
  /** The mean loss of the batches since the last report. */
  readonly loss: number;
  readonly learningRate: number;
  readonly stepsPerSecond: number;
  readonly secondsLeft: number;
  /** The last look at the rows held out. */
  readonly criterion: number | null;
}

export interface Trained extends Packed {
  /** Steps taken. */
  readonly steps: number;
  /** The mean loss over the last hundred steps or fewer. */
  readonly loss: number;
  /** The lowest criterion and the step that reached it; null without rows held out. */
  readonly best: { readonly criterion: number; readonly step: number } | null;
  readonly stoppedEarly: boolean;
}

/** Seconds between two reports of progress. */
const REPORT_SECONDS = 0.1;
const CHECKPOINT_SECONDS = 30;
/** Losses that the final one is the mean of. */
const LAST_LOSSES = 100;

/** What of a run changes from step to step, apart from vectors. */
interface Facts {
  step: number;
  losses: number[];
  best: { criterion: number; step: number } | null;
  lastCriterion: number | null;
  looksSinceBest: number;
}

/**
 * Trains: minimizes a loss over batches of rows, step by step, each step one call of ONNX Runtime, which blocks this
 * thread for its length (very short steps share a call); between calls timers and signals get their turn. Equal keys give equal parameters to the bit on one
 * machine, interrupted and resumed or not.
 *
 * Throws Diverged when a loss or parameter is not finite, Interrupted when the signal fires (after writing the checkpoint,
 * if there is one), and an InputError on a checkpoint of another run. The checkpoint is left in place at the end: the
 * caller deletes it once the result is safe.
 */
export async function train<P extends ParameterTree, D extends string>(
  problem: Problem<P, D>,
  options: TrainOptions<P, D>,
): Promise<Trained> {
  const { optimizer, schedule, steps, key, heldOut, renew, signal, checkpoint } = options;
  const rows = Object.values<NdArray>(problem.data)[0].shape[0];
  const batch = Math.min(options.batch, rows);
  const batches = (options.batches ?? shuffled)(rows, batch, key.for("batches"));
  const noise = key.for("noise");
  const pace = (step: number) => schedule(Math.max(0, step - 1), steps);
  const start = options.start ?? initialize(problem.parameters, key.for("parameters"));
  const identity = checkpoint ? identityOf(problem, { ...options, batch, start }) : "";
  using step = await compileStep(problem, start, { ...options, batch });
  using criterion = heldOut ? await compileCriterion(problem.parameters, heldOut) : null;

  let best: Packed | null = null;
  let facts: Facts = { step: 0, losses: [], best: null, lastCriterion: null, looksSinceBest: 0 };
  const before = checkpoint ? await readCheckpoint<Facts>(checkpoint.path, identity) : null;
  if (before) {
    facts = before.facts;
    step.restore(stateOf(before.vectors, optimizer.slots));
    const { bestTrained, bestStatistics } = before.vectors;
    if (bestTrained) best = { trained: bestTrained, statistics: bestStatistics };
  }
  const save = async () => {
    requireFinite(step.state(), facts.step, pace(facts.step).rate);
    await writeCheckpoint(checkpoint!.path, { identity, facts, vectors: vectorsOf(step.state(), best) });
  };
  if (checkpoint && !before) await save(); // a path that cannot be written is better known now
  const report = reporter(options, facts.step);
  let saved = performance.now();

  let block = -1;
  const isDone = () => facts.step >= steps || (heldOut !== undefined && facts.looksSinceBest >= heldOut.patience);
  while (!isDone()) {
    if (signal?.aborted && checkpoint && facts.step > 0) await save();
    checkSignal(signal, "train");
    if (renew && block !== Math.floor(facts.step / renew.every)) {
      block = Math.floor(facts.step / renew.every);
      await renew.fill(block);
    }
    const pauses = [heldOut, renew].map((one) => (one ? (Math.floor(facts.step / one.every) + 1) * one.every : steps));
    const next = Math.min(steps, ...pauses);
    const count = next - facts.step < step.together ? 1 : step.together;
    const losses = await step.run(facts.step + 1, count, batches, pace, noise);
    for (const loss of losses) {
      facts.step++;
      if (!Number.isFinite(loss)) throw diverged(`the loss is ${loss}`, facts.step, pace(facts.step).rate);
      facts.losses.push(loss);
      if (facts.losses.length > LAST_LOSSES) facts.losses.shift();
    }

    if (criterion && (facts.step % heldOut!.every === 0 || facts.step === steps)) {
      const current = resultOf(step, optimizer, facts.step);
      const value = await criterion.of(current);
      if (!Number.isFinite(value)) throw diverged(`the criterion is ${value}`, facts.step, pace(facts.step).rate);
      facts.lastCriterion = value;
      facts.looksSinceBest++;
      if (facts.best === null || value < facts.best.criterion) {
        facts.best = { criterion: value, step: facts.step };
        facts.looksSinceBest = 0;
        best = { trained: current.trained.slice(), statistics: current.statistics.slice() };
      }
    }
    report(losses, pace(facts.step).rate, facts);
    if (checkpoint && performance.now() - saved > 1000 * (checkpoint.everySeconds ?? CHECKPOINT_SECONDS)) {
      await save();
      saved = performance.now();
    }
  }
  if (checkpoint && facts.step > 0) await save();
  const last = resultOf(step, optimizer, facts.step);
  const { trained, statistics } = best ?? { trained: last.trained.slice(), statistics: last.statistics.slice() };
  requireFinite({ trained, statistics, slots: [] }, facts.step, pace(facts.step).rate);
  return {
    trained,
    statistics,
    steps: facts.step,
    loss: facts.losses.reduce((a, b) => a + b, 0) / Math.max(1, facts.losses.length),
    best: facts.best,
    stoppedEarly: facts.step < steps,
  };
}

/** The vectors to use after training: the parameters, or their average. */
function resultOf(step: Step, { result }: Optimizer, taken: number): Packed {
  const { trained, statistics, slots } = step.state();
  return { trained: result === undefined || taken === 0 ? trained : slots[result], statistics };
}

function vectorsOf({ trained, statistics, slots }: State, best: Packed | null): Record<string, Float32Array> {
  return {
    trained,
    statistics,
    ...Object.fromEntries(slots.map((slot, i) => [`slot${i}`, slot])),
    ...(best && { bestTrained: best.trained, bestStatistics: best.statistics }),
  };
}

function stateOf(vectors: Readonly<Record<string, Float32Array>>, slots: number): State {
  return {
    trained: vectors["trained"],
    statistics: vectors["statistics"],
    slots: Array.from({ length: slots }, (_, i) => vectors[`slot${i}`]),
  };
}

function requireFinite({ trained, statistics }: State, step: number, rate: number): void {
  for (const vector of [trained, statistics])
    if (!vector.every(Number.isFinite)) throw diverged("a parameter is not finite", step, rate);
}

function diverged(what: string, step: number, rate: number): Diverged {
  return new Diverged(
    `train: diverged: ${what} at step ${step} with learning rate ${rate.toPrecision(3)}; lower the learning rate (--learning-rate), or scale the columns`,
  );
}

/** Reports at most every 0.1 s, and at the last step. */
function reporter<P extends ParameterTree, D extends string>(
  { onProgress, steps }: TrainOptions<P, D>,
  first: number,
): (losses: Float32Array, learningRate: number, facts: Facts) => void {
  const started = performance.now();
  let last = started;
  let [total, count] = [0, 0];
  return (losses, learningRate, { step, lastCriterion }) => {
    if (!onProgress) return;
    total += losses.reduce((a, b) => a + b, 0);
    count += losses.length;
    const now = performance.now();
    if (now - last < 1000 * REPORT_SECONDS && step < steps) return;
    const stepsPerSecond = (1000 * (step - first)) / Math.max(now - started, 1e-3);
    const secondsLeft = (steps - step) / stepsPerSecond;
    onProgress({
      step,
      steps,
      loss: total / count,
      learningRate,
      stepsPerSecond,
      secondsLeft,
      criterion: lastCriterion,
    });
    last = now;
    [total, count] = [0, 0];
  };
}
