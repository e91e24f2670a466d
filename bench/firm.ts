/**
 * FIRM beside its controls, one-class: does the contrastive form add anything to the outliers, and these to 1-NN?
 *
 * Protocol A on the 29 classical tables of ADBench: tables of more than 50,000 rows are cut to so many by the seed; normal
 * rows are shuffled by it, half of them train, the others and all anomalous rows are tested; columns that are constant in
 * training are dropped. Every contender has the same rows, and those that train the same key. AUROC and average precision
 * × 100, means over seeds, then over tables, with paired 95 % bootstrap intervals over tables against the distance to the
 * nearest training row on the same columns. `unseen bench oddbench --detectors firm --seconds 120` measures OddBench.
 *
 *   npm run bench:firm -- [--tier first|all] [--sets a,b] [--seeds 0,1,2] [--ablations] [--only TEXT]
 *     [--options '{"steps":500}'] [--workers 0] [--markdown] [--fresh]
 *   npm run bench:firm -- --images mnist,fashion-mnist [--classes 0,1,2] [--every 1] [--seeds 0,1,2] [--ablations] …
 *
 * With --images, protocol B: one class of MNIST, Fashion-MNIST or CIFAR-10 is normal, its first 2,000 training images are
 * learned from, and the test images of all classes are scored (--every 10: each tenth); the means are over classes, and the
 * control is the distance to the nearest image in pixels. `tsx bench/fetch-images.ts` fetches the images first.
 *
 * The first tier are 20 tables of fewer rows; --ablations are variants on ten tables, and --only takes contenders whose name
 * contains the text. Results are kept as they come, and not measured twice unless --fresh: an interrupted run goes on.
 */
import { parseArgs } from "node:util";
import { InputError } from "../src/errors/index.ts";
import { version } from "../src/model/version.ts";
import {
  auroc,
  averagePrecision,
  columnOf,
  counted,
  fromColumns,
  key as keyOf,
  type Matrix,
  pairedBootstrap,
  permutation,
  sample,
  takeRows,
} from "../src/numeric/index.ts";
import { integer, jsonObject, machine, report, runBenchmark } from "./command-line.ts";
import { ablations, type Contender, controls } from "./firm-contenders.ts";
import { imageAblations, imageControls, imageTask } from "./firm-images.ts";
import { IMAGE_SETS, imageCache, readImageSet } from "./image-sets.ts";
import { readSet } from "./labelled-set.ts";
import { markdownTable } from "./markdown-table.ts";
import { type Measurement, openJournal, writeParquet } from "./results.ts";
import { textTable } from "./text-table.ts";

const FIRST =
  "hepatitis wine lymphography wpbc wbc vertebral breastw pima cardio fault waveform thyroid optdigits pageblocks satimage-2 satellite annthyroid mnist mammography internetads".split(
    " ",
  );
const REST = "campaign aloi smtp backdoor celeba skin cover http donors".split(" ");
const ABLATED = "thyroid cardio fault annthyroid optdigits pageblocks waveform breastw satellite pima".split(" ");
const MOST_ROWS = 50_000;
/** Training images of a class. */
const MOST_IMAGES = 2000;

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      tier: { type: "string", default: "first" },
      sets: { type: "string" },
      seeds: { type: "string", default: "0,1,2" },
      ablations: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      options: { type: "string", default: "{}" },
      workers: { type: "string" },
      markdown: { type: "boolean", default: false },
      fresh: { type: "boolean", default: false },
      images: { type: "string" },
      classes: { type: "string", default: "0,1,2,3,4,5,6,7,8,9" },
      every: { type: "string", default: "1" },
    },
  });
  if (values.tier !== "first" && values.tier !== "all")
    throw new InputError(`bench: --tier: expected first or all, got ${values.tier}`);
  const tables = values.ablations ? ABLATED : values.tier === "first" ? FIRST : [...FIRST, ...REST];
  const sets = values.sets?.split(",") ?? tables;
  const seeds = values.seeds.split(",").map((seed) => integer("seeds", seed));
  const workers = values.workers === undefined ? undefined : integer("workers", values.workers);
  const given = jsonObject("options", values.options);
  const all = [...controls(given), ...(values.ablations ? ablations(given) : [])];
  const every = integer("every", values.every, 1);
  const units =
    values.images === undefined
      ? sets.map((set): Unit => ({ set, contenders: all, task: (seed) => divide(set, seed) }))
      : await imageUnits(values.images.split(","), values.classes.split(","), every, given, values.ablations);
  const kind = values.images === undefined ? "firm" : "firm-images";
  const journal = openJournal<Measurement>(kind, values.fresh);
  const measured: Measurement[] = [];
  for (const seed of seeds)
    for (const { set, contenders, task } of units) {
      const divided = once(() => task(seed));
      for (const contender of contenders.filter(({ name }, i) => i === 0 || name.includes(values.only))) {
        const { name, options } = contender;
        const identity = { set, seed, name, options: JSON.stringify(options), version };
        const found = await journal.once(identity, async () => measure(contender, await divided(), seed, workers));
        measured.push({ set, seed, contender: name, ...found });
      }
    }
  const rows = measured.flatMap(byView);
  const path = await writeParquet(values.ablations ? `${kind}-ablations` : kind, rows);
  const names = [...new Set(rows.map(({ name }) => name))];
  const write = values.markdown ? markdownTable : textTable;
  console.log(
    `${counted(units.length, values.images === undefined ? "table" : "class")}, seeds ${seeds.join(", ")}; ${machine()}; AUROC / average precision × 100\n\n${write(
      [
        ["", "mean", "sd over seeds", `− ${names[0]}, AUROC`, "average precision", "seconds a fit"],
        ...names.map((name) =>
          line(
            name,
            names[0],
            rows,
            units.map(({ set }) => set),
          ),
        ),
      ],
    )}`,
  );
  report(`written: ${path}`);
});

