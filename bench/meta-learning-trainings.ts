import { boosted } from "../src/detect/boosted.ts";
import { averaged, meanScore, meanSnapshot, separationOf } from "../src/detect/meta-learning/average.ts";
import { divided, placesByClass } from "../src/detect/meta-learning/divide.ts";
import type { Episode, Places } from "../src/detect/meta-learning/episodes.ts";
import { drawn } from "../src/detect/meta-learning/episodes.ts";
import { labelFree } from "../src/detect/meta-learning/label-free.ts";
import type { LearnOptions } from "../src/detect/meta-learning/learn.ts";
import { OUTER } from "../src/detect/meta-learning/losses.ts";
import { learnParts, type Parts } from "../src/detect/meta-learning/parts.ts";
import { prepareColumns } from "../src/detect/meta-learning/preparation.ts";
import { judged } from "../src/detect/meta-learning/scores.ts";
import { KEPT } from "../src/detect/meta-learning.ts";
import { nearestNeighbors } from "../src/detect/nearest-neighbors.ts";
import { overRows, type Tensor } from "../src/graph/index.ts";
import { type Key, type Matrix, matrix, sample, stackRows, takeRows } from "../src/numeric/index.ts";
import { parseOptions } from "../src/options/index.ts";
import type { ScalingName } from "../src/prepare/index.ts";
import { boostedLogits, growBoosted } from "../src/trees/index.ts";
import type { LeftOut } from "./meta-learning-data.ts";

/** The rows that scores are kept of: held-out normal rows, and normal, known and unseen rows of the test. */
export const ROWS = ["heldOut", "normal", "known", "unseen"] as const;
export type RowsOf<T> = Readonly<Record<(typeof ROWS)[number], T>>;

/** Scores of one training by name, and what else is to be told of it. */
export interface Trained {
  readonly scores: Readonly<Record<string, RowsOf<Float64Array>>>;
  readonly facts: Readonly<Record<string, number | string>>;
}

/** One training, whose scores are fused later without training again. */
export interface Training {
  readonly name: string;
  train(data: LeftOut, key: Key): Promise<Trained>;
}

const EPISODES = 60;
const STEPS = 50;
/** Of the episodes the last three quarters, whose spread is told. */
const TOLD = 0.75;

const DEFAULT: LearnOptions = { variant: "code", episodes: EPISODES, steps: STEPS, keep: TOLD };

/** The method, and its controls. */
export const TRAININGS: readonly Training[] = [
  episodes("code", DEFAULT),
  { name: "trees", train: trees },
  { name: "untrained", train: untrained },
  episodes("paper", { ...DEFAULT, variant: "paper" }),
  episodes("no outer loop", { ...DEFAULT, outer: false }),
  episodes("cross-entropy", {
    ...DEFAULT,
    episodes: 1,
    steps: EPISODES * STEPS,
    keep: 1,
    outer: false,
    drawEpisode: allAtOnce,
  }),
  episodes("t = 0 held", { ...DEFAULT, learnsTemperature: false }),
  episodes("alpha = 0", { ...DEFAULT, weights: { ...OUTER, alpha: 0 } }),
  episodes("no PCGrad", { ...DEFAULT, projects: false }),
  episodes("20 episodes of 150 steps", { ...DEFAULT, episodes: 20, steps: 150 }),
  episodes("rate .001", { ...DEFAULT, innerRate: 1e-3 }),
  episodes("robust columns", DEFAULT, { scaling: "robust", withBase: true }),
];

/** Rows of a side that single episodes are judged by. */
const JUDGED = 500;

