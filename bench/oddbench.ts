/**
 * Accuracy of every detector on 136 OddBench sets, one-class: learn from the training rows of the fixed split, all of
 * them normal, and order the test rows. AUROC and average precision × 100, mean over sets, and paired bootstrap
 * intervals over sets of the difference to 1-NN. Detectors that train stand beside their untrained twins.
 *
 * Two variants: "all rows" learns from every training row given; "as fit ships it" leaves aside the rows that `fit`
 * would calibrate with (one in five from 1,000 rows on; none below, where the two are one).
 *
 *   tsx bench/oddbench.ts [--all | --max-train 4000 --max-test 8000] [--sets a,b] [--key 0]
 *     [--detectors auto,knn] [--options '{"views":10}'] [--workers 0] [--fresh]
 */
import { parseArgs } from "node:util";
import { scoreRows } from "../src/detect/index.ts";
import { version } from "../src/model/version.ts";
import {
  auroc,
  averagePrecision,
  type Key,
  key as keyOf,
  pairedBootstrap,
  sample,
  takeRows,
} from "../src/numeric/index.ts";
import { integer, jsonObject, machine, report, runBenchmark } from "./command-line.ts";
import { type LabelledSet, readSet, setNames } from "./labelled-set.ts";
import { type Journal, type Measurement, openJournal, writeParquet } from "./results.ts";
import { besideTwins, type Candidate, candidates, fitCandidate, oneNearest, rowsLearned, twinName } from "./shelf.ts";
import { textTable } from "./text-table.ts";

const VARIANTS = ["all rows", "as fit ships it"] as const;
type Variant = (typeof VARIANTS)[number];

interface Settings {
  readonly maxTrain: number;
  readonly maxTest: number;
  readonly key: number;
  readonly workers?: number;
}

interface Accuracy extends Measurement {
  readonly set: string;
  readonly detector: string;
  readonly options: string;
  readonly variant: Variant;
  readonly n_train: number;
  readonly n_learned: number;
  readonly n_test: number;
  readonly d: number;
  readonly auroc: number;
  readonly ap: number;
  readonly fit_seconds: number;
  readonly score_seconds: number;
}

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      "max-train": { type: "string", default: "4000" },
      "max-test": { type: "string", default: "8000" },
      all: { type: "boolean", default: false },
      detectors: { type: "string" },
      options: { type: "string", default: "{}" },
      sets: { type: "string" },
      workers: { type: "string" },
      key: { type: "string", default: "0" },
      fresh: { type: "boolean", default: false },
    },
  });
  const settings: Settings = {
    maxTrain: values.all ? Number.MAX_SAFE_INTEGER : integer("max-train", values["max-train"], 2),
    maxTest: values.all ? Number.MAX_SAFE_INTEGER : integer("max-test", values["max-test"], 2),
    key: integer("key", values.key),
    workers: values.workers === undefined ? undefined : integer("workers", values.workers),
  };
  const sets = values.sets?.split(",") ?? setNames("oddbench");
  const tried = besideControl(besideTwins(candidates(values.detectors, jsonObject("options", values.options))));
  const journal = openJournal<Accuracy>("oddbench", values.fresh);
  const measured: Accuracy[] = [];
  for (const [i, name] of sets.entries()) {
    const set = await readSet(name);
    for (const candidate of tried)
      for (const variant of VARIANTS) measured.push(await measure(set, candidate, variant, settings, journal));
    report(`${i + 1} of ${sets.length} sets: ${name}`);
  }
  const limits = values.all ? "all rows" : `at most ${settings.maxTrain} training and ${settings.maxTest} test rows`;
  const protocol = `OddBench's split, ${limits} drawn by key ${settings.key}`;
  const partial = values.sets !== undefined || values.detectors !== undefined ? "-partial" : "";
  const path = await writeParquet(
    `oddbench-${values.all ? "all" : `${settings.maxTrain}-${settings.maxTest}`}-key${settings.key}${partial}`,
    measured.map((row) => ({ ...row, key: settings.key, version, protocol })),
  );
  console.log(`${sets.length} sets; ${protocol}; ${machine()}; AUROC and average precision × 100\n`);
  console.log(textTable(summary(measured, tried)));
  const trained = againstTwins(measured, tried);
  if (trained.length > 1) console.log(`\nWhat training adds, all rows\n\n${textTable(trained)}`);
  console.log(`\nAverage precision minus that of 1-NN, all rows: the sets it gains and loses most\n`);
  console.log(extremes(measured, tried).join("\n"));
  console.log(`\nEvery set: ${path}`);
});

