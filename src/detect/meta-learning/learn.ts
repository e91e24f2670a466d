import { createHash } from "node:crypto";
import { checkSignal, Diverged, Interrupted } from "../../errors/index.ts";
import { ndArray } from "../../graph/index.ts";
import { cosine, initialize, readCheckpoint, shuffled, writeCheckpoint } from "../../nn/index.ts";
import type { Key, Matrix } from "../../numeric/index.ts";
import type { FitContext } from "../detector.ts";
import {
  afterInner,
  type Carried,
  innerState,
  networkOf,
  outerState,
  type Snapshot,
  snapshotOf,
  vectorOf,
} from "./carried.ts";
import { drawEpisode, type Episode, outerBatches, outerHalf, type Places, type Variant } from "./episodes.ts";
import {
  BATCH,
  type CompiledLoop,
  compileInner,
  compileOuter,
  innerProblem,
  type LoopData,
  type LoopOptions,
  outerProblem,
  sizeOfTree,
} from "./loops.ts";
import { OUTER } from "./losses.ts";
import { networks } from "./networks.ts";

/** How to learn; what is left out is as the method has it. */
export interface LearnOptions extends Partial<Omit<LoopOptions, "movesClassifier">> {
  readonly variant: Variant;
  readonly episodes: number;
  /** Inner steps of an episode. */
  readonly steps: number;
  /** The top rate of the inner loop; of the variant when left out. */
  readonly innerRate?: number;
  /** Whether there is an outer loop; without, a control. */
  readonly outer?: boolean;
  /** Of the last episodes this share keeps its networks, one at least. */
  readonly keep: number;
  /** What an episode learns from, where it is not drawn as the method has it. */
  readonly drawEpisode?: (places: Places, key: Key) => Episode;
}

/** Networks of the last episodes, and how learning went. */
export interface Learned {
  readonly snapshots: readonly Snapshot[];
  readonly episodes: number;
  /** Steps taken, inner and outer. */
  readonly innerSteps: number;
  readonly outerSteps: number;
  /** The share of outer steps in which the margin was not kept. */
  readonly activeShare: number;
}

/** Top rates of the inner loop, and the rate of the outer one. */
const INNER_RATE: Readonly<Record<Variant, number>> = { code: 3e-3, paper: 1e-3 };
const outerPace = () => ({ rate: 3e-3 });

/** Seconds between two checkpoints. */
const CHECKPOINT_SECONDS = 30;

/** Rounds over all rows that are enough, and inner steps that are always taken: in all, and in an episode. */
const [MOST_ROUNDS, ALWAYS, ALWAYS_IN_EPISODE] = [40, 20, 5];

/**
 * Episodes, and inner steps of each: those asked for, but where rows are few no more than forty rounds over them in all.
 * Without steps no episodes: the networks stay as they were drawn.
 */
export function paced(
  { episodes, steps }: Pick<LearnOptions, "episodes" | "steps">,
  rows: number,
): { readonly episodes: number; readonly steps: number } {
  if (steps === 0) return { episodes: 0, steps };
  const all = Math.min(episodes * steps, Math.max(ALWAYS, Math.ceil((MOST_ROUNDS * rows) / BATCH)));
  const each = Math.min(steps, Math.max(ALWAYS_IN_EPISODE, Math.ceil(all / episodes)));
  return { episodes: Math.min(episodes, Math.ceil(all / each)), steps: each };
}

interface Facts {
  readonly episode: number;
  readonly outerSteps: number;
  readonly active: number;
}

/**
 * Learns over episodes: scaled rows (n × d, all that take part, at `places`). Inner steps move θ (and φ, `code`), outer ones φ and
 * t; all carry over, moments start afresh. Each of the two steps is compiled once. A checkpoint is of the last whole
 * episode, written now and then and at an interrupt; the one under way starts again, so that equal keys give equal bits, interrupted or not.
 * Throws Interrupted when the signal fires, Diverged where a loss is not finite.
 */
