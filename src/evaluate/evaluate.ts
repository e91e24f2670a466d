import { type Input, openSource, type Source } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { fingerprint, type LearnContext, version } from "../model/index.ts";
import { count, key as keyOf } from "../numeric/index.ts";
import { type OptionsOf, parseOptions } from "../options/index.ts";
import { capSplits } from "./cap.ts";
import { type Contender, contendersOf } from "./contenders.ts";
import { dataDoubts, nearTwinsText } from "./data-warnings.ts";
import { type Labelled, readLabelled } from "./labelled.ts";
import { nearTwins } from "./near-twins.ts";
import { checkEvaluateOptions, type EvaluateOptions } from "./options.ts";
import { type Protocol, protocolNamed, type Rows, straddling } from "./protocols/index.ts";
import type { Evaluated } from "./result.ts";
import { noKnownRows, type ScoredRun, scoreSplits } from "./run.ts";
import { runWarnings, straddleWarnings } from "./run-warnings.ts";
import type { Split } from "./split.ts";
import { type Ran, summarize } from "./summarize.ts";
import { firstTwins } from "./twins.ts";
import { unitsOf } from "./units.ts";

/** The splits of one key. */
interface Keyed {
  readonly key: number;
  readonly splits: readonly Split[];
  /** Before rows were capped. */
  readonly whole: readonly Split[];
}

/**
 * How good detectors are on labelled rows: divides the rows as a protocol says, fits each detector on training rows alone,
 * and measures scores, p-values and decisions on test rows, beside controls that come without asking: 1-NN on the same
 * rows, and the untrained twin of what trains. Equal input, options and keys, equal numbers (seconds aside).
 *
 * Rows equal in every used column are never on both sides of a split that is drawn. What gives the label away, twins in
 * splits that the data give, contradicting labels and unreachable levels are named in `warnings`, each with a remedy.
 * What columns are (numbers, categories) is inferred from all rows, as `fit` does; nothing else sees test rows.
 *
 * Throws an InputError where options, columns or labels do not fit, where a split leaves too few rows, and where a
 * detector that was asked for refuses rows; Interrupted when the signal fires. Cost: detectors × splits × keys fits,
 * where a detector that takes no labels is fitted once for splits that share their training rows.
 *
 * @example
 * const { candidates } = await evaluate("labelled.csv", { label: "Label", normal: "BENIGN", detectors: ["auto", "knn"] });
 * console.log(candidates[0].mean.auroc); // { mean: 0.98, low: 0.97, high: 0.99 }
 */
export async function evaluate(input: Input, options: EvaluateOptions): Promise<Evaluated> {
  try {
    return await evaluated(input, options);
  } catch (error) {
    // What is shared with fit speaks in its name.
    if (error instanceof InputError && error.message.startsWith("fit: "))
      throw new InputError(error.message.replace("fit: ", "evaluate: "), { cause: error });
    throw error;
  }
}

