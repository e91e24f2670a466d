import { report } from "./command-line.ts";
import { median } from "./speed-result.ts";
import type { Outcome } from "./train-peer.ts";

/** Two sides of one case over alternated runs. */
export interface Comparison {
  readonly ours: Side;
  /** PyTorch, in each run with the thread count that was faster in that run; null without PyTorch. */
  readonly torch: Side | null;
  /** PyTorch's time over ours, run by run; null without PyTorch. */
  readonly ratio: { readonly median: number; readonly lowest: number; readonly highest: number } | null;
}

export interface Side {
  /** The median over the runs. */
  readonly milliseconds: number;
  /** Of the fastest run, as the next two. */
  readonly threads: number | null;
  readonly parameters: number | null;
  readonly loss: number | null;
  /** The largest of the runs, where it is measured. */
  readonly ready: number | null;
  readonly grown: number | null;
}

/** Each call is a fresh process; `peers` are PyTorch with one thread count each, none where it is missing. */
export function compare(name: string, runs: number, own: () => Outcome, peers: readonly (() => Outcome)[]): Comparison {
  const sides = [own, ...peers];
  const outcomes: Outcome[][] = sides.map(() => []);
  for (let run = 0; run < runs; run++) {
    // Every second run goes backwards, so that no side always comes first.
    const order = run % 2 === 0 ? [...sides.keys()] : [...sides.keys()].reverse();
    for (const side of order) outcomes[side].push(sides[side]());
    const times = outcomes.map((side) => `${side[run].milliseconds.toPrecision(4)} ms`);
    const beside = times.slice(1).map((time, i) => `, PyTorch ${time} (${outcomes[i + 1][run].threads})`);
    report(`${name}, run ${run + 1} of ${runs}: ours ${times[0]}${beside.join("")}`);
  }
  const [mine, ...theirs] = outcomes;
  const ours = sideOf(mine);
  if (theirs.length === 0) return { ours, torch: null, ratio: null };
  const better = mine.map((_, run) => fastest(theirs.map((side) => side[run])));
  const torch = sideOf(better);
  if (ours.parameters !== null && ours.parameters !== torch.parameters)
    throw new Error(
      `bench: train: ${name}: expected one network, got ${ours.parameters} and ${torch.parameters} parameters`,
    );
  const ratios = better.map(({ milliseconds }, run) => milliseconds / mine[run].milliseconds);
  return {
    ours,
    torch,
    ratio: { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) },
  };
}

function fastest(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce((a, b) => (b.milliseconds < a.milliseconds ? b : a));
}

function sideOf(outcomes: readonly Outcome[]): Side {
  const { threads, parameters, loss } = fastest(outcomes);
  const largest = (of: "ready" | "grown") =>
    outcomes.some((outcome) => outcome[of] === undefined) ? null : Math.max(...outcomes.map((outcome) => outcome[of]!));
  return {
    milliseconds: median(outcomes.map((o) => o.milliseconds)),
    threads,
    parameters,
    loss,
    ready: largest("ready"),
    grown: largest("grown"),
  };
}
