/**
 * What hidden anomalies cost, and what `--contamination` brings back: on 20 of ADBench's tables, anomalous rows are put
 * among the rows given as normal.
 *
 * Protocol, per table and key: half of the normal rows are for training, at most 1,000 and at most 9 for each 2
 * anomalous ones; anomalous rows that make up 1, 5 and 10 % are hidden among them, each set holding the smaller ones.
 * None of those stands in the test, which is the same for every rate: up to 1,000 of the other normal rows and up to
 * 1,000 of the other anomalous ones. Each detector learns from the clean and from the contaminated rows: as they are
 * (`off`), with the true share (`share`; 5 % on clean rows) and with `auto`. AUROC and average precision × 100, means over
 * tables; recovery = (with − off) / (clean − off) of the means, 95 % intervals by bootstrap over tables.
 *
 * The 20 are the classical tables with at least 200 such training rows and at most 100 columns.
 *
 *   tsx bench/contamination.ts [--detectors auto,knn,isolation-forest] [--max-train 1000] [--keys 0,1,2] [--sets a,b] [--fresh]
 */
import { parseArgs } from "node:util";
import { scoreRows } from "../src/detect/index.ts";
import { type Contamination, optionsForTrimmed, trim } from "../src/model/contamination.ts";
import { version } from "../src/model/version.ts";
import { auroc, averagePrecision, key as keyOf, permutation, takeRows, uniform } from "../src/numeric/index.ts";
import { integer, machine, report, runBenchmark } from "./command-line.ts";
import { type LabelledSet, readSet } from "./labelled-set.ts";
import { type Measurement, openJournal, writeParquet } from "./results.ts";
import { type Candidate, candidates, fitCandidate } from "./shelf.ts";
import { textTable } from "./text-table.ts";

const SETS =
  "aloi annthyroid breastw campaign cardio celeba cover donors fault http mammography mnist optdigits pageblocks pima satellite satimage-2 skin thyroid waveform";
const RATES = [0, 0.01, 0.05, 0.1] as const;
const WAYS = ["off", "share", "auto"] as const;
/** The share that is stated for clean rows. */
const STATED = 0.05;
const MOST_TESTED = 1000;

interface Accuracy extends Measurement {
  readonly set: string;
  readonly detector: string;
  readonly key: number;
  readonly rate: number;
  readonly way: (typeof WAYS)[number];
  readonly n_train: number;
  readonly n_hidden: number;
  readonly n_test: number;
  readonly d: number;
  readonly dropped: number;
  /** Of those, the ones that were anomalous. */
  readonly found: number;
  readonly auroc: number;
  readonly ap: number;
  readonly trim_seconds: number;
  readonly fit_seconds: number;
}

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      detectors: { type: "string", default: "auto,knn,isolation-forest" },
      sets: { type: "string" },
      "max-train": { type: "string", default: "1000" },
      keys: { type: "string", default: "0,1,2" },
      workers: { type: "string" },
      fresh: { type: "boolean", default: false },
    },
  });
  const maxTrain = integer("max-train", values["max-train"], 100);
  const keys = values.keys.split(",").map((key) => integer("keys", key));
  const workers = values.workers === undefined ? undefined : integer("workers", values.workers);
  const sets = values.sets?.split(",") ?? SETS.split(" ");
  const tried = candidates(values.detectors);
  const journal = openJournal<Accuracy>("contamination", values.fresh);
  const measured: Accuracy[] = [];
  for (const [i, name] of sets.entries()) {
    const set = await readSet(name);
    for (const key of keys)
      for (const candidate of tried)
        for (const rate of RATES)
          for (const way of WAYS) {
            const { detector, options } = candidate;
            const id = {
              set: name,
              detector: detector.name,
              options: JSON.stringify(options),
              key,
              rate,
              way,
              maxTrain,
            };
            measured.push(await journal.once(id, () => measure(set, candidate, key, rate, way, maxTrain, workers)));
          }
    report(`${i + 1} of ${sets.length} tables: ${name}`);
  }
  const partial = [
    values.sets !== undefined ? "-partial" : "",
    values.keys === "0,1,2" ? "" : `-keys-${keys.join("-")}`,
  ].join("");
  const path = await writeParquet(
    `contamination-${maxTrain}${partial}`,
    measured.map((row) => ({ ...row, version })),
  );
  console.log(
    `${sets.length} ADBench tables, at most ${maxTrain} training rows, keys ${keys.join(", ")}; ${machine()}; AUROC and average precision × 100\n`,
  );
  console.log(textTable(summary(measured, tried)));
  console.log(`\nEvery table: ${path}`);
});

async function measure(
  set: LabelledSet,
  candidate: Candidate,
  seed: number,
  rate: number,
  way: (typeof WAYS)[number],
  maxTrain: number,
  workers: number | undefined,
): Promise<Accuracy> {
  const { training, anomalous, test, labels } = draw(set, seed, rate, maxTrain);
  const rows = takeRows(set.rows, training);
  const hidden = anomalous.filter(Boolean).length;
  const key = keyOf(seed);
  const started = performance.now();
  const asked: Contamination = way === "off" ? 0 : way === "auto" ? "auto" : rate === 0 ? STATED : hidden / rows.rows;
  const trimmed = await trim(rows, asked, key.for("contamination"), { workers });
  const trimmedAt = performance.now();
  const options = optionsForTrimmed(candidate.detector.name, candidate.options, {}, trimmed);
  const fitted = await fitCandidate({ ...candidate, options }, takeRows(rows, trimmed.kept), key, workers);
  const fittedAt = performance.now();
  const scores = await scoreRows(fitted, takeRows(set.rows, test), { workers });
  return {
    set: set.name,
    detector: candidate.detector.name,
    key: seed,
    rate,
    way,
    n_train: rows.rows,
    n_hidden: hidden,
    n_test: test.length,
    d: rows.columns,
    dropped: trimmed.dropped.length,
    found: trimmed.dropped.filter((row) => anomalous[row]).length,
    auroc: auroc(labels, scores),
    ap: averagePrecision(labels, scores),
    trim_seconds: (trimmedAt - started) / 1000,
    fit_seconds: (fittedAt - trimmedAt) / 1000,
  };
}

