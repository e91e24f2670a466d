import { calibrationBehind, conformalPValues } from "../../calibrate/index.ts";
import type { Input } from "../../data/index.ts";
import { InputError } from "../../errors/index.ts";
import { key as keyOf } from "../../numeric/index.ts";
import { checkOptions, tuneForms } from "../check-options.ts";
import { requireColumnModel } from "../images.ts";
import { type ModelFile, readModelFile } from "../load.ts";
import type { Manifest } from "../manifest.ts";
import { openModel, selectionFor } from "../model.ts";
import type { Estimate } from "./estimate.ts";
import { type MarkedRows, readMarked } from "./marked-rows.ts";
import { readReference } from "./reference.ts";
import { resolutionSentences, verdictSentences } from "./sentences.ts";
import type { TuneOptions } from "./tune-options.ts";
import type { Tuned } from "./tuned.ts";
import { headColumns, valuesOf } from "./values.ts";
import { type WithHeads, withHeads } from "./with-heads.ts";
import { withNormals } from "./with-normals.ts";

/** The level at which a labelled normal row was a false alarm. */
const ALARM = 0.05;
/** So many classes are named in a model file. */
const NAMED = 100;

/**
 * Makes a better model of a fitted one and 1 to 100 labelled rows, and says whether it is better. `model` is a path or the
 * bytes of a file that `fit` wrote, `labels` a file, rows or columns with the model's columns and one of marks.
 *
 * The score as it was, s_0, stays frozen. Symbols: R = normal rows that the model had not seen (up to 512 that it stores, or
 * `reference`) and labelled normal ones; n_1 labelled anomalies; g_0 = tail of s_0 on R; z = columns, standardized on R.
 * Three heads learn from both: an offset head g_0 + b + w·z, ridge logistic regression and boosted trees on z and g_0;
 * g_1, g_2, g_3 are their tails by five folds over R. The new score is w_0 g_0 + (1 − w_0)(g_1 + g_2 + g_3) / 3 with
 * w_0 = max(¼, 2 / (2 + n_1)): finite, higher is more anomalous, float64. With `fuse: "max"` it is the larger of g_0 and that.
 *
 * - Verdict: the whole procedure is repeated with labelled rows left out (K = min(5, n_1) folds, five times); the gain is
 *   the share of left-out normal rows below a left-out anomaly, less the same of s_0, with a t interval over anomalies.
 *   "worse" gives no model. With fewer than five anomalies nothing can be shown.
 * - Normal rows alone: the score and the order of rows stay, p-values count them too.
 * - p-values are those of R out of fold (approximate); from 2,000 rows of `reference` on, half is kept for them alone (exact).
 *
 * Throws an InputError where columns or marks are lacking or equal rows have both marks, where there are no normal rows to
 * compare with, and for a model that was tuned before (its score has seen labels: pass all labels to the first model);
 * Interrupted by the signal. Cost: some 150 fits of the heads, seconds for 512 rows of 30 columns. Our own; the parts are
 * those of le Cessie and van Houwelingen 1992 and Friedman 2001.
 *
 * @example
 * const { model, verdict, sentences } = await tune("model.onnx", "review.csv", { key: 0 });
 * await model?.save("tuned.onnx");
 */
export async function tune(model: string | Uint8Array, labels: Input, options: TuneOptions): Promise<Tuned> {
  checkOptions("tune", tuneForms, options, ["key"]);
  if (typeof labels !== "string" && (typeof labels !== "object" || labels === null))
    throw new InputError(
      `tune: --labels: expected a path, rows or columns, got ${labels === null ? "null" : typeof labels}; pass one of them`,
    );
  const { label = "label", normal, reference, signal, onCall } = options;
  const file = await readModelFile(model);
  requireColumnModel("tune", file.manifest, "fit anew with the normal images alone");
  refuseTuned(file.manifest);
  const selection = selectionFor(file.manifest);
  const opened = { ...file, selection };
  const key = keyOf(options.key).for("tune");
  const marked = await readMarked(opened, labels, { ...options, label, normal });
  if (marked.anomalous.rows === 0) return await tuneByNormals(file, marked, options);
  const compared = await readReference(opened, { reference, key: key.for("reference"), signal, onCall });
  const { falseAlarms } = await scoreNormals(file, marked, options);
  const facts = (made: Omit<WithHeads, "file">) =>
    tunedFacts(marked, options, {
      reference: { source: compared.source, rows: made.normals },
      verdict: made.verdict,
      gain: made.estimate.gain,
      blend: blendFacts(made),
      notes: notesOf(
        marked,
        falseAlarms.length,
        made.dropped,
        verdictSentences(made.verdict, made.estimate, marked.anomalous.rows),
      ),
    });
  const made = await withHeads(file, marked, compared, key, options, facts);
  const after = made.file;
  return {
    verdict: made.verdict,
    model: after && (await openModel(after)),
    gain: made.estimate.gain,
    auroc: made.estimate.auroc,
    classes: made.estimate.classes,
    blend: blendFacts(made),
    rows: rowsOf(marked, made.normals),
    falseAlarms,
    reading: marked.sentence,
    sentences: [
      ...notesOf(
        marked,
        falseAlarms.length,
        made.dropped,
        verdictSentences(made.verdict, made.estimate, marked.anomalous.rows),
      ),
      ...(after === null ? [] : resolutionSentences(file.manifest, after.manifest)),
    ],
  };
}

