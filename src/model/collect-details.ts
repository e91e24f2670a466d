import { smallestPValue } from "../calibrate/index.ts";
import type { ScoreStore } from "../data/index.ts";
import { checkSignal } from "../errors/index.ts";
import { key, precisionRecallCurve, rocCurve, type Table, thinCurve } from "../numeric/index.ts";
import { namedRow } from "./explain/explain-file.ts";
import { explainImages } from "./explain/explain-images.ts";
import { explainTable } from "./explain/explain-table.ts";
import type { OpenModel } from "./open-model.ts";
import { countPValues } from "./p-value-counts.ts";
import { pickRows } from "./pick-rows.ts";
import { readReferenceRows } from "./read-reference-rows.ts";
import { highestScores, sampledPlaces } from "./row-picks.ts";
import { calibrationBins, emptyBins, scoreIntervals } from "./score-bins.ts";
import type { ScoreDetails, ScoredFile } from "./score-details.ts";

const MOST_FLAGGED = 25;
const MOST_SAMPLED = { flagged: 500, unflagged: 1000 };
const MOST_POINTS = 200;

/**
 * Collects the details in two passes over the scores (16 bytes a row) and one over the rows. Memory is bounded; with
 * labels, the curves take the scores of all rows. The sample is the same for the same rows.
 */
export async function collectDetails(model: OpenModel, file: ScoredFile): Promise<ScoreDetails> {
  const { store, threshold, label, signal } = file;
  const { calibration, manifest } = model;
  const [low, high] = await range(store);
  const intervals = scoreIntervals(calibration, low, high);
  const pValues = countPValues(smallestPValue(calibration.n), label !== null);
  const [scored, flaggedBins] = [emptyBins(), emptyBins()];
  const top = highestScores(MOST_FLAGGED);
  const draws = key("details").for(manifest.source.fingerprint);
  const sampled = {
    flagged: sampledPlaces(MOST_SAMPLED.flagged, draws.for("flagged")),
    unflagged: sampledPlaces(MOST_SAMPLED.unflagged, draws.for("unflagged")),
  };
  let [place, lowestFlagged, highestUnflagged] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for await (const segment of store.segments()) {
    checkSignal(signal, "score");
    for (let i = 0; i < segment.scores.length; i++, place++) {
      const [score, pValue] = [segment.scores[i], segment.pValues[i]];
      const isFlagged = pValue <= threshold;
      const bin = intervals.of(score);
      scored[bin]++;
      pValues.add(pValue, label !== null && segment.labels[i] === 0);
      if (isFlagged) {
        flaggedBins[bin]++;
        lowestFlagged = Math.min(lowestFlagged, score);
        top.offer(place, score, pValue);
        sampled.flagged.offer(place);
      } else {
        highestUnflagged = Math.max(highestUnflagged, score);
        sampled.unflagged.offer(place);
      }
    }
  }
  const picked = await pickRows(model, file, {
    flagged: top.rows().map(({ place }) => place),
    sampledFlagged: sampled.flagged.places(),
    sampledUnflagged: sampled.unflagged.places(),
  });
  const reference = readReferenceRows(model);
  const places = top.rows().map(({ place }) => place);
  const { numbers, of } = await file.source.numbers(places, signal);
  const files = await file.source.files(places, signal);
  const finite = (x: number) => (Number.isFinite(x) ? x : null);
  return {
    scores: {
      edges: intervals.edges,
      spacing: intervals.spacing,
      scored,
      flagged: flaggedBins,
      calibration: calibrationBins(calibration, intervals.of),
      calibrationTotal: calibration.atLeast[0],
    },
    lowestFlagged: finite(lowestFlagged),
    highestUnflagged: finite(highestUnflagged),
    pValues: pValues.counts(),
    flagged: top.rows().map(({ score, pValue }, i) => ({ row: numbers[i], score, pValue, others: picked.others[i] })),
    flaggedTable: picked.flagged,
    numbered: of,
    explanations: (await explained(model, picked.flagged, file)).map((one, i) => namedRow(one, numbers[i], files?.[i])),
    sample: picked.sample,
    reference,
    classes: picked.classes,
    curves: label === null ? null : await curvesOf(store),
  };
}

/** Why rows were flagged; nothing where the model keeps no normal rows to compare with. */
async function explained(model: OpenModel, flagged: Table, { threshold, signal, workers, onCall }: ScoredFile) {
  if (flagged.rows === 0) return [];
  if (model.images) return explainImages(model, flagged, { falseAlarmRate: threshold, signal, workers, onCall });
  if (model.manifest.referenceRows.rows === 0) return [];
  return explainTable(model, flagged, { falseAlarmRate: threshold, signal, workers, onCall });
}

async function range(store: ScoreStore): Promise<readonly [number, number]> {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for await (const { scores } of store.segments())
    for (const score of scores) {
      if (score < low) low = score;
      if (score > high) high = score;
    }
  return [low, high];
}

async function curvesOf(store: ScoreStore): Promise<ScoreDetails["curves"]> {
  const [scores, labels] = [new Float64Array(store.rows), new Uint8Array(store.rows)];
  let at = 0;
  for await (const segment of store.segments()) {
    scores.set(segment.scores, at);
    labels.set(segment.labels, at);
    at += segment.scores.length;
  }
  const roc = rocCurve(labels, scores).map(({ falseAlarmRate, recall }) => ({ falseAlarmRate, recall }));
  const precision = precisionRecallCurve(labels, scores).map(({ recall, precision }) => ({ recall, precision }));
  return {
    roc: thinCurve(roc, MOST_POINTS, ({ falseAlarmRate, recall }) => [falseAlarmRate, recall]),
    precision: thinCurve(precision, MOST_POINTS, ({ recall, precision }) => [recall, precision]),
  };
}
