import { type Key, pairedBootstrap } from "../numeric/index.ts";
import type { Contender } from "./contenders.ts";
import { overDraws, overRuns, resampleRows } from "./intervals.ts";
import type { Candidate, ClassMeasures, Difference, Evaluated, Interval, Measures } from "./result.ts";
import type { ScoredRun } from "./run.ts";

/** A contender with its runs, in the order of splits and keys that all share. */
export interface Ran {
  readonly contender: Contender;
  readonly runs: readonly ScoredRun[];
}

const COMPARED = ["auroc", "averagePrecision"] as const;
/** With fewer runs, percentiles of bootstrap means are too near the mean. */
const FEW_RUNS = 20;
/** With fewer, a level of 95 % is out of reach: all resamples alike has a chance of more than 0.05 / 1000 a side. */
const LEAST_RUNS = 6;

/** Means with intervals, and differences to the controls: over runs, or over the test rows where there is one run. */
export async function summarize(
  ran: readonly Ran[],
  level: number,
  key: Key,
  onDraw: (done: number, total: number) => void | Promise<void>,
): Promise<Pick<Evaluated, "candidates" | "differences" | "intervals">> {
  const runs = ran[0].runs.length;
  const draws =
    runs > 1
      ? null
      : await resampleRows(
          ran.map(({ runs }) => runs[0].rows),
          level,
          key.for("rows"),
          onDraw,
        );
  const names = Object.keys(ran[0].runs[0].run.measures) as (keyof Measures)[];
  const values = ({ runs }: Ran, name: keyof Measures) => runs.map(({ run }) => run.measures[name]);
  const candidates = ran.map((one, place): Candidate => {
    const { name, control, detector, options } = one.contender;
    const interval = (measure: keyof Measures): Interval => {
      const own = values(one, measure);
      return draws === null ? overRuns(own, key.for(measure)) : overDraws(own[0], draws[place][measure]);
    };
    return {
      name,
      control,
      detector: detector.name,
      options: options as Candidate["options"],
      citation: detector.citation,
      runs: one.runs.map(({ run }) => run),
      mean: Object.fromEntries(names.map((measure) => [measure, interval(measure)])) as unknown as Candidate["mean"],
      classes: classesOver(one),
    };
  });
  const differences = ran.flatMap((one, place) =>
    one.contender.against.flatMap((name) => {
      const other = ran.findIndex(({ contender }) => contender.name === name);
      if (other < 0) return []; // a control that refused the rows
      return COMPARED.map((measure): Difference => {
        const [own, others] = [values(one, measure), values(ran[other], measure)];
        const overRows = () => {
          const paired = draws![place][measure].map((value, draw) => value - draws![other][measure][draw]);
          return overDraws(own[0] - others[0], paired);
        };
        return {
          candidate: one.contender.name,
          minus: name,
          measure,
          difference: draws === null ? paired(own, others, key.for("differences")) : overRows(),
        };
      });
    }),
  );
  return { candidates, differences, intervals: { over: draws ? "test rows" : "runs", sentence: sentence(ran) } };
}

function paired(first: readonly number[], second: readonly number[], key: Key): Interval {
  const { difference, low, high } = pairedBootstrap(first, second, key);
  return { mean: difference, low, high };
}

function sentence([{ runs }]: readonly Ran[]): string {
  if (runs.length === 1)
    return "Intervals are 95 %, by bootstrap over the test rows of the one run (normal and anomalous rows resampled apart): they say how far other test rows of the kind would move a number, not how far another split or key would; more keys show that.";
  const [keys, splits] = [new Set(runs.map(({ run }) => run.key)).size, new Set(runs.map(({ run }) => run.split)).size];
  const over =
    keys === 1
      ? `${splits} splits`
      : splits === 1
        ? `${keys} keys`
        : `${runs.length} runs (${splits} splits × ${keys} keys)`;
  const moves = keys === 1 ? "the choice of split moves" : splits === 1 ? "keys move" : "splits and keys move";
  const few =
    runs.length < LEAST_RUNS
      ? ` ${runs.length} are too few for that: an interval is then about the range of the runs; one key on one split gives intervals over test rows.`
      : runs.length < FEW_RUNS
        ? ` ${runs.length} are few, so that intervals are too narrow.`
        : "";
  return `Intervals are 95 %, by bootstrap over ${over}, which share rows: they say how far ${moves} a mean, not how far other data would.${few}`;
}

/** Means by class of anomaly over the runs that test it, apart for runs in which it was known. */
function classesOver({ runs }: Ran): Candidate["classes"] {
  const found = new Map<string, ClassMeasures[]>();
  for (const { run } of runs)
    for (const one of run.classes) {
      const name = JSON.stringify([one.name, one.known]);
      found.set(name, [...(found.get(name) ?? []), one]);
    }
  return [...found.values()].map((same) => {
    const mean = (of: (one: ClassMeasures) => number) => same.reduce((sum, one) => sum + of(one), 0) / same.length;
    return {
      name: same[0].name,
      known: same[0].known,
      rows: Math.round(mean(({ rows }) => rows)),
      auroc: mean(({ auroc }) => auroc),
      averagePrecision: mean(({ averagePrecision }) => averagePrecision),
      recallAt1Percent: mean(({ recallAt1Percent }) => recallAt1Percent),
      recallAt5Percent: mean(({ recallAt5Percent }) => recallAt5Percent),
      recall: mean(({ recall }) => recall),
      runs: same.length,
    };
  });
}
