/**
 * The loop as a person does it: fit on normal rows, score a file, mark the rows with the highest scores, tune, score another
 * file. What it brings for the classes that were marked, and what it costs for those that were not.
 *
 * Protocol, per data set and key: equal rows are taken once. NSL-KDD: the normal rows of the 20 % training file are fitted;
 * the test file is halved at random. CIC-IDS-2017 improved: half of the normal rows are fitted, the others and all attacks
 * are halved. From the first half the hidden class is taken away; it is scored with `review`, and the 20 rows with the
 * highest scores get their true labels. Tuned and untuned model score the second half: recall at a false alarm rate of 1 %
 * among its normal rows, for all rows of marked classes, for those of the hidden class, and for all rows of classes that were
 * never marked, hidden or not. Once with `fuse: max` (what `auto` chooses for such labels) and once with `fuse: mean`.
 *
 *   npm run bench:tune-loop -- [--sets nsl-kdd,cicids2017-improved] [--keys 0,1,2] [--detector auto] [--marked 20] [--fresh]
 *
 * bench/results/tune-loop.jsonl goes on where it was interrupted; bench/results/tune-loop.parquet has a row a data set and key.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { InputError } from "../src/errors/index.ts";
import { fit, type Model, tune } from "../src/model/index.ts";
import { key as keyOf, permutation, recallAtFalseAlarmRate } from "../src/numeric/index.ts";
import { integer, machine, report, runBenchmark } from "./command-line.ts";
import { dataFolder } from "./labelled-set.ts";
import { decimals, markdownTable } from "./markdown-table.ts";
import { type Measurement, openJournal, writeParquet } from "./results.ts";

/** Names given by the experiment, and what was decided with the label. */
const LEAKING = "id, Flow ID, Src IP, Src Port, Dst IP, Dst Port, Protocol, Timestamp, Attempted Category".split(", ");

interface DataSet {
  readonly label: string;
  readonly normal: string;
  readonly hidden: string;
  readonly leaking: readonly string[];
  /** The rows to fit on and those to divide, as SQL. */
  readonly fitted: string | null;
  readonly divided: string;
}

const SETS: Readonly<Record<string, DataSet>> = {
  "nsl-kdd": {
    label: "label",
    normal: "normal",
    hidden: "mscan",
    leaking: ["difficulty"],
    fitted: "nsl-kdd-train-20",
    divided: "nsl-kdd-test",
  },
  "cicids2017-improved": {
    label: "Label",
    normal: "BENIGN",
    hidden: "Botnet",
    leaking: LEAKING,
    fitted: null,
    divided: "cicids2017-improved",
  },
};

const FALSE_ALARMS = 0.01;

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      sets: { type: "string", default: Object.keys(SETS).join(",") },
      keys: { type: "string", default: "0,1,2" },
      detector: { type: "string", default: "auto" },
      marked: { type: "string", default: "20" },
      fresh: { type: "boolean", default: false },
    },
  });
  const keys = values.keys.split(",").map((key) => integer("keys", key));
  const marked = integer("marked", values.marked, 1);
  const { detector } = values;
  const journal = openJournal<Measurement>("tune-loop", values.fresh);
  const rows: Measurement[] = [];
  for (const set of values.sets.split(","))
    for (const key of keys) {
      const own = SETS[set];
      if (!own) throw new InputError(`bench: --sets: expected ${Object.keys(SETS).join(", ")}, got ${set}`);
      const measured = await journal.once({ set, key, detector, marked }, async () => ({
        set,
        key,
        detector,
        ...(await loop(own, key, detector, marked)),
      }));
      rows.push(measured);
      report(`${set} key ${key}: ${JSON.stringify(measured)}`);
    }
  const path = await writeParquet("tune-loop", rows);
  const percent = (row: Measurement, name: string) =>
    ["before", "after", "mean"]
      .map((when) => row[`${when}_${name}`])
      .map((x) => (x === null ? "–" : decimals(100 * Number(x), 1)))
      .join(" → ")
      .replace(/→ ([^→]*)$/, "($1)");
  const table = markdownTable([
    ["data, key", "marked: anomalous, normal", "classes marked", "verdict", "recall, marked", "hidden", "never marked"],
    ...rows.map((row) => [
      `${row["set"]}, ${row["key"]}`,
      `${row["anomalous"]}, ${row["normal"]}`,
      String(row["classes"]),
      String(row["verdict"]),
      ...["marked", "hidden", "never"].map((name) => percent(row, name)),
    ]),
  ]);
  console.log(`${machine()}; ${path}\n\n${table}`);
});