/** Training rows in a random order, whether each is anomalous, and the test. */
function draw(set: LabelledSet, seed: number, rate: number, maxTrain: number) {
  const key = keyOf(seed).for(set.name);
  const drawn = (label: number) => {
    const places = Array.from(set.labels.keys()).filter((row) => set.labels[row] === label);
    return Array.from(permutation(key.for(label), places.length), (i) => places[i]);
  };
  const [normal, anomalies] = [drawn(0), drawn(1)];
  const half = Math.floor(normal.length / 2);
  const count = Math.min(maxTrain, half, 9 * Math.floor(anomalies.length / 2));
  const hidden = (share: number) => Math.round((count * share) / (1 - share));
  const given = [...normal.slice(0, count), ...anomalies.slice(0, hidden(rate))];
  const order = permutation(key.for("order"), given.length);
  const tested = [
    normal.slice(half).slice(0, MOST_TESTED),
    anomalies.slice(hidden(Math.max(...RATES))).slice(0, MOST_TESTED),
  ];
  return {
    training: Array.from(order, (i) => given[i]),
    anomalous: Array.from(order, (i) => i >= count),
    test: tested.flat(),
    labels: tested.flatMap((rows, label) => rows.map(() => label)),
  };
}

function summary(measured: readonly Accuracy[], tried: readonly Candidate[]): string[][] {
  const head = [
    "detector",
    "hidden",
    "way",
    "AUROC",
    "AP",
    "AUROC − clean [95 %]",
    "recovery [95 %]",
    "dropped",
    "anomalous",
  ];
  const lines = tried.flatMap(({ detector }) =>
    RATES.flatMap((rate) =>
      WAYS.map((way) => {
        const of = (r: number, w: string) => perTable(measured, detector.name, r, w);
        const [own, off, clean] = [of(rate, way), of(rate, "off"), of(0, "off")];
        const drawn = resamples(own.length);
        const loss = interval(drawn, (rows) => meanAt(own, rows, "auroc") - meanAt(clean, rows, "auroc"));
        const recovery = interval(
          drawn,
          (rows) =>
            (meanAt(own, rows, "auroc") - meanAt(off, rows, "auroc")) /
            (meanAt(clean, rows, "auroc") - meanAt(off, rows, "auroc")),
        );
        const all = own.map((_, i) => i);
        const dropped = meanAt(own, all, "dropped");
        return [
          detector.name,
          `${100 * rate} %`,
          way === "share" ? `${100 * (rate || STATED)} %` : way,
          (100 * meanAt(own, all, "auroc")).toFixed(2),
          (100 * meanAt(own, all, "ap")).toFixed(2),
          `${signed(100 * loss[0])} [${signed(100 * loss[1])}, ${signed(100 * loss[2])}]`,
          rate === 0 || way === "off" ? "" : `${shown(recovery[0])} [${shown(recovery[1])}, ${shown(recovery[2])}]`,
          `${((100 * dropped) / meanAt(own, all, "n_train")).toFixed(1)} %`,
          rate === 0 || dropped === 0 ? "" : `${((100 * meanAt(own, all, "found")) / dropped).toFixed(0)} %`,
        ];
      }),
    ),
  );
  return [head, ...lines];
}

type Means = Readonly<Record<"auroc" | "ap" | "dropped" | "found" | "n_train", number>>;

/** Means over keys, a table each, in the order of the tables. */
function perTable(measured: readonly Accuracy[], detector: string, rate: number, way: string): readonly Means[] {
  const own = measured.filter((row) => row.detector === detector && row.rate === rate && row.way === way);
  return [...new Set(own.map(({ set }) => set))].map((set) => {
    const rows = own.filter((row) => row.set === set);
    const mean = (name: keyof Means) => rows.reduce((sum, row) => sum + row[name], 0) / rows.length;
    return {
      auroc: mean("auroc"),
      ap: mean("ap"),
      dropped: mean("dropped"),
      found: mean("found"),
      n_train: mean("n_train"),
    };
  });
}

function meanAt(rows: readonly Means[], places: readonly number[], name: keyof Means): number {
  return places.reduce((sum, i) => sum + rows[i][name], 0) / places.length;
}

/** The tables themselves, and 2,000 resamples of them. */
function resamples(count: number): readonly (readonly number[])[] {
  const u = uniform(keyOf("contamination").for("bootstrap"));
  const once = () => Array.from({ length: count }, () => Math.floor(u() * count));
  return [Array.from({ length: count }, (_, i) => i), ...Array.from({ length: 2000 }, once)];
}

/** A figure and its 95 % percentile interval. */
function interval(
  drawn: readonly (readonly number[])[],
  figure: (rows: readonly number[]) => number,
): [number, number, number] {
  const [own, ...others] = drawn.map(figure);
  const sorted = others.filter(Number.isFinite).sort((a, b) => a - b);
  const at = (level: number) => sorted[Math.floor(level * (sorted.length - 1))] ?? Number.NaN;
  return [own, at(0.025), at(0.975)];
}

function shown(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function signed(x: number): string {
  return `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(2)}`;
}
