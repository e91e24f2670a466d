import { InputError } from "../errors/index.ts";
import type { LearnContext } from "../model/index.ts";
import type { Contender } from "./contenders.ts";
import type { Labelled } from "./labelled.ts";
import type { EvaluateOptions } from "./options.ts";
import { type ScoredRun, scoreSplits } from "./run.ts";
import type { Split } from "./split.ts";
import type { Ran } from "./summarize.ts";

/** The splits of one key. */
export interface Keyed {
  readonly key: number;
  readonly splits: readonly Split[];
  /** Before rows were capped. */
  readonly whole: readonly Split[];
}

/** Fits and scores everything. A control that refuses the rows is left out, with a warning. */
export async function runAll(
  contenders: readonly Contender[],
  plans: readonly Keyed[],
  { table, columns, labels, together }: Labelled,
  { signal, workers, onProgress, level = 0.01, calibration = "auto" }: EvaluateOptions,
): Promise<{ readonly ran: readonly Ran[]; readonly warnings: readonly string[] }> {
  const work = contenders.map((contender) => ({
    contender,
    fits: plans.flatMap(({ key, splits }) => batchesOf(contender, splits).map((splits) => ({ key, splits }))),
  }));
  const of = work.reduce((sum, { fits }) => sum + fits.length, 0);
  const single = plans.length === 1 && plans[0].splits.length === 1;
  const [ran, warnings]: [Ran[], string[]] = [[], []];
  let number = 0;
  for (const { contender, fits } of work) {
    const last = number + fits.length;
    const runs: ScoredRun[] = [];
    try {
      for (const { key, splits } of fits) {
        const split = splits.length === 1 ? splits[0].name : "";
        const fit = { candidate: contender.name, split, number: ++number, of };
        const context: LearnContext = { signal, workers, onProgress: (at) => onProgress?.({ ...at, fit }) };
        onProgress?.({ stage: "fit", done: 0, total: 1, fit });
        const scored = await scoreSplits(
          { table, columns, labels, splits, candidate: contender, key, level, calibration, together },
          context,
        );
        runs.push(...(single ? scored : scored.map(withoutScores)));
      }
      ran.push({ contender, runs });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (contender.control === null)
        throw new InputError(`evaluate: ${contender.name}: ${error.message.replace(/^evaluate: /, "")}`, {
          cause: error,
        });
      warnings.push(`the control ${contender.name} is missing, for it refused the rows: ${error.message}`);
    }
    number = last;
  }
  return { ran, warnings };
}

/** Splits to fit at once: those that share their training rows, for a detector that takes no labels. */
function batchesOf({ detector }: Contender, splits: readonly Split[]): readonly (readonly Split[])[] {
  return detector.labels === undefined ? byTraining(splits) : splits.map((split) => [split]);
}

/** Splits that have their training rows in common. */
export function byTraining(splits: readonly Split[]): readonly (readonly Split[])[] {
  const batches = new Map<Uint32Array, Split[]>();
  for (const split of splits) {
    const batch = batches.get(split.train);
    if (batch) batch.push(split);
    else batches.set(split.train, [split]);
  }
  return [...batches.values()];
}

/** Without what only one run's intervals need. */
function withoutScores({ run, rows, smallest }: ScoredRun): ScoredRun {
  const none = new Float64Array(0);
  return { run, smallest, rows: { ...rows, scores: none, pValues: none } };
}