async function tuneByNormals(file: ModelFile, marked: MarkedRows, options: TuneOptions): Promise<Tuned> {
  const { scores, falseAlarms } = await scoreNormals(file, marked, options);
  const nothing: Pick<Estimate, "gain" | "auroc" | "classes" | "blend"> = {
    gain: null,
    auroc: null,
    classes: [],
    blend: { heads: "mean", fuse: "mean", floor: 0.25 },
  };
  const sentences = notesOf(marked, falseAlarms.length, 0, verdictSentences("nothing to estimate", nothing, 0));
  const made = withNormals(
    file,
    scores,
    tunedFacts(marked, options, {
      reference: { source: "the calibration rows of the model", rows: file.manifest.calibration.rows + scores.length },
      verdict: "nothing to estimate",
      gain: null,
      blend: null,
      notes: [...sentences],
    }),
  );
  return {
    verdict: "nothing to estimate",
    model: await openModel(made),
    gain: null,
    auroc: null,
    classes: [],
    blend: null,
    rows: rowsOf(marked, made.manifest.calibration.rows),
    falseAlarms,
    reading: marked.sentence,
    sentences,
  };
}

function blendFacts({ estimate: { blend }, weight }: Omit<WithHeads, "file">): NonNullable<Tuned["blend"]> {
  return { heads: blend.heads, fuse: blend.fuse, weight };
}

function refuseTuned({ tuned }: Manifest): void {
  if (tuned === null) return;
  throw new InputError(
    `tune: the model: expected one that was not tuned before, got one that learned from ${tuned.anomalous + tuned.normal} labelled rows, and its score can no longer be judged by labels; tune the first model with all labels at once, as in --labels 'review*.csv'`,
  );
}

/** Scores of labelled normal rows, and those that were false alarms. */
async function scoreNormals(
  file: ModelFile,
  { normal, normalNumbers }: MarkedRows,
  options: TuneOptions,
): Promise<{ readonly scores: Float64Array; readonly falseAlarms: Tuned["falseAlarms"] }> {
  if (normal.rows === 0) return { scores: new Float64Array(0), falseAlarms: [] };
  const { scores } = await valuesOf(file, headColumns(file, normal), normal, options);
  const pValues = conformalPValues(calibrationBehind(file.pValue, file.manifest.calibration.by?.kind), scores);
  const falseAlarms = normalNumbers
    .map((row, i) => ({ row, pValue: pValues[i] }))
    .filter(({ pValue }) => pValue <= ALARM);
  return { scores, falseAlarms };
}

function rowsOf({ anomalous, normal, unmarked, repeated }: MarkedRows, reference: number): Tuned["rows"] {
  return { anomalous: anomalous.rows, normal: normal.rows, unmarked, repeated, reference };
}

function notesOf({ repeated }: MarkedRows, falseAlarms: number, dropped: number, verdict: readonly string[]): string[] {
  const times = (n: number, one: string, more: string) => (n === 1 ? one : more);
  return [
    ...verdict,
    ...(falseAlarms > 0
      ? [
          `${falseAlarms} of the rows labelled normal ${times(falseAlarms, "was a false alarm", "were false alarms")} (p ≤ ${ALARM}).`,
        ]
      : []),
    ...(repeated > 0
      ? [
          `${repeated} labelled ${times(repeated, "row is", "rows are")} equal to one before in all columns of the model, and counted once.`,
        ]
      : []),
    ...(dropped > 0
      ? [
          `${dropped} normal ${times(dropped, "row that was", "rows that were")} compared with ${times(dropped, "is", "are")} labelled anomalous, and left out.`,
        ]
      : []),
  ];
}

function tunedFacts(
  marked: MarkedRows,
  { key }: TuneOptions,
  own: Pick<NonNullable<Manifest["tuned"]>, "reference" | "verdict" | "gain" | "blend" | "notes">,
): Omit<NonNullable<Manifest["tuned"]>, "from"> {
  const counts = new Map<string, number>();
  for (const name of marked.classes) counts.set(name, (counts.get(name) ?? 0) + 1);
  const classes = [...counts].map(([name, rows]) => ({ name, rows })).sort((a, b) => b.rows - a.rows);
  return {
    labels: marked.source,
    reading: marked.sentence,
    anomalous: marked.anomalous.rows,
    normal: marked.normal.rows,
    classes: classes.slice(0, NAMED),
    key,
    ...own,
  };
}
