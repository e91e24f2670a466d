import type { ImageChoice, InferredColumn, Source } from "../data/index.ts";
import type { Detector } from "../detect/index.ts";
import type { Table } from "../numeric/index.ts";
import type { InputColumn } from "../prepare/index.ts";
import type { Calibrated } from "./calibrate.ts";
import type { Trimmed } from "./contamination.ts";
import { fingerprint } from "./fingerprint.ts";
import { knownFacts } from "./known-rows.ts";
import type { Labelled, LabelOptions } from "./labels.ts";
import type { KnownTable } from "./learn.ts";
import { FORMAT, type Manifest } from "./manifest.ts";
import type { Together } from "./together.ts";
import { version } from "./version.ts";

/** A fit, as far as its manifest tells of it. */
export interface ManifestFacts {
  readonly options: LabelOptions & { readonly key: number | string };
  readonly source: Source;
  readonly schema: readonly InferredColumn[];
  readonly columns: readonly InputColumn[];
  readonly images: ImageChoice | null;
  readonly rows: Table;
  readonly calibrated: Calibrated;
  readonly together: Together | null;
  readonly warnings: readonly string[];
  readonly trimmed: Trimmed | null;
  readonly least: Manifest["leastFit"];
  /** Known anomalous rows that were learned from, and what was used for neither. */
  readonly known: KnownTable | null;
  readonly labelled: Labelled | null;
  readonly detector: Pick<Detector, "name" | "summary" | "citation" | "holds"> & { readonly own: unknown };
  /** Which of the calibration rows are stored. */
  readonly references: ArrayLike<number>;
}

/** What a model file says of itself. */
export function manifestOf({
  options,
  source,
  schema,
  columns,
  images,
  rows,
  calibrated,
  together,
  warnings,
  trimmed,
  least,
  known,
  labelled,
  detector,
  references,
}: ManifestFacts): Manifest {
  const { features, fitted, nearestClass } = calibrated.learned;
  return {
    format: FORMAT,
    version,
    columns: [...columns],
    images: images && {
      name: images.name,
      ...images.shape,
      channels: images.shape.channels === 3 ? 3 : 1,
      resized: images.resized,
    },
    facts: features.facts.map(({ name, facts }) => ({ name, facts: [...facts] })),
    ignored: schema.filter((c) => !c.used).map(({ name, kind, reason }) => ({ name, kind, reason })),
    prepared: images ? [images.name] : [...features.names],
    source: {
      description: source.description,
      rows: rows.rows,
      sql: options.sql ?? null,
      where: options.where ?? null,
      label: options.label ?? null,
      normal: options.label === undefined ? [] : [options.normal ?? []].flat(),
      missing: [...(options.missing ?? [])],
      fingerprint: fingerprint(rows, known),
    },
    detector: {
      name: detector.name,
      options: detector.own as Manifest["detector"]["options"],
      summary: detector.summary,
      citation: detector.citation,
      holds: detector.holds,
      rowsUsed: fitted.rowsUsed,
      notes: [...fitted.notes],
    },
    key: options.key,
    calibration: {
      method: calibrated.method,
      rows: calibrated.rows.length,
      by: together && { kind: together.kind, column: together.column },
      units: calibrated.calibration.n,
      learned: calibrated.learnedFrom,
      warnings: [...warnings, ...calibrated.warnings],
    },
    contamination: trimmed && {
      asked: trimmed.asked,
      share: trimmed.share,
      rows: trimmed.dropped.length,
      of: rows.rows,
    },
    leastFit: least,
    known: known && labelled && knownFacts(known, labelled),
    nearestClasses: nearestClass && [...nearestClass.classes],
    referenceRows: {
      rows: references.length,
      heldOut: calibrated.method === "split",
      scores:
        calibrated.method === "split" || references.length === 0
          ? null
          : Array.from(references, (i) => calibrated.scores[i]),
    },
    tuned: null,
    chunk: fitted.chunk,
  };
}
