/**
 * A few labelled anomalies among unlabelled rows, by the protocol of ADGym (Jiang et al. 2023, NeurIPS).
 *
 * Protocol, per table and key: at most 3,000 rows, drawn; 70 % of either class for training, 30 % for testing. Of the
 * anomalous training rows 5, 10 or 20 are labelled, each smaller set within the larger; every other training row, whatever
 * it is, counts as normal. Tables with fewer than 1,000 rows, or fewer than 20 anomalous training rows under some key, are
 * left out. Columns as they are. AUROC and average precision × 100 on the test rows; a table's value is its mean over keys.
 *
 * Contenders are lines of `CONTENDERS`: a detector of the shelf and options.
 *
 *   npm run bench:adgym -- [--sets a,b] [--labels 5,10,20] [--keys 1,2,3] [--contenders a,b] [--fresh]
 */
import { parseArgs } from "node:util";
import { scoreRows } from "../src/detect/index.ts";
import {
  auroc,
  averagePrecision,
  type Key,
  key as keyOf,
  type Matrix,
  permutation,
  sample,
  takeRows,
} from "../src/numeric/index.ts";
import { adgymTable } from "./adgym-table.ts";
import { integer, machine, report, runBenchmark } from "./command-line.ts";
import { type LabelledSet, readSet } from "./labelled-set.ts";
import { type Measurement, openJournal, writeParquet } from "./results.ts";
import { candidate } from "./shelf.ts";

/** The tables of at least 1,000 rows that are tables in ADBench too, not embeddings of images or texts. */
const SETS =
  "aloi annthyroid backdoor campaign cardio celeba cover donors fault http internetads mammography mnist optdigits pageblocks satellite satimage-2 skin smtp thyroid waveform";
const [MOST, FEWEST, TRAINED] = [3000, 1000, 0.7];

/** What is compared: a name for tables, a detector of the shelf, options. */
const CONTENDERS: readonly (readonly [name: string, detector: string, options: Record<string, unknown>])[] = [
  ["boosted", "boosted", {}],
  ["boosted, classes weigh as many as there are", "boosted", { balance: "counts" }],
  ["logistic", "logistic", {}],
  ["logistic, no base", "logistic", { base: "none" }],
  ["1-NN", "knn", { k: 1, distance: "kth", metric: "euclidean", scaling: "standard" }],
  ["isolation-forest", "isolation-forest", {}],
];

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      sets: { type: "string", default: SETS.replaceAll(" ", ",") },
      labels: { type: "string", default: "5,10,20" },
      keys: { type: "string", default: "1,2,3" },
      contenders: { type: "string" },
      fresh: { type: "boolean", default: false },
    },
  });
  const labels = values.labels.split(",").map((count) => integer("labels", count, 1));
  const keys = values.keys.split(",").map((key) => integer("keys", key));
  const asked = values.contenders?.split(";");
  const tried = CONTENDERS.filter(([name]) => asked === undefined || asked.includes(name));
  const journal = openJournal("adgym", values.fresh);
  const rows: Measurement[] = [];
  for (const name of values.sets.split(",")) {
    const set = await readSet(name);
    const divisions = keys.map((key) => ({ key, ...divide(set, keyOf(key).for(name)) }));
    const fewest = Math.min(...divisions.map(({ anomalous }) => anomalous.length));
    if (set.rows.rows < FEWEST || fewest < Math.max(...labels)) {
      report(`${name}: left out: ${set.rows.rows} rows, ${fewest} anomalous ones to train with`);
      continue;
    }
    for (const division of divisions)
      for (const [title, detector, options] of tried)
        for (const count of labels) rows.push(await measured(division, title, candidate(detector, options), count));
    const own = rows.filter((row) => row["set"] === name && row["labels"] === labels[0]);
    report(
      `${name}: ${tried.map(([title]) => `${title} ${mean(own.filter((row) => row["method"] === title)).toFixed(1)}`).join(", ")}`,
    );

    /** A detector that takes no labels is measured once for all numbers of them. */
    async function measured(
      division: (typeof divisions)[number],
      method: string,
      { detector, options }: ReturnType<typeof candidate>,
      count: number,
    ): Promise<Measurement> {
      const { key } = division;
      const told = detector.labels === undefined ? 0 : count;
      const one = await journal.once({ set: name, key, method, options: JSON.stringify(options), told }, async () => {
        const { known, normal } = labelled(set.rows, division, told);
        const classes = Array.from({ length: known.rows }, () => "anomalous");
        const context = {
          key: keyOf(key).for("detector"),
          workers: 0,
          ...(told > 0 && { known: { rows: known, classes } }),
        };
        const started = process.cpuUsage();
        const fitted = await detector.fit(normal, options, context);
        const { user, system } = process.cpuUsage(started);
        const scores = await scoreRows(fitted, takeRows(set.rows, division.test), { workers: 0 });
        const truth = Uint8Array.from(division.test, (row) => set.labels[row]);
        return {
          auroc: 100 * auroc(truth, scores),
          ap: 100 * averagePrecision(truth, scores),
          fit_processor_seconds: (user + system) / 1e6,
          machine: machine(),
        };
      });
      return { set: name, key, method, labels: count, ...one };
    }
  }
  report(await writeParquet("adgym", rows));
  console.log(adgymTable.render(rows));
});

interface Division {
  /** Places of training rows: normal ones, and anomalous ones in the order in which they are labelled. */
  readonly normal: readonly number[];
  readonly anomalous: readonly number[];
  readonly test: readonly number[];
}

function divide({ rows, labels }: LabelledSet, key: Key): Division {
  const some = sample(key.for("rows"), rows.rows, MOST);
  const order = Array.from(permutation(key.for("order"), some.length), (at) => some[at]);
  const [normal, anomalous] = [0, 1].map((label) => order.filter((row) => labels[row] === label));
  const [n, m] = [Math.round(TRAINED * normal.length), Math.round(TRAINED * anomalous.length)];
  return {
    normal: normal.slice(0, n),
    anomalous: anomalous.slice(0, m),
    test: [...normal.slice(n), ...anomalous.slice(m)],
  };
}

/** The first `count` anomalous training rows, and all others as if they were normal. */
function labelled(rows: Matrix, { normal, anomalous }: Division, count: number) {
  return {
    known: takeRows(rows, anomalous.slice(0, count)),
    normal: takeRows(rows, [...normal, ...anomalous.slice(count)]),
  };
}

function mean(rows: readonly Measurement[]): number {
  return rows.reduce((total, row) => total + Number(row["auroc"]), 0) / rows.length;
}