async function evaluated(input: Input, options: EvaluateOptions): Promise<Evaluated> {
  checkEvaluateOptions(options);
  const { signal, onProgress, keys = [0], level = 0.01 } = options;
  const started = performance.now();
  const protocol = protocolNamed(options.protocol ?? "one-class");
  const own = parseOptions(protocol.name, protocol.options, options.protocolOptions);
  const contenders = contendersOf(options.detectors ?? ["auto"]);
  using source = await openSource(input, options, signal);
  const data = await readLabelled(source, options, protocol.column?.(own) ?? null);
  onProgress?.({ stage: "look for twins and leaks", done: 0, total: data.table.rows });
  const twins = firstTwins(data.table);
  const rows = rowsOf(data, twins);
  const root = keyOf("evaluate");
  const plans = keys.map((key): Keyed => {
    const whole = protocol.splits(rows, own, keyOf(key).for("split").for(protocol.name));
    return { key, whole, splits: capSplits(whole, options, data.labels, keyOf(key).for("cap")) };
  });
  requireKnown(contenders, plans);
  const doubts = await dataDoubts(source, data, twins, protocol.given === undefined, root.for("doubts"), signal);
  const straddles = protocol.given ? await straddleWarnings(source, data, plans[0].splits[0], rows, twins, signal) : [];
  const near = await nearTwinsOver(plans, data, rows, options);
  const { ran, warnings } = await runAll(contenders, plans, data, options);
  const summary = summarize(ran, level, root.for("intervals"), (done, total) =>
    onProgress?.({ stage: "resample test rows", done, total }),
  );
  const drift = protocol.given
    ? "they differ from the rows learned from, so the promise does not hold for them"
    : "rows hang together, or equal rows on one side make the test harder than new rows; see whether --group applies";
  return {
    version,
    protocol: {
      name: protocol.name,
      sentence: [sentenceOf(protocol, own, plans, rows), capText(options)].filter(Boolean).join(" "),
      options: own as Evaluated["protocol"]["options"],
      keys,
      level,
    },
    data: dataOf(source, data, options, twins, doubts.toldAside, near.rows.length),
    ...summary,
    warnings: [
      ...straddles,
      ...doubts.warnings,
      ...(await nearTwinsText(source, data, near.rows, near.looked, signal)),
      ...runWarnings(ran, level, drift),
      ...warnings,
    ],
    seconds: (performance.now() - started) / 1000,
  };
}

function rowsOf({ labels, together, parts }: Labelled, twins: Uint32Array): Rows {
  return {
    ...labels,
    units: unitsOf(twins, together?.kind === "groups" ? together.values : null),
    time: together?.kind === "time" ? together.values : null,
    parts,
  };
}

/** Throws where a detector needs known rows and a split has none, before anything is fitted. */
function requireKnown(contenders: readonly Contender[], plans: readonly Keyed[]): void {
  const needs = contenders.find(({ detector }) => detector.labels === "required");
  if (needs && plans.some(({ splits }) => splits.some(({ known }) => known.length === 0)))
    throw noKnownRows(needs.name);
}

/** Fits and scores everything. A control that refuses the rows is left out, with a warning. */
async function runAll(
  contenders: readonly Contender[],
  plans: readonly Keyed[],
  { table, columns, labels, together }: Labelled,
  { signal, workers, onProgress, level = 0.01, calibration = "auto" }: EvaluateOptions,
): Promise<{ readonly ran: readonly Ran[]; readonly warnings: readonly string[] }> {
  const work = contenders.map((contender) => ({
    contender,
    fits: plans.flatMap(({ key, splits }) => batchesOf(contender, splits).map((splits) => ({ key, splits }))),
  }));
  const of = work.reduce((sum, { fits }) => sum + fits.length, 0);
  const single = plans.length === 1 && plans[0].splits.length === 1;
  const [ran, warnings]: [Ran[], string[]] = [[], []];
  let number = 0;
  for (const { contender, fits } of work) {
    const last = number + fits.length;
    const runs: ScoredRun[] = [];
    try {
      for (const { key, splits } of fits) {
        const split = splits.length === 1 ? splits[0].name : "";
        const fit = { candidate: contender.name, split, number: ++number, of };
        const context: LearnContext = { signal, workers, onProgress: (at) => onProgress?.({ ...at, fit }) };
        onProgress?.({ stage: "fit", done: 0, total: 1, fit });
        const scored = await scoreSplits(
          { table, columns, labels, splits, candidate: contender, key, level, calibration, together },
          context,
        );
        runs.push(...(single ? scored : scored.map(withoutScores)));
      }
      ran.push({ contender, runs });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (contender.control === null)
        throw new InputError(`evaluate: ${contender.name}: ${error.message.replace(/^evaluate: /, "")}`, {
          cause: error,
        });
      warnings.push(`the control ${contender.name} is missing, for it refused the rows: ${error.message}`);
    }
    number = last;
  }
  return { ran, warnings };
}

