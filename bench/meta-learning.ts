/**
 * Multi-directional meta-learning beside its controls: a family of attacks is left out, the others are known.
 *
 * Protocol A, CIC-IDS-2017 improved (equal rows once, ports left out): ten families, each left out in turn; the headline is of the
 * eight of 300 rows and more. Of normal rows and of each other family two thirds train, a sixth is held out (tails, thresholds,
 * averages), a sixth tests; the test is of those normal rows against all rows of the family left out. Protocol B, NSL-KDD: the
 * 20 % training file, types of fewer than 100 rows as one; the 18 types that only the test file has are left out.
 *
 *   tsx bench/meta-learning.ts [--keys 42,43,44] [--trainings code,trees,…] [--protocols A,B] [--table] [--fresh]
 *
 * Without --trainings: `trees` and `code` for all keys, then the controls for the first. One training yields several methods, for
 * its scores are kept; what was kept is not trained again unless --fresh, and --table only shows. A training takes about a minute
 * of processor time. Tables show means over keys ± standard deviations.
 */
import { parseArgs } from "node:util";
import { InputError } from "../src/errors/index.ts";
import { version } from "../src/model/version.ts";
import { key as keyOf } from "../src/numeric/index.ts";
import { integer, machine, report, runBenchmark } from "./command-line.ts";
import { APART, familiesOfFlows, HEADLINE, type LeftOut, typesOfConnections } from "./meta-learning-data.ts";
import { fusedScores, type Kept, METHODS, measuresOf, packed, unpacked } from "./meta-learning-measures.ts";
import { familyTable, headlineTable } from "./meta-learning-table.ts";
import { ROWS, type RowsOf, TRAININGS, type Training } from "./meta-learning-trainings.ts";
import { type Measurement, openJournal, writeParquet } from "./results.ts";

interface Job {
  readonly protocol: "A" | "B";
  readonly key: number;
  readonly family: string;
  readonly training: string;
}

const UNSEEN_TYPES = "unseen types";

/** Only what was kept is shown. */
class NotKept extends Error {}

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      keys: { type: "string", default: "42,43,44" },
      trainings: { type: "string", default: "" },
      protocols: { type: "string", default: "A,B" },
      families: { type: "string", default: [...HEADLINE, ...APART].join(",") },
      table: { type: "boolean", default: false },
      fresh: { type: "boolean", default: false },
    },
  });
  const keys = values.keys.split(",").map((key) => integer("keys", key));
  const names = TRAININGS.map(({ name }) => name);
  const chosen = values.trainings === "" ? null : values.trainings.split(",");
  const odd = chosen?.find((name) => !names.includes(name));
  if (odd !== undefined) throw new InputError(`bench: --trainings: expected some of ${names.join(", ")}, got ${odd}`);
  const jobs = jobsOf(
    keys,
    chosen,
    values.protocols.split(","),
    values.families.split(","),
    values.table ? keys : keys.slice(0, 1),
  );
  const journal = openJournal<Measurement>("meta-learning", values.fresh);
  const kept = new Map<string, Measurement>();
  const data = divisions();
  for (const job of jobs) {
    const identity = { ...job, version };
    const measured = await journal
      .once(identity, async () => {
        if (values.table) throw new NotKept();
        return trained(TRAININGS.find(({ name }) => name === job.training)!, await data(job), job);
      })
      .catch((error: unknown) => {
        if (error instanceof NotKept) return null;
        throw error;
      });
    if (measured) kept.set(JSON.stringify(job), measured);
  }
  const rows = await measuredRows(jobs, kept);
  const path = await writeParquet("meta-learning", rows);
  console.log(`${machine()}\n`);
  for (const protocol of ["A", "B"] as const) {
    const own = rows.filter((row) => row["protocol"] === protocol);
    if (own.length === 0) continue;
    console.log(`${headlineTable(protocol).render(own)}\n`);
    if (protocol === "A") console.log(`${familyTable.render(own)}\n`);
  }
  report(`written: ${path}`);
});