function episodes(
  name: string,
  options: LearnOptions,
  { scaling = "signed-log", withBase = false }: { scaling?: ScalingName; withBase?: boolean } = {},
): Training {
  return {
    name,
    async train(data, key) {
      const parts = await learnParts(data.normal, data.known, scaling, options, { key });
      const { preparation, learned, validation } = parts;
      const { varying, columns } = preparation;
      // As the detector averages: the networks of the last half of the episodes.
      const last = learned.snapshots.slice(-Math.ceil(KEPT * learned.episodes));
      const mean = await averaged(last, "weights", columns, "on", validation, { key });
      const scores: Record<string, RowsOf<Float64Array>> = {
        learned: await scoresOf(data, parts, (x) => mean.score(varying(x))),
      };
      if (last.length > 1) {
        const five = meanScore(last.slice(-5), columns, "on");
        scores["last five"] = await scoresOf(data, parts, (x) => five(varying(x)));
        const more = judged(meanSnapshot(learned.snapshots), columns).score;
        scores["three quarters"] = await scoresOf(data, parts, (x) => more(varying(x)));
      }
      if (withBase) {
        const { all } = preparation;
        const base = await labelFree("knn", all, 10_000).fit(parts.normal, {}, { key });
        scores["base"] = await scoresOf(data, parts, base.score);
      }
      const each: number[] = [];
      const some = (rows: Matrix) => takeRows(rows, sample(key.for("judged"), rows.rows, JUDGED));
      const normal = some(data.testNormal);
      const both = stackRows(normal, some(data.unseen));
      for (const network of learned.snapshots.filter((_, i) => i % 3 === 0)) {
        const { score } = judged(network, columns);
        const found = await overRows((x) => score(varying(x)), both, { chunk: 512 });
        each.push(separationOf(found.subarray(0, normal.rows), found.subarray(normal.rows)));
      }
      return {
        scores,
        facts: {
          averaging: mean.by,
          ...(mean.measured && { seenWeights: mean.measured.weights, seenEach: mean.measured.each }),
          activeShare: learned.activeShare,
          episodes: JSON.stringify(each.map((auroc) => Number(auroc.toFixed(5)))),
          temperature: Math.exp(last.reduce((total, { t }) => total + t, 0) / last.length),
        },
      };
    },
  };
}

/** All families at once, at most 2,500 rows each, and as many normal rows: no episodes. */
function allAtOnce({ normal, classes }: Places, key: Key): Episode {
  const seen = classes.flatMap((own, i) => drawn(own, Math.min(2500, own.length), key.for(i)));
  return {
    inner: [...seen, ...drawn(normal, seen.length, key.for("normal"))],
    outer: { normal: [], anomalous: [] },
  };
}

async function scoresOf(
  data: LeftOut,
  { heldOut }: Pick<Parts, "heldOut">,
  score: (x: Tensor) => Tensor,
): Promise<RowsOf<Float64Array>> {
  const of = (rows: Matrix) => overRows(score, rows, { chunk: 512 });
  return {
    heldOut: await of(heldOut!),
    normal: await of(data.testNormal),
    known: await of(data.testKnown),
    unseen: await of(data.unseen),
  };
}

/** Rows of a family that the trees of the specification's protocol learn from, and their number. */
const [MOST_OF_FAMILY, ROUNDS] = [1500, 60];

/** Boosted trees on seen families: the shelf's, and 60 trees on at most 1,500 rows a family. */
async function trees(data: LeftOut, key: Key): Promise<Trained> {
  const { normal, known, heldOut } = divided(data.normal, data.known, key.for("held-out"));
  const parts = { heldOut };
  const fitted = await boosted.fit(normal, parseOptions(boosted.name, boosted.options, {}), { key, known });
  const capped = takeRows(
    known.rows,
    [...placesByClass(known.classes)].flatMap(([name, own]) =>
      Array.from(sample(key.for("capped").for(name), own.length, MOST_OF_FAMILY), (at) => own[at]),
    ),
  );
  const labels = new Uint8Array(normal.rows + capped.rows).fill(1, normal.rows);
  const sixty = await growBoosted(stackRows(normal, capped), labels, {
    rounds: ROUNDS,
    rate: 0.1,
    leaves: 31,
    minRows: 20,
    l2: 0,
  });
  const of = (rows: Matrix) => boostedLogits(sixty, rows);
  const { all } = prepareColumns("signed-log", stackRows(normal, known.rows));
  const base = await labelFree("knn", all, 10_000).fit(normal, {}, { key });
  return {
    scores: {
      base: await scoresOf(data, parts, base.score),
      trees: await scoresOf(data, parts, fitted.score),
      "sixty trees": {
        heldOut: of(heldOut!),
        normal: of(data.testNormal),
        known: of(data.testKnown),
        unseen: of(data.unseen),
      },
    },
    facts: {},
  };
}

/** The distance to the nearest normal embedding of an encoder that was not trained. */
async function untrained(data: LeftOut, key: Key): Promise<Trained> {
  const options: LearnOptions = { variant: "code", episodes: 1, steps: 0, keep: 1, outer: false };
  const parts = await learnParts(data.normal, data.known, "signed-log", options, { key });
  const { varying, columns } = parts.preparation;
  const { embed } = judged(parts.learned.snapshots[0], columns);
  const z = (x: Tensor) => embed(varying(x));
  const embedded = matrix(parts.normal.rows, 128, await overRows(z, parts.normal, { chunk: 512 }));
  const given = parseOptions(nearestNeighbors.name, nearestNeighbors.options, { scaling: "standard" });
  const nearest = await nearestNeighbors.fit(embedded, given, { key });
  return { scores: { "latent 1-NN": await scoresOf(data, parts, (x) => nearest.score(z(x))) }, facts: {} };
}
