import { z } from "zod";
import { inputColumn } from "../prepare/index.ts";

/** The format of model files that this version writes and reads. */
export const FORMAT = 1;

/** The key of the manifest in the file's metadata, and of the reference rows. */
export const MANIFEST_KEY = "unseen";
export const ROWS_KEY = "unseen.rows";

const sentence = z.string();

/**
 * What a model file says of itself, as JSON in its metadata: enough to score, to explain and to repeat the fit.
 * Nothing here is code, and nothing is trusted that the graph does not bear out.
 */
export const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.string(),
  /** The raw columns, in the order of the graph's inputs. */
  columns: z.array(inputColumn).min(1),
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
    /** SHA-256 of the columns and values learned from. */
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
  calibration: z.strictObject({ method: z.enum(["split", "cross"]), rows: z.int().positive() }),
  /** Rows of the training data in the metadata, for later work; none with `rows: false`. */
  referenceRows: z.strictObject({ rows: z.int().nonnegative(), heldOut: z.boolean() }),
  /** Rows to score in one call. */
  chunk: z.int().positive(),
});

export type Manifest = z.infer<typeof manifestSchema>;