async function loop(set: DataSet, key: number, detector: string, count: number): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), "unseen-tune-loop-"));
  const at = (name: string) => join(folder, `${name}.parquet`);
  try {
    await divide(set, key, at);
    const { label, normal, hidden } = set;
    using model = await fit(at("fit"), { key, detector, label, normal });
    const review = at("review");
    await model.score(at("first"), { output: review, review: "verdict" });
    await sql(
      `COPY (SELECT * EXCLUDE (place) REPLACE (CASE WHEN place <= ${count} THEN ${quoted(label)} END AS verdict) FROM (SELECT *, row_number() OVER () AS place FROM '${review}')) TO '${at("marked")}'`,
    );
    const tunedBy = (fuse: "max" | "mean") => tune(model.bytes, at("marked"), { key, label: "verdict", normal, fuse });
    const tuned = await tunedBy("max");
    const weighed = await tunedBy("mean");
    const classes = (await sql(
      `SELECT verdict, count(*) FROM '${at("marked")}' WHERE verdict IS NOT NULL AND verdict <> '${normal}' GROUP BY verdict ORDER BY count(*) DESC, verdict`,
    )) as [string, bigint][];
    const labels = (await sql(`SELECT ${quoted(label)} FROM '${at("second")}'`)).map(([text]) => String(text));
    const before = await scoresOf(model, at("second"));
    const after = tuned.model === null ? before : await scoresOf(tuned.model, at("second"));
    const mean = weighed.model === null ? before : await scoresOf(weighed.model, at("second"));
    for (const { model } of [tuned, weighed]) model?.[Symbol.dispose]();
    const seen = new Set(classes.map(([name]) => name));
    const recalls = (name: string, isOf: (text: string) => boolean) => ({
      [`before_${name}`]: recall(labels, before, normal, isOf),
      [`after_${name}`]: recall(labels, after, normal, isOf),
      [`mean_${name}`]: recall(labels, mean, normal, isOf),
      [`rows_${name}`]: labels.filter((text) => text !== normal && isOf(text)).length,
    });
    return {
      hidden,
      anomalous: tuned.rows.anomalous,
      normal: tuned.rows.normal,
      classes: classes.map(([name, rows]) => `${name} (${rows})`).join(", "),
      verdict: tuned.verdict,
      mean_verdict: weighed.verdict,
      gain: tuned.gain?.mean ?? null,
      gain_low: tuned.gain?.low ?? null,
      gain_high: tuned.gain?.high ?? null,
      ...recalls("marked", (text) => seen.has(text)),
      ...recalls("hidden", (text) => text === hidden),
      ...recalls("never", (text) => !seen.has(text)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes the rows to fit on, those to review and those to test on. */
async function divide(
  { fitted, divided, label, normal, hidden, leaking }: DataSet,
  key: number,
  at: (name: string) => string,
): Promise<void> {
  const file = (name: string) => `'${join(dataFolder(), `intrusion/${name}.parquet`)}'`;
  const distinct = (name: string) => `SELECT DISTINCT * EXCLUDE (${leaking.map(quoted).join(", ")}) FROM ${file(name)}`;
  const rows = `SELECT * FROM (${distinct(divided)}) ORDER BY ALL`;
  const texts = (await sql(`SELECT ${quoted(label)} FROM (${rows})`)).map(([text]) => String(text));
  const order = permutation(keyOf(key).for("loop"), texts.length);
  const normals = Array.from(order).filter((row) => texts[row] === normal);
  const forFit = new Set(fitted === null ? normals.slice(0, normals.length >> 1) : []);
  const rest = Array.from(order).filter((row) => !forFit.has(row));
  const take = (places: readonly number[], name: string, condition = "true") =>
    sql(
      `COPY (SELECT * EXCLUDE (unseen_place) FROM (SELECT *, row_number() OVER () - 1 AS unseen_place FROM (${rows})) WHERE unseen_place IN (${places.join(", ")}) AND ${condition}) TO '${at(name)}'`,
    );
  if (fitted === null) await take([...forFit], "fit");
  else
    await sql(
      `COPY (SELECT * FROM (${distinct(fitted)}) WHERE ${quoted(label)} = '${normal}' ORDER BY ALL) TO '${at("fit")}'`,
    );
  await take(rest.slice(0, rest.length >> 1), "first", `${quoted(label)} <> '${hidden}'`);
  await take(rest.slice(rest.length >> 1), "second");
}

async function scoresOf(model: Model, path: string): Promise<Float64Array> {
  return (await model.score(path)).scores;
}

function recall(
  labels: readonly string[],
  scores: Float64Array,
  normal: string,
  isOf: (text: string) => boolean,
): number | null {
  const places = [...labels.keys()].filter((row) => labels[row] === normal || isOf(labels[row]));
  const truth = Uint8Array.from(places, (row) => (labels[row] === normal ? 0 : 1));
  if (truth.every((label) => label === 0)) return null;
  return recallAtFalseAlarmRate(
    truth,
    Float64Array.from(places, (row) => scores[row]),
    FALSE_ALARMS,
  );
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function sql(query: string): Promise<readonly (readonly unknown[])[]> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  try {
    return (await connection.runAndReadAll(query)).getRows();
  } finally {
    connection.closeSync();
  }
}
