import { standalone } from "../figure.ts";
import { drawIntervals, type IntervalAxis } from "./intervals.ts";

/** A candidate's mean rank over data sets: 1 is the best on all. */
export interface MeanRank {
  readonly name: string;
  readonly rank: number;
}

/** Mean ranks and what they were found on. */
export interface ComparedRanks {
  readonly ranks: readonly MeanRank[];
  /** Mean ranks farther apart than this differ. */
  readonly criticalDifference: number;
  readonly sets: number;
}

/**
 * Mean ranks over many data sets, each with a line as long as the critical difference: two candidates differ where their
 * lines do not overlap, for then their ranks are farther apart than that (Nemenyi's test; Demšar 2006, section 3.2.2,
 * draws the same with bars that join what does not differ). An SVG file, which follows the reader's theme by itself.
 */
export function criticalDifferencePicture({ ranks, criticalDifference, sets }: ComparedRanks): string {
  const sorted = ranks.toSorted((a, b) => a.rank - b.rank);
  const best = sorted[0].rank + criticalDifference;
  const rows = sorted.map(({ name, rank }) => ({
    name,
    value: rank,
    low: rank - criticalDifference / 2,
    high: rank + criticalDifference / 2,
    color: rank <= best ? "var(--accent)" : "var(--quiet)",
  }));
  const said = sorted.map(({ name, rank }) => `${name} ${axis.tick(rank)}`).join(", ");
  return standalone(
    {
      id: "critical-difference",
      title: `Mean ranks over ${sets.toLocaleString("en-US")} data sets`,
      description: `${said}. Two whose lines do not overlap differ by more than the critical difference of ${criticalDifference.toFixed(2)} ranks (Nemenyi's test, 5 %, all pairs at once); those in gray differ from the best.`,
    },
    (width) => drawIntervals(rows, axis, width),
  );
}

const axis: IntervalAxis = { label: "mean rank (1 is best)", tick: (rank) => String(Number(rank.toFixed(2))) };