export async function learn(
  scaled: Matrix,
  places: Places,
  options: LearnOptions,
  context: FitContext,
): Promise<Learned> {
  const { variant, outer = true } = options;
  const { signal, onProgress, checkpoint } = context;
  const key = context.key.for("episodes");
  checkSignal(signal, "meta-learning");
  const loops: LoopOptions = {
    movesClassifier: variant === "code",
    weights: options.weights ?? OUTER,
    learnsTemperature: options.learnsTemperature ?? true,
    projects: options.projects ?? true,
  };
  const rows = places.normal.length + places.classes.reduce((sum, { length }) => sum + length, 0);
  const { episodes, steps } = paced(options, rows);
  const keep = Math.max(1, Math.ceil(options.keep * episodes));
  const half = outerHalf(places);
  const drawn = (all: Places, own: Key) => drawEpisode(all, variant, own);
  const data = loopData(scaled, places);
  const filler = scaled.rows;

  // Parameters, drawn by their own paths.
  const parts = networks(scaled.columns);
  const [encoder, decoder, classifier] = [parts.encoder, parts.decoder, parts.classifier].map((p) => p.parameters);
  const [encoderSize, decoderSize, classifierSize] = [encoder, decoder, classifier].map(sizeOfTree);
  const first = initialize({ encoder, decoder, classifier }, key.for("parameters")).trained;
  const theta = first.slice(0, encoderSize + decoderSize);
  const phi = new Float32Array(classifierSize + 1); // t = 0
  phi.set(first.subarray(theta.length));
  let carried: Carried = { theta, phi };
  let facts: Facts = { episode: 0, outerSteps: 0, active: 0 };
  let kept: Snapshot[] = [];

  // What was done before.
  const identity = checkpoint === undefined ? "" : identityOf(data, { ...options, loops }, key);
  const before = checkpoint === undefined ? null : await readCheckpoint<Facts>(checkpoint, identity);
  if (before) {
    facts = before.facts;
    carried = { theta: before.vectors["theta"], phi: before.vectors["phi"] };
    kept = Object.entries(before.vectors).flatMap(([name, vector]) =>
      name.startsWith("kept") ? [snapshotOf(vector, encoderSize)] : [],
    );
  }
  const save = async () => {
    if (checkpoint === undefined) return;
    const vectors = { ...carried, ...Object.fromEntries(kept.map((s, i) => [`kept${i}`, vectorOf(s)])) };
    await writeCheckpoint(checkpoint, { identity, facts, vectors });
  };
  if (!before) await save(); // a path that cannot be written is better known now

  const innerStart = innerState(carried, classifierSize, loops.movesClassifier);
  const outerStart = outerState(carried, encoderSize);
  using inner =
    episodes > 0
      ? await compileInner(innerProblem(parts, data, loops.movesClassifier), innerStart, steps * episodes)
      : null;
  using outerLoop = outer && inner ? await compileOuter(outerProblem(parts, data, loops), outerStart, 2 * half) : null;
  const report = reporter(onProgress, steps * episodes);

  let saved = performance.now();
  try {
    while (inner && facts.episode < episodes) {
      const own = key.for(facts.episode + 1);
      const episode = (options.drawEpisode ?? drawn)(places, own.for("rows"));
      // Inner: on rows as they are, T = 1.
      inner.restore(innerState(carried, classifierSize, loops.movesClassifier));
      const known = BigInt64Array.from(episode.inner, BigInt);
      const order = shuffled(known.length, Math.min(BATCH, known.length), own.for("batches"));
      const batches = (step: number) =>
        filledUp(
          order(step).map((at) => known[Number(at)]),
          BATCH,
        );
      const rate = cosine(options.innerRate ?? INNER_RATE[variant]);
      const pace = (step: number) => rate(step - 1, steps);
      const done = facts.episode * steps;
      await run(inner, steps, batches, pace, own.for("noise"), signal, (step, loss) => report(done + step, loss));
      let after = afterInner(inner, carried, loops.movesClassifier);
      // Outer: θ held.
      let [taken, active] = [0, 0];
      if (outerLoop) {
        const all = outerBatches(episode, half, filler, own.for("outer"));
        outerLoop.restore(outerState(after, encoderSize));
        await run(outerLoop, all.length, (step) => all[step - 1], outerPace, own, signal);
        const { trained, statistics } = outerLoop.state();
        after = { theta: after.theta, phi: trained.slice() };
        [taken, active] = [all.length, statistics[encoderSize]];
      }
      carried = after;
      facts = {
        episode: facts.episode + 1,
        outerSteps: facts.outerSteps + taken,
        active: facts.active + active,
      };
      if (facts.episode > episodes - keep) kept.push(snapshotOf(networkOf(carried, encoderSize), encoderSize));
      if (facts.episode < episodes && performance.now() - saved < 1000 * CHECKPOINT_SECONDS) continue;
      await save();
      saved = performance.now();
    }
  } catch (error) {
    if (error instanceof Interrupted) await save();
    throw error;
  }
  return {
    snapshots: kept.length > 0 ? kept : [snapshotOf(networkOf(carried, encoderSize), encoderSize)],
    episodes,
    innerSteps: steps * episodes,
    outerSteps: facts.outerSteps,
    activeShare: facts.active / Math.max(1, facts.outerSteps),
  };
}