/** One detector on one set, from the journal if it stands there. */
async function measure(
  set: LabelledSet,
  candidate: Candidate,
  variant: Variant,
  { maxTrain, maxTest, key, workers }: Settings,
  journal: Journal<Accuracy>,
): Promise<Accuracy> {
  const draw = keyOf(key).for(set.name);
  const given = takeRows(set.rows, drawn(set.train, maxTrain, draw.for("train")));
  const learned = variant === "all rows" ? given : rowsLearned(given, keyOf(key));
  const test = drawn(set.test, maxTest, draw.for("test"));
  const counts = { n_train: given.rows, n_learned: learned.rows, n_test: test.length, d: given.columns };
  const what = { set: set.name, detector: candidate.detector.name, options: JSON.stringify(candidate.options) };
  const found = await journal.once({ ...what, ...counts, key }, async () => {
    const started = performance.now();
    const fitted = await fitCandidate(candidate, learned, keyOf(key), workers);
    const fittedAt = performance.now();
    const scores = await scoreRows(fitted, takeRows(set.rows, test), { workers });
    const scoredAt = performance.now();
    const labels = Array.from(test, (row) => set.labels[row]);
    return {
      ...what,
      variant,
      ...counts,
      auroc: auroc(labels, scores),
      ap: averagePrecision(labels, scores),
      fit_seconds: (fittedAt - started) / 1000,
      score_seconds: (scoredAt - fittedAt) / 1000,
    };
  });
  return { ...found, variant };
}

/** Mean accuracy of every detector and variant, and its difference to 1-NN that learned from all rows. */
function summary(measured: readonly Accuracy[], tried: readonly Candidate[]): string[][] {
  const control = rowsOf(measured, oneNearest, "all rows");
  const line = (candidate: Candidate, variant: Variant): string[] => {
    const own = rowsOf(measured, candidate, variant);
    const cells = (["auroc", "ap"] as const).flatMap((measure) => {
      return [mean(own.map((row) => 100 * row[measure])).toFixed(2), minus(own, control, measure)];
    });
    const seconds = (["fit_seconds", "score_seconds"] as const).map((time) => mean(own.map((row) => row[time])));
    return [candidate.name, variant, ...cells, ...seconds.map((s) => s.toFixed(2))];
  };
  const head = ["detector", "learns from", "AUROC", "minus 1-NN [95 %]", "AP", "minus 1-NN [95 %]", "fit s", "score s"];
  return [head, ...tried.flatMap((candidate) => VARIANTS.map((variant) => line(candidate, variant)))];
}

/** Each detector that trains minus its untrained twin. */
function againstTwins(measured: readonly Accuracy[], tried: readonly Candidate[]): string[][] {
  const lines = tried.flatMap((candidate) => {
    const twin = tried.find(({ name }) => name === twinName(candidate));
    if (!twin) return [];
    const [own, other] = [candidate, twin].map((one) => rowsOf(measured, one, "all rows"));
    const cells = (["auroc", "ap"] as const).map((measure) => minus(own, other, measure));
    return [[candidate.name, ...cells]];
  });
  return [["detector", "AUROC minus untrained [95 %]", "AP minus untrained [95 %]"], ...lines];
}

/** The mean difference of a measure × 100 with its paired bootstrap interval over sets. */
function minus(own: readonly Accuracy[], other: readonly Accuracy[], measure: "auroc" | "ap"): string {
  const values = (rows: readonly Accuracy[]) => rows.map((row) => 100 * row[measure]);
  const { difference, low, high } = pairedBootstrap(values(own), values(other), keyOf(0).for("bootstrap"));
  return `${signed(difference)} [${signed(low)}, ${signed(high)}]`;
}

/** For every detector but the control, the five sets with the largest gain and the five with the largest loss. */
function extremes(measured: readonly Accuracy[], tried: readonly Candidate[]): string[] {
  const control = rowsOf(measured, oneNearest, "all rows");
  return tried.slice(1).flatMap((candidate) => {
    const own = rowsOf(measured, candidate, "all rows");
    const differences = own
      .map((row, i) => ({
        set: row.set,
        ap: 100 * (row.ap - control[i].ap),
        auroc: 100 * (row.auroc - control[i].auroc),
      }))
      .sort((a, b) => b.ap - a.ap);
    const shown = (d: (typeof differences)[number]) => `${d.set} ${signed(d.ap)} (AUROC ${signed(d.auroc)})`;
    const [best, worst] = [differences.slice(0, 5), differences.slice(-5).reverse()];
    return [`${candidate.name}: ${best.map(shown).join(", ")};`, `  ${worst.map(shown).join(", ")}`];
  });
}

/** One detector and variant on every set, in the order of the sets. */
function rowsOf(
  measured: readonly Accuracy[],
  { detector, options }: Candidate,
  variant: Variant,
): readonly Accuracy[] {
  const text = JSON.stringify(options);
  return measured.filter((row) => row.detector === detector.name && row.options === text && row.variant === variant);
}

function drawn(rows: Uint32Array, count: number, key: Key): Uint32Array {
  return sample(key, rows.length, count).map((place) => rows[place]);
}

/** The control first, and what is not the control under another name. */
function besideControl(others: readonly Candidate[]): readonly Candidate[] {
  const what = ({ detector, options }: Candidate) => `${detector.name} ${JSON.stringify(options)}`;
  return [oneNearest, ...others.filter((other) => what(other) !== what(oneNearest))];
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function signed(x: number): string {
  return `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(2)}`;
}
