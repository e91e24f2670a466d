import { calibrationBehind, calibrationOf, conformalPValues } from "../../calibrate/index.ts";
import { InputError } from "../../errors/index.ts";
import {
  type Key,
  permutation,
  short,
  stackRows,
  stackTables,
  type Table,
  takeTableRows,
} from "../../numeric/index.ts";
import type { ModelFile } from "../load.ts";
import type { Manifest } from "../manifest.ts";
import { type Blend, blended } from "./blend.ts";
import { type Estimate, estimate, pauseOf, weightOf } from "./estimate.ts";
import { tunedScore } from "./expression.ts";
import { type Verdict, verdictOf } from "./gain.ts";
import { fitHeads, outOfFoldTails } from "./heads.ts";
import type { MarkedRows } from "./marked-rows.ts";
import type { ReferenceRows } from "./reference.ts";
import { rowTexts } from "./row-texts.ts";
import type { TuneOptions } from "./tune-options.ts";
import { everyRow, type TuneRows } from "./tune-rows.ts";
import { fileFingerprint, tunedFile } from "./tuned-file.ts";
import { headColumns, valuesOf } from "./values.ts";

/** From so many normal rows on, half of them calibrate and teach nothing; at most these teach, and those calibrate. */
const ENOUGH = 2000;
const MOST_TAUGHT = 2000;
const MOST_CALIBRATING = 10_000;

/** A model that heads were added to. */
export interface WithHeads {
  /** Null where it is worse. */
  readonly file: ModelFile | null;
  readonly verdict: Verdict;
  readonly estimate: Estimate;
  readonly weight: number;
  /** Normal rows that were compared with, and those given that are marked anomalous. */
  readonly normals: number;
  readonly dropped: number;
}

/** Estimates what heads gain, adds them to the model unless they are worse, and calibrates it anew. */
export async function withHeads(
  file: ModelFile,
  marked: MarkedRows,
  reference: ReferenceRows,
  key: Key,
  options: TuneOptions,
  tuned: (facts: Omit<WithHeads, "file">) => Omit<NonNullable<Manifest["tuned"]>, "from">,
): Promise<WithHeads> {
  const { signal, onProgress } = options;
  const sides = sidesOf(marked, reference, key.for("sides"));
  const features = headColumns(file, stackTables([sides.teaching, marked.anomalous]));
  const teaching = await valuesOf(file, features, sides.teaching, options);
  if (reference.scores === null) requireUnseen(file, teaching.scores, reference.source);
  const known = await valuesOf(file, features, marked.anomalous, options);
  sides.scores?.forEach((score, i) => {
    if (!Number.isNaN(score)) teaching.scores[i] = score;
  });
  const rows: TuneRows = {
    free: Float64Array.of(...teaching.scores, ...known.scores),
    columns: stackRows(teaching.columns, known.columns),
    normals: sides.teaching.rows,
    anomalies: marked.anomalous.rows,
  };
  const estimated = await estimate(rows, marked.classes, {
    key: key.for("estimate"),
    fuse: fuseOf(options, marked),
    signal,
    onProgress,
  });
  const facts: Omit<WithHeads, "file"> = {
    verdict: verdictOf(estimated.gain, rows.anomalies),
    estimate: estimated,
    weight: weightOf(estimated.blend, rows.anomalies),
    normals: sides.teaching.rows + (sides.calibrating?.rows ?? 0),
    dropped: sides.dropped,
  };
  if (facts.verdict === "worse") return { ...facts, file: null };
  onProgress?.({ stage: "learn", done: 0, total: 1 });
  const heads = await fitHeads(rows, everyRow(rows), key.for("heads"), pauseOf(signal));
  const score = tunedScore(heads, estimated.blend, file.score, features.matrix);
  const scores =
    sides.calibrating === null
      ? blended(outOfFoldTails(heads), rows.anomalies, estimated.blend)
      : (await valuesOf({ ...file, score }, features, sides.calibrating, options)).scores;
  const { calibration, referenceRows, detector } = file.manifest;
  const taught =
    marked.anomalous.rows +
    (calibration.method === "split" || reference.scores === null ? rows.normals : marked.normal.rows);
  const made = tunedFile(file, score, calibrationOf(scores), {
    calibration: {
      method: sides.calibrating === null ? "cross" : "split",
      rows: scores.length,
      by: null,
      units: scores.length,
      learned: calibration.learned + taught,
      warnings: [
        ...calibration.warnings,
        ...(calibration.by === null
          ? []
          : [
              `the p-values before tuning were ${calibration.by.kind === "groups" ? "for whole groups" : "by later rows"} (${calibration.by.column}); those of the tuned model take rows as exchangeable`,
            ]),
      ],
    },
    referenceRows: { ...referenceRows, heldOut: false, scores: null },
    detector: { ...detector, holds: detector.holds === "summaries" ? "values" : detector.holds },
    tuned: { ...tuned(facts), from: fileFingerprint(file) },
  });
  return { ...facts, file: made };
}

/** A mean p-value above this is that of rows which the model learned from by heart. */
const TOO_NORMAL = 0.75;

/** Throws an InputError where reference rows score far lower than the calibration rows, which the model had not seen. */
function requireUnseen({ pValue, manifest }: ModelFile, scores: Float64Array, source: string): void {
  const pValues = conformalPValues(calibrationBehind(pValue, manifest.calibration.by?.kind), scores);
  const mean = pValues.reduce((a, b) => a + b, 0) / pValues.length;
  if (mean <= TOO_NORMAL) return;
  throw new InputError(
    `tune: --reference: expected normal rows that the model did not learn from, got rows that score lower than its calibration rows (${source}, mean p-value ${short(mean)}, 0.5 expected); pass other rows, or leave --reference away`,
  );
}

/** Labels of rows that the score itself picked say nothing of what it ranks lower: there it is kept. */
function fuseOf({ fuse = "auto" }: TuneOptions, { scored }: MarkedRows): Blend["fuse"] {
  if (fuse !== "auto") return fuse;
  return scored ? "max" : "mean";
}

interface Sides {
  readonly teaching: Table;
  /** Scores of rows that the model had seen, by one that had not; NaN where the model itself had not. */
  readonly scores: Float64Array | null;
  readonly calibrating: Table | null;
  readonly dropped: number;
}

/** Which normal rows teach and which calibrate; labelled ones teach. Rows that are marked anomalous are no reference. */
function sidesOf(marked: MarkedRows, { table, scores }: ReferenceRows, key: Key): Sides {
  const anomalous = new Set(rowTexts(marked.anomalous));
  const texts = rowTexts(table);
  const places = [...texts.keys()].filter((row) => !anomalous.has(texts[row]));
  const dropped = table.rows - places.length;
  const halved = places.length >= ENOUGH;
  const order = halved ? Array.from(permutation(key, places.length), (i) => places[i]) : places;
  const half = Math.min(Math.floor(order.length / 2), MOST_TAUGHT);
  const taught = halved ? order.slice(0, half) : order;
  const unseen = new Array<number>(marked.normal.rows).fill(Number.NaN);
  return {
    teaching: stackTables([takeTableRows(table, taught), marked.normal]),
    scores: scores && Float64Array.of(...taught.map((row) => scores[row]), ...unseen),
    calibrating: halved ? takeTableRows(table, order.slice(half, half + MOST_CALIBRATING)) : null,
    dropped,
  };
}