/** Takes the steps of a loop in turn. */
async function run(
  loop: CompiledLoop,
  steps: number,
  batches: (step: number) => BigInt64Array,
  pace: (step: number) => { readonly rate: number },
  noise: Key,
  signal: AbortSignal | undefined,
  onStep: (step: number, loss: number) => void = () => {},
): Promise<void> {
  for (let step = 1; step <= steps; ) {
    checkSignal(signal, "meta-learning");
    const count = steps - step + 1 < loop.together ? 1 : loop.together;
    const losses = await loop.run(step, count, batches, pace, noise);
    for (const loss of losses) {
      if (!Number.isFinite(loss))
        throw new Diverged(
          `meta-learning: diverged: the loss is ${loss} at step ${step}; scale the columns (--scaling)`,
        );
      onStep(step++, loss);
    }
  }
}

/** The rows and their sides as arrays, and one row more that is on neither side. */
function loopData({ rows, columns, values }: Matrix, { normal, classes }: Places): LoopData {
  const x = new Float32Array((rows + 1) * columns);
  x.set(values);
  const side = (places: readonly number[]) => {
    const out = new Float32Array(rows + 1);
    for (const place of places) out[place] = 1;
    return ndArray("float32", [rows + 1], out);
  };
  return { x: ndArray("float32", [rows + 1, columns], x), normal: side(normal), anomalous: side(classes.flat()) };
}

/** A batch of `size` places: those given, again from the first where they are fewer. */
function filledUp(places: BigInt64Array, size: number): BigInt64Array {
  return places.length === size ? places : BigInt64Array.from({ length: size }, (_, i) => places[i % places.length]);
}

/** A text that two runs share only if they take the same steps. */
function identityOf(data: LoopData, options: object, key: Key): string {
  const hash = createHash("sha256").update(JSON.stringify([options, key.state, "meta-learning 1"]));
  for (const { shape, data: values } of Object.values(data)) hash.update(`${shape}`).update(values as Float32Array);
  return hash.digest("hex");
}

const REPORT_SECONDS = 0.1;

function reporter(onProgress: FitContext["onProgress"], total: number): (done: number, loss: number) => void {
  let last = performance.now();
  return (done, loss) => {
    const now = performance.now();
    if (!onProgress || (now - last < 1000 * REPORT_SECONDS && done < total)) return;
    last = now;
    onProgress({ stage: "train", done, total, loss });
  };
}
