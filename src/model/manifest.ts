import { z } from "zod";
import { inputColumn } from "../prepare/index.ts";

/** The format of model files that this version writes and reads. */
export const FORMAT = 1;

/** The key of the manifest in the file's metadata, and of the reference rows. */
export const MANIFEST_KEY = "unseen";
export const ROWS_KEY = "unseen.rows";

const sentence = z.string();

/** A row's number (from 1), the file of an image of a folder, score and p-value; null where p-values are for whole groups. */
const fittingRow = z.strictObject({
  row: z.int().positive(),
  file: z.string().optional(),
  score: z.number(),
  pValue: z.number().nullable(),
});

/** What a few labelled rows taught a model. */
const tunedFacts = z.strictObject({
  /** SHA-256 of the file that was tuned. */
  from: z.string(),
  /** Where the labelled rows came from, how their labels were read, and what they were. */
  labels: z.string(),
  reading: sentence,
  anomalous: z.int().nonnegative(),
  normal: z.int().nonnegative(),
  classes: z.array(z.strictObject({ name: z.string(), rows: z.int().positive() })),
  /** Normal rows that were compared with, labelled ones included. */
  reference: z.strictObject({ source: z.string(), rows: z.int().positive() }),
  key: z.union([z.string(), z.number()]),
  verdict: z.enum(["better", "not shown", "worse", "nothing to estimate"]),
  gain: z.strictObject({ mean: z.number(), low: z.number(), high: z.number() }).nullable(),
  /** The heads that took part, how they and the score as it was became one, its weight in a mean; null where none was needed. */
  blend: z
    .strictObject({
      heads: z.enum(["mean", "offset", "logistic", "boosted"]),
      fuse: z.enum(["mean", "max"]),
      weight: z.number().min(0).max(1),
    })
    .nullable(),
  notes: z.array(sentence),
});

/**
 * What a model file says of itself, as JSON in its metadata: enough to score, to explain and to repeat the fit.
 * Nothing here is code, and nothing is trusted that the graph does not bear out.
 */
export const manifestSchema = z
  .strictObject({
    format: z.literal(FORMAT),
    version: z.string(),
    /** The raw columns, in the order of the graph's inputs. */
    columns: z.array(inputColumn),
    /** The images that it takes in the place of columns, of one shape; files of other sizes are brought to it where `resized`. */
    images: z
      .strictObject({
        name: z.string().min(1),
        height: z.int().positive(),
        width: z.int().positive(),
        channels: z.union([z.literal(1), z.literal(3)]),
        resized: z.boolean(),
      })
      .nullable()
      .default(null),
    /** What each became, and what was left aside and why. */
    facts: z.array(z.strictObject({ name: z.string(), facts: z.array(sentence) })),
    ignored: z.array(z.strictObject({ name: z.string(), kind: z.string(), reason: sentence })),
    /** Names of the prepared columns. */
    prepared: z.array(z.string()),
    source: z.strictObject({
      description: z.string(),
      rows: z.int().nonnegative(),
      sql: z.string().nullable(),
      where: z.string().nullable(),
      label: z.string().nullable(),
      normal: z.array(z.string()),
      missing: z.array(z.string()),
      /** SHA-256 of the columns and values learned from, known anomalous rows included. */
      fingerprint: z.string(),
    }),
    detector: z.strictObject({
      name: z.string(),
      options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      summary: z.string(),
      citation: z.strictObject({ text: z.string(), url: z.string() }).nullable(),
      holds: z.enum(["rows", "values", "summaries"]),
      rowsUsed: z.int().nonnegative(),
      notes: z.array(sentence),
    }),
    key: z.union([z.string(), z.number()]),
    calibration: z.strictObject({
      method: z.enum(["split", "cross"]),
      rows: z.int().positive(),
      /** How rows hang together, where that was said: whole groups calibrate, or later rows do. */
      by: z.strictObject({ kind: z.enum(["groups", "time"]), column: z.string() }).nullable(),
      /** What counts as one: rows, or groups. The smallest p-value is 1 / (units + 1). */
      units: z.int().positive(),
      /** Rows that the model learned from. */
      learned: z.int().positive(),
      /** Signs in the data that rows are not exchangeable, and what to do. */
      warnings: z.array(sentence),
    }),
    /** Rows given as normal that were dropped as the least like the others; null where that was not asked for. */
    contamination: z
      .strictObject({
        asked: z.union([z.number(), z.literal("auto")]),
        /** The share asked for, or estimated. */
        share: z.number().min(0).max(0.5),
        rows: z.int().nonnegative(),
        of: z.int().positive(),
      })
      .nullable()
      .default(null),
    /** The rows that fit least, by their numbers, highest scores first: of those that calibrate, and of those dropped. */
    leastFit: z
      .strictObject({
        /** Where the numbers count: the rows of the input, those that --sql gave, or those read. */
        numbered: z.enum(["input", "sql", "rows read"]),
        calibration: z.array(fittingRow),
        dropped: z.array(fittingRow),
      })
      .nullable()
      .default(null),
    /** Anomalous rows that were learned from beside the normal ones; null where none were. */
    known: z
      .strictObject({
        rows: z.int().positive(),
        /** The classes of most rows first; `of` is how many classes there are, the rest of which are not named. */
        classes: z.array(z.strictObject({ name: z.string(), rows: z.int().positive() })),
        of: z.int().positive(),
        /** Rows of other labels that were not named as known, and rows without a label: used for neither. */
        leftOut: z.int().nonnegative(),
        missing: z.int().nonnegative(),
      })
      .nullable()
      .default(null),
    /** The names of the classes that the output `nearest_class` has the places of; null without that output. */
    nearestClasses: z.array(z.string()).min(1).nullable().default(null),
    /** Rows of the training data in the metadata, for later work; none with `rows: false`. */
    referenceRows: z.strictObject({
      rows: z.int().nonnegative(),
      heldOut: z.boolean(),
      /** Where the detector learned from them: the score of each by one that had not seen it. */
      scores: z.array(z.number()).nullable().default(null),
    }),
    /** What labels taught the model after its fit; null before. */
    tuned: tunedFacts.nullable().default(null),
    /** Rows to score in one call. */
    chunk: z.int().positive(),
  })
  .refine(({ columns, images }) => columns.length > 0 === (images === null), "expected columns or images");

export type Manifest = z.infer<typeof manifestSchema>;
