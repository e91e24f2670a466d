import { calibrationBehind, calibrationOf } from "../../calibrate/index.ts";
import { InputError } from "../../errors/index.ts";
import type { ModelFile } from "../load.ts";
import type { Manifest } from "../manifest.ts";
import { fileFingerprint, tunedFile } from "./tuned-file.ts";

/**
 * A model whose p-values count labelled normal rows too, by their scores. The score stays as it was, and so does the order
 * of rows; p-values of rows like those labelled rise. Throws an InputError where whole groups calibrate.
 */
export function withNormals(
  file: ModelFile,
  scores: Float64Array,
  tuned: Omit<NonNullable<Manifest["tuned"]>, "from">,
): ModelFile {
  const { calibration, referenceRows, detector } = file.manifest;
  const { by } = calibration;
  if (by?.kind === "groups")
    throw new InputError(
      `tune: --labels: expected some anomalous rows, got normal ones alone, and the model is calibrated by whole groups (${by.column}), which single rows cannot join; fit anew with these rows among the normal ones`,
    );
  const before = calibrationBehind(file.pValue, by?.kind);
  const after = calibrationOf([...before.sorted, ...scores], by?.kind === "time" ? "time" : "rows");
  return tunedFile(file, file.score, after, {
    calibration: { ...calibration, rows: calibration.rows + scores.length, units: after.n },
    referenceRows,
    detector,
    tuned: { ...tuned, from: fileFingerprint(file) },
  });
}
