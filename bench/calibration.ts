/**
 * Do p-values and false discovery control keep their word on real rows? Over random splits of a set's normal rows into
 * rows to fit and rows held out, at most 2,000 each:
 *
 * 1. The mean share of held-out normal rows with p ≤ α is at most α + 3.1 √(α (1 − α) (1 / n + 1 / m) / splits), for
 *    n calibration and m held-out rows; exactly 0 where α < 1 / (n + 1). With random ties too, and where rows were
 *    held out ("split", not folds, which are approximate) at least α minus the same.
 * 2. With 5 % anomalous rows in the batch, the mean false discovery proportion of Benjamini–Hochberg and of Storey–BH
 *    is at most the level plus two standard errors.
 *
 * "auto" is what `fit` does; "split" holds rows out whatever their number. Exit code 1 when a bound is left.
 *
 *   tsx bench/calibration.ts [--quick] [--splits 200] [--sets a,b] [--detectors a,b] [--modes auto,split] [--folds 10]
 */
import { parseArgs } from "node:util";
import { InputError } from "../src/errors/index.ts";
import { version } from "../src/model/version.ts";
import { type Bound, bounds } from "./calibration-bounds.ts";
import {
  ALPHAS,
  discoveryName,
  LEVELS,
  measureSplit,
  PROCEDURES,
  type SplitResult,
  shareName,
  type Way,
} from "./calibration-split.ts";
import { integer, machine, report, runBenchmark } from "./command-line.ts";
import { readSet } from "./labelled-set.ts";
import { openJournal, writeParquet } from "./results.ts";
import { type Candidate, candidates } from "./shelf.ts";
import { textTable } from "./text-table.ts";

/** Fewer than 100 normals; half of the rows twins; medium; above the change from cross to split; 31 % twins; many. */
const SETS = ["hepatitis", "breastw", "pima", "cardio", "mammography", "satellite"];
const QUICK = { sets: ["hepatitis", "breastw", "cardio"], splits: "20", detectors: "knn,mahalanobis" };

interface Line {
  readonly set: string;
  readonly candidate: Candidate;
  readonly way: Way;
  readonly results: readonly SplitResult[];
  readonly bounds: readonly Bound[];
}

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      splits: { type: "string" },
      sets: { type: "string" },
      detectors: { type: "string" },
      modes: { type: "string" },
      folds: { type: "string", default: "10" },
      key: { type: "string", default: "0" },
      fresh: { type: "boolean", default: false },
    },
  });
  const seed = integer("key", values.key);
  const splits = integer("splits", values.splits ?? (values.quick ? QUICK.splits : "200"), 2);
  const sets = values.sets?.split(",") ?? (values.quick ? QUICK.sets : SETS);
  const tried = candidates(values.detectors ?? (values.quick ? QUICK.detectors : "knn,isolation-forest,mahalanobis"));
  const ways = (values.modes ?? "auto,split").split(",").flatMap((mode) => waysOf(mode, values.folds));
  const journal = openJournal<SplitResult>("calibration", values.fresh || values.quick);
  const lines: Line[] = [];
  for (const name of sets) {
    const set = await readSet(name);
    for (const candidate of tried)
      for (const way of ways) {
        const { detector, options } = candidate;
        const id = { set: name, detector: detector.name, options: JSON.stringify(options), ...way, seed };
        const measure = (i: number) => journal.once({ ...id, i }, () => measureSplit(set, candidate, way, seed, i));
        const first = await measure(0);
        // Where "auto" splits, forcing it changes nothing.
        if (way.mode === "split" && ways.some(({ mode }) => mode === "auto") && first.n_fit >= 1000) continue;
        const results = [first];
        for (let i = 1; i < splits; i++) results.push(await measure(i));
        lines.push({ set: name, candidate, way, results, bounds: bounds(results) });
        report(`${name}, ${detector.name}, ${way.mode}, ${way.folds} folds: ${splits} splits`);
      }
  }
  const partial = [values.sets, values.detectors, values.modes].some((given) => given !== undefined) ? "-partial" : "";
  const path = await writeParquet(`calibration${values.quick ? "-quick" : partial}`, lines.flatMap(rowsOf));
  console.log(`${splits} random splits of the normal rows, key ${seed}; ${machine()}\n`);
  console.log(textTable(table(lines)));
  const left = lines.flatMap((line) => line.bounds.filter((bound) => !bound.kept).map((bound) => ({ line, bound })));
  for (const { line, bound } of left) console.log(`\nleft its bound: ${nameOf(line)}: ${sentence(bound)}`);
  console.log(`\n${left.length} of ${lines.flatMap((line) => line.bounds).length} bounds left. Every number: ${path}`);
  if (left.length > 0) process.exitCode = 1;
});

function waysOf(mode: string, folds: string): readonly Way[] {
  if (mode === "auto" || mode === "split") return [{ mode, folds: 10 }];
  if (mode !== "cross") throw new InputError(`bench: --modes: expected auto, split or cross, got ${mode}`);
  return folds.split(",").map((count) => ({ mode, folds: count === "n" ? count : integer("folds", count, 2) }));
}

/** A line a way: mean shares and mean false discovery proportions in percent, "!" where a bound is left. */
function table(lines: readonly Line[]): string[][] {
  const quantities = [
    ...(["conservative", "random"] as const).flatMap((ties) => ALPHAS.map((alpha) => shareName(alpha, ties))),
    ...Object.keys(PROCEDURES).flatMap((procedure) => LEVELS.map((level) => discoveryName(procedure, level))),
  ];
  const heads = [
    ...ALPHAS.map((alpha) => `p≤${100 * alpha}%`),
    ...ALPHAS.map((alpha) => `random ≤${100 * alpha}%`),
    ...LEVELS.map((level) => `BH ${100 * level}%`),
    ...LEVELS.map((level) => `Storey ${100 * level}%`),
  ];
  return [
    ["set", "detector", "method", "calibration", "held out", "tied", ...heads],
    ...lines.map((line) => {
      const [{ method, n_calibration, n_held_out }] = line.results;
      const cells = quantities.map((quantity) => {
        const own = line.bounds.filter((bound) => bound.quantity === quantity);
        return `${(100 * own[0].mean).toFixed(2)}${own.every((bound) => bound.kept) ? " " : "!"}`;
      });
      const tied = mean(line.results.map((result) => result.ties));
      const how = method === "cross" ? `${line.way.folds} folds` : method;
      const counts = [n_calibration, n_held_out].map(String);
      return [line.set, line.candidate.detector.name, how, ...counts, `${Math.round(100 * tied)}%`, ...cells];
    }),
  ];
}

function rowsOf(line: Line) {
  const { candidate, results, way } = line;
  const { method, n_fit, n_calibration, n_held_out, n_anomalous } = results[0];
  return line.bounds.map((bound) => ({
    set: line.set,
    detector: candidate.detector.name,
    options: JSON.stringify(candidate.options),
    mode: way.mode,
    method,
    folds: method === "cross" ? String(way.folds) : null,
    splits: results.length,
    n_fit,
    n_calibration,
    n_held_out,
    n_anomalous,
    tied: mean(results.map((result) => result.ties)),
    ...bound,
    version,
  }));
}

function nameOf({ set, candidate, way, results }: Line): string {
  return `${set}, ${candidate.detector.name}, ${results[0].method === "cross" ? `${way.folds} folds` : "split"}`;
}

function sentence({ quantity, mean, low, high }: Bound): string {
  return `${quantity}: ${mean.toFixed(5)}, expected ${low === null ? "" : `≥ ${low.toFixed(5)} and `}≤ ${high.toFixed(5)}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
