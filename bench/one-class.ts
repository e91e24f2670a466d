/**
 * FIRM and zero-shot outlier synthesis beside their controls, one-class: does a method add anything to the outliers it makes,
 * and these to the nearest row?
 *
 * Tables of ADBench of more than 50,000 rows are cut to so many by the seed; normal rows are shuffled by it, half of them
 * train, the others and all anomalous rows are tested; columns that are constant in training are dropped. Tables of OddBench
 * have their own split, and at most 4,000 training and 8,000 test rows, drawn by the seed. Of MNIST, Fashion-MNIST and
 * CIFAR-10 one class is normal: its first 2,000 training images are learned from, the test images of all classes scored, and
 * the control is the nearest image in pixels (`tsx bench/fetch-images.ts` fetches them first). Every contender has the same
 * rows, and those that train the same key. AUROC and average precision × 100, means over seeds, then over tables or classes,
 * with paired 95 % bootstrap intervals over these against the distance to the nearest training row.
 *
 *   npm run bench:firm -- [--suite first|adbench|oddbench|embeddings|ablations|mnist|fashion-mnist|cifar-10]
 *     [--sets a,b | --classes 0,1] [--seeds 0,1,2] [--ablations] [--only TEXT,TEXT] [--options '{"steps":500}'] [--every 1]
 *     [--workers 0] [--markdown] [--fresh]
 *   npm run bench:synthesis -- …   (of images, the table of either command holds both methods)
 *
 * The suite `first` are 20 tables of ADBench of fewer rows, `adbench` all 29 classical ones. --ablations adds variants, on ten
 * named tables unless a suite is given. --only takes contenders whose name contains one of the texts, --every 10 each
 * tenth test image. Results are kept as they come, and not measured twice unless --fresh: an interrupted run goes on.
 */
import { parseArgs } from "node:util";
import { InputError } from "../src/errors/index.ts";
import { version } from "../src/model/version.ts";
import { auroc, averagePrecision, counted, key as keyOf } from "../src/numeric/index.ts";
import { integer, jsonObject, machine, report, runBenchmark } from "./command-line.ts";
import type { Contender } from "./contender.ts";
import { ablations, controls } from "./firm-contenders.ts";
import { imageAblations, imageControls, imageTask } from "./firm-images.ts";
import { IMAGE_SETS, type ImageSetName, imageCache, readImageSet } from "./image-sets.ts";
import { markdownTable } from "./markdown-table.ts";
import { SUITES, type Task, tableTask } from "./one-class-suites.ts";
import { type OneClassRow, summary } from "./one-class-summary.ts";
import { type Measurement, openJournal, writeParquet } from "./results.ts";
import { synthesisAblations, synthesisControls } from "./synthesis-contenders.ts";
import { textTable } from "./text-table.ts";

/** What a method is compared by: its published score. */
const SCORE_OF = { firm: "firm, cos-5", "outlier-synthesis": "outlier-synthesis, classifier" } as const;
/** Training images of a class. */
const MOST_IMAGES = 2000;

/** What is measured on: a table, or a class of images. */
interface Unit {
  readonly set: string;
  task(seed: number): Promise<Task>;
}

await runBenchmark(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      suite: { type: "string" },
      sets: { type: "string" },
      classes: { type: "string", default: "0,1,2,3,4,5,6,7,8,9" },
      seeds: { type: "string", default: "0,1,2" },
      ablations: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      options: { type: "string", default: "{}" },
      every: { type: "string", default: "1" },
      workers: { type: "string" },
      markdown: { type: "boolean", default: false },
      fresh: { type: "boolean", default: false },
    },
  });
  const method = oneOf("method", positionals[0] ?? "firm", ["firm", "outlier-synthesis"]);
  const suite = values.suite ?? (values.ablations ? "ablations" : "first");
  const seeds = values.seeds.split(",").map((seed) => integer("seeds", seed));
  const workers = values.workers === undefined ? undefined : integer("workers", values.workers);
  const given = jsonObject("options", values.options);
  const images = IMAGE_SETS.find((name) => name === suite);
  const { units, contenders } = images
    ? await ofImages(images, values.classes.split(","), integer("every", values.every, 1), given, values.ablations)
    : ofTables(method, suite, values.sets, given, values.ablations);
  const parts = values.only.split(",");
  const tried = contenders.filter(({ name }, i) => i === 0 || parts.some((part) => name.includes(part)));
  const journal = openJournal<Measurement>(images ? "firm-images" : method, values.fresh);
  const rows: OneClassRow[] = [];
  for (const seed of seeds)
    for (const { set, task } of units) {
      const divided = once(() => task(seed));
      for (const contender of tried) {
        const { name, options } = contender;
        const identity = { set, seed, name, options: JSON.stringify(options), version };
        const found = await journal.once(identity, async () => measure(contender, await divided(), seed, workers, set));
        rows.push(...byView(set, seed, name, found));
      }
    }
  const path = await writeParquet(`${method}-${suite}${values.ablations ? "-variants" : ""}`, rows);
  const write = values.markdown ? markdownTable : textTable;
  console.log(
    `${suite}: ${images ? counted(units.length, "class", "classes") : counted(units.length, "table")}, seeds ${seeds.join(", ")}; ${machine()}; AUROC / average precision × 100\n\n${write(summary(rows, SCORE_OF[method]))}`,
  );
  report(`written: ${path}`);
});