/** A value that is made when it is first asked for. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** What is measured on: a table, or a class of images. */
interface Unit {
  readonly set: string;
  readonly contenders: readonly Contender[];
  task(seed: number): Promise<Task>;
}

/** One unit for each class of the sets; each tenth test image, say, is another set. */
async function imageUnits(
  names: readonly string[],
  classes: readonly string[],
  every: number,
  given: Readonly<Record<string, unknown>>,
  ablated: boolean,
): Promise<readonly Unit[]> {
  const units: Unit[] = [];
  for (const name of names) {
    const known = IMAGE_SETS.find((one) => one === name);
    if (!known) throw new InputError(`bench: --images: expected ${IMAGE_SETS.join(", ")}, got ${name}`);
    const images = await readImageSet(known);
    if (images === null)
      throw new InputError(
        `bench: --images: ${name}: expected it in ${imageCache()}; run tsx bench/fetch-images.ts ${name}`,
      );
    const { shape } = images;
    const contenders = [...imageControls(known, shape, given), ...(ablated ? imageAblations(known, shape, given) : [])];
    for (const text of classes) {
      const own = integer("classes", text);
      const set = `${name} ${own}${every === 1 ? "" : `, each ${every}th`}`;
      units.push({ set, contenders, task: async () => imageTask(images, own, MOST_IMAGES, every) });
    }
  }
  return units;
}

interface Task {
  readonly train: Matrix;
  readonly test: Matrix;
  readonly truth: Uint8Array;
}

/** Half of the normal rows to train; the others and the anomalous ones to test. */
async function divide(name: string, seed: number): Promise<Task> {
  const { rows, labels } = await readSet(name);
  const key = keyOf(seed).for("firm");
  const kept = sample(key.for("rows"), rows.rows, MOST_ROWS);
  const normal = kept.filter((row) => labels[row] === 0);
  const order = Uint32Array.from(permutation(key.for("split"), normal.length), (i) => normal[i]);
  const half = Math.floor(normal.length / 2);
  const tested = Uint32Array.from([...order.subarray(half), ...kept.filter((row) => labels[row] === 1)]);
  const columns = Array.from({ length: rows.columns }, (_, j) => j).filter((j) => {
    const column = columnOf(rows, j);
    return order.subarray(0, half).some((row) => column[row] !== column[order[0]]);
  });
  const used = fromColumns(
    rows.rows,
    columns.map((j) => columnOf(rows, j)),
  );
  return {
    train: takeRows(used, order.subarray(0, half)),
    test: takeRows(used, tested),
    truth: Uint8Array.from(tested, (row) => labels[row]),
  };
}

async function measure(
  contender: Contender,
  { train, test, truth }: Task,
  seed: number,
  workers: number | undefined,
): Promise<Measurement> {
  const { scores, facts, fitSeconds } = await contender.measure(train, test, keyOf(seed).for("detector"), workers);
  const views = Object.entries(scores).map(
    ([view, own]) => [view, 100 * auroc(truth, own), 100 * averagePrecision(truth, own)] as const,
  );
  const shown = views.map(([view, a, b]) => `${view} ${a.toFixed(1)} / ${b.toFixed(1)}`).join("  ");
  report(`${train.rows} × ${train.columns}, seed ${seed}, ${contender.name}: ${fitSeconds.toFixed(1)} s  ${shown}`);
  return {
    views: JSON.stringify(views),
    ...facts,
    train_rows: train.rows,
    columns: train.columns,
    fit_seconds: fitSeconds,
  };
}

interface Row extends Measurement {
  readonly set: string;
  readonly seed: number;
  readonly name: string;
  readonly auroc: number;
  readonly ap: number;
  readonly fit_seconds: number;
}

/** One row for each score of a fit. */
function byView(row: Measurement): readonly Row[] {
  const { views, contender, ...rest } = row;
  const all = JSON.parse(views as string) as readonly (readonly [string, number, number])[];
  return all.map(
    ([view, auroc, ap]) =>
      ({ ...rest, name: view === "distance" ? contender : `${contender}, ${view}`, auroc, ap }) as unknown as Row,
  );
}

function line(name: string, control: string, rows: readonly Row[], sets: readonly string[]): readonly string[] {
  const of = (who: string, what: "auroc" | "ap") =>
    sets.map((set) => mean(rows.filter((row) => row.set === set && row.name === who).map((row) => row[what])));
  const own = rows.filter((row) => row.name === name);
  const seeds = [...new Set(own.map(({ seed }) => seed))];
  const ofSeed = (what: "auroc" | "ap") =>
    seeds.map((seed) => mean(own.filter((row) => row.seed === seed).map((row) => row[what])));
  const against = (what: "auroc" | "ap") => {
    if (name === control) return "";
    const { difference, low, high } = pairedBootstrap(of(name, what), of(control, what), keyOf("intervals"));
    return `${signed(difference)} [${signed(low)}, ${signed(high)}]`;
  };
  return [
    name,
    `${mean(of(name, "auroc")).toFixed(2)} / ${mean(of(name, "ap")).toFixed(2)}`,
    seeds.length > 1 ? `${spread(ofSeed("auroc")).toFixed(2)} / ${spread(ofSeed("ap")).toFixed(2)}` : "",
    against("auroc"),
    against("ap"),
    mean(own.map((row) => row.fit_seconds)).toFixed(1),
  ];
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function spread(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(values.reduce((total, x) => total + (x - center) ** 2, 0) / (values.length - 1));
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}