/** The jobs in the order in which they tell most. */
function jobsOf(
  keys: readonly number[],
  chosen: readonly string[] | null,
  protocols: readonly string[],
  families: readonly string[],
  controlled: readonly number[],
): readonly Job[] {
  const main = ["trees", "code"];
  const controls = TRAININGS.map(({ name }) => name).filter((name) => !main.includes(name));
  const of = (key: number, trainings: readonly string[]): Job[] =>
    trainings
      .filter((training) => chosen === null || chosen.includes(training))
      .flatMap((training) => [
        ...(protocols.includes("A")
          ? families.map((family) => ({ protocol: "A" as const, key, family, training }))
          : []),
        ...(protocols.includes("B") ? [{ protocol: "B" as const, key, family: UNSEEN_TYPES, training }] : []),
      ]);
  return [...keys.flatMap((key) => of(key, main)), ...controlled.flatMap((key) => of(key, controls))];
}

/** Reads each protocol once, when it is first needed. */
function divisions(): (job: Job) => Promise<LeftOut> {
  const flows = once(familiesOfFlows);
  const connections = once(typesOfConnections);
  return async ({ protocol, key, family }) =>
    protocol === "A" ? (await flows())(keyOf(key), family) : (await connections())(keyOf(key));
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | null = null;
  return () => {
    reading ??= read();
    return reading;
  };
}

async function trained(training: Training, data: LeftOut, { key, family, protocol }: Job): Promise<Measurement> {
  const started = performance.now();
  const { scores, facts } = await training.train(data, keyOf(key).for("detector"));
  const seconds = (performance.now() - started) / 1000;
  const aurocs = Object.entries(scores).map(([name, own]) => `${name} ${Number(measuresOf(own)["auroc"]).toFixed(4)}`);
  report(`${protocol} ${key} ${family} ${training.name}: ${seconds.toFixed(0)} s, ${aurocs.join(", ")}`);
  return {
    seconds,
    ...facts,
    ...Object.fromEntries(
      Object.entries(scores).flatMap(([name, own]) => ROWS.map((rows) => [`${name}/${rows}`, packed(own[rows])])),
    ),
  };
}

/** One row a job and method. */
async function measuredRows(
  jobs: readonly Job[],
  kept: ReadonlyMap<string, Measurement>,
): Promise<readonly Measurement[]> {
  const places = [
    ...new Map(
      jobs.map(({ protocol, key, family }) => [`${protocol} ${key} ${family}`, { protocol, key, family }]),
    ).values(),
  ];
  return places.flatMap((place) => {
    const of = (training: string) => kept.get(JSON.stringify({ ...place, training }));
    const scores: Kept = (training, name) => {
      const own = of(training);
      if (!own || typeof own[`${name}/normal`] !== "string") return null;
      return Object.fromEntries(
        ROWS.map((rows) => [rows, unpacked(String(own[`${name}/${rows}`]))]),
      ) as unknown as RowsOf<Float64Array>;
    };
    return METHODS.flatMap((method) => {
      const fused = fusedScores(method, scores);
      if (!fused) return [];
      const [training] = method.parts[method.parts.length - 1];
      const { seconds, averaging, activeShare, episodes, temperature, seenWeights, seenEach } = of(training)!;
      return {
        ...place,
        method: method.name,
        ...measuresOf(fused),
        seconds,
        averaging: averaging ?? null,
        activeShare: activeShare ?? null,
        temperature: temperature ?? null,
        seenWeights: seenWeights ?? null,
        seenEach: seenEach ?? null,
        ...spreadOf(method.fuse === "none" ? episodes : null),
      };
    });
  });
}

/** Mean, deviation, least and most of the AUROC of single episodes. */
function spreadOf(episodes: unknown): Measurement {
  const each = typeof episodes === "string" ? (JSON.parse(episodes) as number[]) : [];
  if (each.length < 2) return { episodeMean: null, episodeSpread: null, episodeLeast: null, episodeMost: null };
  const mean = each.reduce((a, b) => a + b) / each.length;
  return {
    episodeMean: mean,
    episodeSpread: Math.sqrt(each.reduce((total, x) => total + (x - mean) ** 2, 0) / (each.length - 1)),
    episodeLeast: Math.min(...each),
    episodeMost: Math.max(...each),
  };
}
