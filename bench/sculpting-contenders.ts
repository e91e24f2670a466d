import { scoreRows } from "../src/detect/index.ts";
import { fuse, type Judge, judge, SCORES, type ScoreName } from "../src/detect/sculpting/judges.ts";
import { type Sculpted, type SculptOptions, sculpt } from "../src/detect/sculpting/sculpt.ts";
import { cappedKnown } from "../src/detect/sculpting/stage-one.ts";
import { sculpting } from "../src/detect/sculpting.ts";
import { add, concatenate, expandDims, maximum, overRows, type Tensor } from "../src/graph/index.ts";
import { columnOf, type Key, type Matrix, matrix, stackRows } from "../src/numeric/index.ts";
import { type OptionsGiven, parseOptions } from "../src/options/index.ts";
import { fitScaling } from "../src/prepare/index.ts";
import { classifier } from "./sculpting-classifier.ts";
import type { Division } from "./sculpting-data.ts";
import type { Scored } from "./sculpting-measures.ts";
import { candidate } from "./shelf.ts";

/** One fit that yields the scores of several methods. */
export interface Contender {
  readonly name: string;
  /** The names of its methods, as tables call them. */
  readonly methods: readonly string[];
  scores(division: Division, key: Key): Promise<readonly Scored[]>;
}

type Given = OptionsGiven<typeof sculpting.options>;

/** Scores that only the table has: the distance alone, and two other ways to fuse. */
type Judged = ScoreName | "plain" | "sum" | "maximum";

/** What was tried to make the flow better than its controls. */
const REMEDIES: readonly (readonly [string, Given])[] = [
  ["quantile-normal columns", { scaling: "quantile-normal" }],
  ["noise 0.3", { noise: 0.3 }],
  ["seen classes capped at 250 rows", { maxPerClass: 250 }],
];

/** Controls first, then what is measured. */
export function contenders({ slow, remedies }: { slow: boolean; remedies: boolean }): readonly Contender[] {
  return [
    shelf("1-NN, columns scaled by normal rows", "knn", { scaling: "signed-log" }),
    shelf("isolation forest", "isolation-forest"),
    shelf("MAF on rows", "maf"),
    shelf("logistic regression on seen classes", "logistic", { base: "none" }),
    supervised,
    sculpted("untrained", { steps: 0 }, ["flow", "nearest", "fused"]),
    sculpted("hypersphere", {}, ["plain", ...SCORES, "sum", "maximum"]),
    sculpted("dual-centroid", { loss: "dual-centroid" }, SCORES),
    sculpted("flow of v1", { flow: "v1" }, ["flow", "two-stage"]),
    ...(remedies ? REMEDIES.map(([name, given]) => sculpted(name, given, ["flow", "fused"])) : []),
    ...(slow
      ? (["conv-transformer", "feature-transformer"] as const).map((encoder) =>
          sculpted(encoder, { encoder }, ["flow", "nearest", "fused"]),
        )
      : []),
  ];
}

/** A detector of the shelf. */
function shelf(title: string, name: string, given: Record<string, unknown> = {}): Contender {
  return {
    name: title,
    methods: [title],
    async scores(division, key) {
      const { detector, options } = candidate(name, given);
      const fitted = await detector.fit(division.train, options, {
        key,
        ...(detector.labels !== undefined && { known: division.seen }),
      });
      return ofParts(division, async (rows) => [await scoreRows(fitted, rows)]);
    },
  };
}

/** The classifier with the same encoder, on the same rows as stage 1. */
const supervised: Contender = {
  name: "classifier with the same encoder (cross-entropy)",
  methods: ["classifier with the same encoder (cross-entropy)"],
  async scores(division, key) {
    const { maxPerClass } = defaults({});
    const { rows: seen } = cappedKnown(division.seen, maxPerClass, key.for("known rows"));
    const { forward } = fitScaling("signed-log", stackRows(division.train, seen));
    const scaled = async (rows: Matrix) => matrix(rows.rows, rows.columns, await overRows(forward, rows));
    const odds = await classifier(await scaled(division.train), await scaled(seen), key.for("classifier"));
    return ofParts(division, async (rows) => [await overRows((x) => odds(forward(x)), rows)]);
  },
};

/** Both stages; "plain" is the distance to the nearest normal row in the columns as stage 1 takes them. */
function sculpted(name: string, given: Given, scores: readonly Judged[]): Contender {
  return {
    name: `sculpting ${name}`,
    methods: scores.map((score) => (score === "plain" ? TITLES.plain : `${name}: ${TITLES[score]}`)),
    async scores(division, key) {
      const options = defaults(given);
      const done = await sculpt(division.train, division.seen, optionsOf(options), { key });
      const judges = await Promise.all(scores.map((score) => judgeOf(score, done, key)));
      return ofParts(division, (rows) => together(done, judges, rows));
    },
  };
}

const TITLES: Readonly<Record<Judged, string>> = {
  plain: "1-NN on prepared rows",
  fused: "fused",
  sum: "sum of ℓ and 1-NN alone",
  maximum: "maximum of ℓ and 1-NN",
  flow: "flow ℓ",
  "two-stage": "two-stage rule",
  center: "‖z − c_b‖²",
  nearest: "latent 1-NN",
};

async function judgeOf(score: Judged, done: Sculpted, key: Key): Promise<Judge> {
  if (score === "plain") return ({ plain }) => plain;
  if (score === "maximum")
    return fuse(["flow", "plain"], (each) => each.reduce((a, b) => maximum(a, b)), done, { key });
  if (score === "sum") return fuse(["flow", "plain"], (each) => each.reduce(add), done, { key });
  return judge(score, done, { key });
}

/** Several scores of rows in one pass. */
async function together(
  { views, chunk }: Sculpted,
  judges: readonly Judge[],
  rows: Matrix,
): Promise<readonly Float64Array[]> {
  const all = (x: Tensor) => {
    const seen = views(x);
    return concatenate(
      judges.map((judge) => expandDims(judge(seen), 1)),
      1,
    );
  };
  const scored = matrix(rows.rows, judges.length, await overRows(all, rows, { chunk }));
  return judges.map((_, j) => columnOf(scored, j));
}

/** The scores of each part, one set a method. */
async function ofParts(
  { calibration, normal, known, unseen, apart }: Division,
  of: (rows: Matrix) => Promise<readonly Float64Array[]>,
): Promise<readonly Scored[]> {
  const parts = [await of(calibration), await of(normal), await of(known.rows), await of(unseen.rows)];
  const last = apart && (await of(apart.rows));
  return parts[0].map((_, i) => ({
    calibration: parts[0][i],
    normal: parts[1][i],
    known: parts[2][i],
    unseen: parts[3][i],
    apart: last ? last[i] : null,
  }));
}

function defaults(given: Given) {
  return parseOptions(sculpting.name, sculpting.options, given);
}

/** The options of both stages, as the detector hands them on. */
function optionsOf(options: ReturnType<typeof defaults>): SculptOptions {
  return { ...options, stageOne: options, stageTwo: { ...options, steps: options.flowSteps } };
}