/** Splits to fit at once: those that share their training rows, for a detector that takes no labels. */
function batchesOf({ detector }: Contender, splits: readonly Split[]): readonly (readonly Split[])[] {
  return detector.labels === undefined ? byTraining(splits) : splits.map((split) => [split]);
}

/** Splits that have their training rows in common. */
function byTraining(splits: readonly Split[]): readonly (readonly Split[])[] {
  const batches = new Map<Uint32Array, Split[]>();
  for (const split of splits) {
    const batch = batches.get(split.train);
    if (batch) batch.push(split);
    else batches.set(split.train, [split]);
  }
  return [...batches.values()];
}

/** Without what only one run's intervals need. */
function withoutScores({ run, rows, smallest }: ScoredRun): ScoredRun {
  const none = new Float64Array(0);
  return { run, smallest, rows: { ...rows, scores: none, pValues: none } };
}

/** Test rows that nearly equal a row learned from, for each key; those that equal one are not counted. */
async function nearTwinsOver(
  plans: readonly Keyed[],
  data: Labelled,
  rows: Rows,
  { signal, workers }: EvaluateOptions,
) {
  const found = { rows: [] as number[], looked: 0 };
  for (const { key, splits } of plans)
    for (const batch of byTraining(splits)) {
      const others = batch.map((split) => {
        const equal = new Set(straddling(split, rows));
        return equal.size === 0 ? split : { ...split, test: split.test.filter((row) => !equal.has(row)) };
      });
      const near = await nearTwins(data.table, data.columns, others, keyOf(key).for("near"), { signal, workers });
      found.rows.push(...near.rows);
      found.looked += near.looked;
    }
  return found;
}

function sentenceOf(
  protocol: Protocol,
  own: OptionsOf<Protocol["options"]>,
  plans: readonly Keyed[],
  rows: Rows,
): string {
  const { length } = plans;
  const again = length === 1 ? "" : ` Drawn anew for each of ${length} keys, whose runs are averaged.`;
  const same = length === 1 ? "" : ` Detectors draw anew for each of ${length} keys, whose runs are averaged.`;
  return `${protocol.sentence(plans[0].whole, rows, own)}${protocol.given ? same : again}`;
}

function capText({ maxTrain, maxTest }: EvaluateOptions): string {
  const caps = [
    ...(maxTrain === undefined ? [] : [`${count(maxTrain)} rows are learned from`]),
    ...(maxTest === undefined ? [] : [`${count(maxTest)} test`]),
  ];
  return caps.length === 0
    ? ""
    : `Of these, at most ${caps.join(" and at most ")}, drawn with each class in proportion.`;
}

function dataOf(
  source: Source,
  { table, columns, schema, labels, normal }: Labelled,
  { label }: EvaluateOptions,
  twins: Uint32Array,
  toldAside: readonly { readonly name: string; readonly auroc: number }[],
  nearDuplicates: number,
): Evaluated["data"] {
  const sizes = new Map<string, number>();
  for (const name of labels.classes) if (name !== null) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  const told = new Set(toldAside.map(({ name }) => name));
  const anomalies = labels.anomalous.reduce((sum, kind) => sum + kind, 0);
  return {
    description: source.description,
    fingerprint: fingerprint(table),
    label,
    normal,
    rows: table.rows,
    normals: table.rows - anomalies,
    classes: [...sizes]
      .map(([name, rows]) => ({ name, rows }))
      .sort((a, b) => b.rows - a.rows || (a.name < b.name ? -1 : 1)),
    columns: columns.map(({ name, kind }) => ({ name, kind })),
    ignored: schema
      .filter(({ used }) => !used)
      .map(({ name, kind, reason }) => ({
        name,
        kind,
        reason: told.has(name) ? `gives the label away, and is left aside: ${reason}` : reason,
      })),
    duplicates: twins.reduce((sum, first, row) => sum + (first === row ? 0 : 1), 0),
    nearDuplicates,
  };
}