function oneOf<T extends string>(what: string, name: string, known: readonly T[]): T {
  const found = known.find((one) => one === name);
  if (found !== undefined) return found;
  throw new InputError(`bench: ${what}: expected one of ${known.join(", ")}, got ${name}`);
}

/** A value that is made when it is first asked for. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

interface Tried {
  readonly units: readonly Unit[];
  readonly contenders: readonly Contender[];
}

function ofTables(
  method: "firm" | "outlier-synthesis",
  suite: string,
  sets: string | undefined,
  given: Readonly<Record<string, unknown>>,
  ablated: boolean,
): Tried {
  const known = Object.keys(SUITES) as (keyof typeof SUITES)[];
  const all = SUITES[oneOf("--suite", suite, [...known, ...IMAGE_SETS] as typeof known)]();
  const names = sets?.split(",").map((name) => oneOf("--sets", name, all)) ?? all;
  const [own, variants] = method === "firm" ? [controls, ablations] : [synthesisControls, synthesisAblations];
  return {
    units: names.map((set) => ({ set, task: (seed) => tableTask(set, seed) })),
    contenders: [...own(given), ...(ablated ? variants(given) : [])],
  };
}

/** One unit for each class of a set of images; each tenth test image, say, is another unit. */
async function ofImages(
  name: ImageSetName,
  classes: readonly string[],
  every: number,
  given: Readonly<Record<string, unknown>>,
  ablated: boolean,
): Promise<Tried> {
  const images = await readImageSet(name);
  if (images === null)
    throw new InputError(
      `bench: --suite: ${name}: expected it in ${imageCache()}; run tsx bench/fetch-images.ts ${name}`,
    );
  const { shape } = images;
  return {
    units: classes.map((text) => {
      const own = integer("classes", text);
      const set = `${name} ${own}${every === 1 ? "" : `, each ${every}th`}`;
      return { set, task: async () => imageTask(images, own, MOST_IMAGES, every) };
    }),
    contenders: [...imageControls(name, shape, given), ...(ablated ? imageAblations(name, shape, given) : [])],
  };
}

async function measure(
  contender: Contender,
  { train, test, truth }: Task,
  seed: number,
  workers: number | undefined,
  set: string,
): Promise<Measurement> {
  const { scores, facts, fitSeconds } = await contender.measure(train, test, keyOf(seed).for("detector"), workers);
  const views = Object.entries(scores).map(
    ([view, own]) => [view, 100 * auroc(truth, own), 100 * averagePrecision(truth, own)] as const,
  );
  const shown = views.map(([view, a, b]) => `${view} ${a.toFixed(1)} / ${b.toFixed(1)}`).join("  ");
  report(
    `${set} (${train.rows} × ${train.columns}), seed ${seed}, ${contender.name}: ${fitSeconds.toFixed(1)} s  ${shown}`,
  );
  return {
    views: JSON.stringify(views),
    ...facts,
    train_rows: train.rows,
    columns: train.columns,
    fit_seconds: fitSeconds,
  };
}

/** One row for each score of a fit. */
function byView(set: string, seed: number, contender: string, measured: Measurement): readonly OneClassRow[] {
  const all = JSON.parse(measured["views"] as string) as readonly (readonly [string, number, number])[];
  return all.map(([view, auroc, ap]) => ({
    set,
    seed,
    name: view === "distance" ? contender : `${contender}, ${view}`,
    auroc,
    ap,
    fit_seconds: measured["fit_seconds"] as number,
    alarms: (measured["alarms"] as string | undefined) ?? "",
  }));
}
