import { setImmediate } from "node:timers/promises";
import { type Input, openSource } from "../data/index.ts";
import { checkSignal, InputError } from "../errors/index.ts";
import { requireTable, version } from "../model/index.ts";
import { count, key as keyOf } from "../numeric/index.ts";
import { type OptionsOf, parseOptions } from "../options/index.ts";
import { capSplits } from "./cap.ts";
import { type Contender, contendersOf } from "./contenders.ts";
import { dataDoubts, nearTwinsText } from "./data-warnings.ts";
import { describeData } from "./describe-data.ts";
import { byTraining, type Keyed, runAll } from "./every-run.ts";
import { type Labelled, readLabelled } from "./labelled.ts";
import { nearTwins } from "./near-twins.ts";
import { checkEvaluateOptions, type EvaluateOptions } from "./options.ts";
import { type Protocol, protocolNamed, type Rows, straddling } from "./protocols/index.ts";
import type { Evaluated } from "./result.ts";
import { noKnownRows } from "./run.ts";
import { runWarnings, straddleWarnings } from "./run-warnings.ts";
import { summarize } from "./summarize.ts";
import { firstTwins } from "./twins.ts";
import { unitsOf } from "./units.ts";

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
  requireTable("evaluate", source);
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
  const summary = await summarize(ran, level, root.for("intervals"), async (done, total) => {
    onProgress?.({ stage: "resample test rows", done, total });
    await setImmediate(); // so that Ctrl-C is heard
    checkSignal(signal, "evaluate");
  });
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
    data: describeData(source, data, options, twins, doubts.toldAside, near.rows.length),
    ...summary,
    warnings: [
      ...straddles,
      ...doubts.warnings,
      ...(await nearTwinsText(source, data, near.rows, near.looked, protocol.given === undefined, signal)),
      ...runWarnings(ran, { level, drift, groups: data.together?.kind === "groups" }),
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
