import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors/index.ts";
import { type Segment, segmentOf, segmentParts } from "./score-segment.ts";

/**
 * The scores and p-values of a source's rows, in order: full segments on disk, 16 bytes a row, and the one under way in
 * memory. With labels a byte a row more: 1 for an anomalous row; with classes 8 bytes: the place of a row's class.
 */
export interface ScoreStore {
  /** Adds the next rows. */
  append(scores: Float64Array, pValues: Float64Array, labels?: Uint8Array, classes?: Float64Array): Promise<void>;
  readonly rows: number;
  /** Everything so far, in order. */
  segments(): AsyncIterable<LabelledSegment>;
  /** Parquet files with the columns `score` and `p_value` of all rows; no rows may follow. */
  files(): Promise<readonly string[]>;
}

export interface LabelledSegment extends Segment {
  /** Empty without labels. */
  readonly labels: Uint8Array;
}

/** A segment that is on disk, whole: what its files hold. */
export interface StoredSegment {
  readonly rows: number;
  readonly sha256: string;
  /** The same of the labels; null without. */
  readonly labels: string | null;
}

export interface StoreOptions {
  /** Where the segments are, or will be; it need not exist before the first. */
  readonly folder: string;
  readonly segmentRows: number;
  readonly labelled?: boolean;
  /** Whether rows come with the places of classes. */
  readonly classed?: boolean;
  /** Segments that are there already. */
  readonly found?: readonly StoredSegment[];
  /** Told of each segment once it is on disk. Segments then also outlast a power failure. */
  readonly onSegment?: (segment: StoredSegment) => Promise<void>;
}

/** Opens a store. Memory: two arrays of a segment (three with classes), whatever the number of rows. */
export function openScoreStore({
  folder,
  segmentRows,
  labelled = false,
  classed = false,
  found = [],
  onSegment,
}: StoreOptions): ScoreStore {
  const stored = [...found];
  let onDisk = stored.reduce((rows, segment) => rows + segment.rows, 0);
  let held = 0;
  let [scores, pValues, labels] = [new Float64Array(0), new Float64Array(0), new Uint8Array(0)];
  let classes = new Float64Array(0);
  const room = (rows: number) => {
    if (held + rows <= scores.length) return;
    const length = Math.min(segmentRows, Math.max(2 * scores.length, held + rows));
    [scores, pValues] = [enlarged(scores, length, held), enlarged(pValues, length, held)];
    if (labelled) labels = enlargedBytes(labels, length, held);
    if (classed) classes = enlarged(classes, length, held);
  };
  const current = (): LabelledSegment => ({
    scores: scores.subarray(0, held),
    pValues: pValues.subarray(0, held),
    labels: labels.subarray(0, labelled ? held : 0),
    classes: classes.subarray(0, classed ? held : 0),
  });
  const flush = async () => {
    const segment = await writeSegment(folder, stored.length, current(), onSegment !== undefined);
    stored.push(segment);
    [onDisk, held] = [onDisk + held, 0];
    await onSegment?.(segment);
  };
  return {
    get rows() {
      return onDisk + held;
    },
    async append(newScores, newPValues, newLabels, newClasses) {
      const rows = newScores.length;
      for (const [what, given] of [
        ["p-values", newPValues.length],
        ["labels", newLabels?.length ?? (labelled ? 0 : rows)],
        ["classes", newClasses?.length ?? (classed ? 0 : rows)],
      ] as const)
        if (given !== rows) throw new InputError(`scores: expected as many ${what} as scores, ${rows}, got ${given}`);
      for (let from = 0; from < rows; ) {
        const to = Math.min(rows, from + segmentRows - held);
        room(to - from);
        scores.set(newScores.subarray(from, to), held);
        pValues.set(newPValues.subarray(from, to), held);
        if (labelled) labels.set(newLabels!.subarray(from, to), held);
        if (classed) classes.set(newClasses!.subarray(from, to), held);
        held += to - from;
        from = to;
        if (held === segmentRows) await flush();
      }
    },
    async *segments() {
      for (const [i, segment] of stored.entries()) yield readSegment(folder, i, segment, classed);
      if (held > 0) yield current();
    },
    async files() {
      if (held > 0) await flush();
      return stored.map((_, i) => join(folder, fileName(i)));
    },
  };
}

/** One of the arrays of a store, all rows. */
export async function readScores(store: ScoreStore, what: "scores" | "pValues" | "classes"): Promise<Float64Array> {
  const out = new Float64Array(store.rows);
  let at = 0;
  for await (const segment of store.segments()) {
    out.set(segment[what], at);
    at += segment.scores.length;
  }
  return out;
}

/** A stored segment, or null where its files are not what was written. */
export async function wholeSegment(
  folder: string,
  index: number,
  { rows, sha256, labels }: StoredSegment,
  classed: boolean,
): Promise<LabelledSegment | null> {
  try {
    const file = await readFile(join(folder, fileName(index)));
    const marks = labels === null ? new Uint8Array(0) : await readFile(join(folder, labelsName(index)));
    const whole = digest([file]) === sha256 && (labels === null || digest([marks]) === labels);
    return whole ? { ...segmentOf(file, rows, classed), labels: marks } : null;
  } catch {
    return null;
  }
}

async function readSegment(
  folder: string,
  index: number,
  segment: StoredSegment,
  classed: boolean,
): Promise<LabelledSegment> {
  const found = await wholeSegment(folder, index, segment, classed);
  if (found) return found;
  throw new InputError(
    `scores: ${join(folder, fileName(index))}: expected the scores written there, got others or none; score again and leave the folder alone`,
  );
}

async function writeSegment(
  folder: string,
  index: number,
  segment: LabelledSegment,
  durable: boolean,
): Promise<StoredSegment> {
  await mkdir(folder, { recursive: true });
  const parts = segmentParts(segment);
  const labelled = segment.labels.length > 0;
  if (labelled) await writeWhole(join(folder, labelsName(index)), [segment.labels], durable);
  await writeWhole(join(folder, fileName(index)), parts, durable);
  return { rows: segment.scores.length, sha256: digest(parts), labels: labelled ? digest([segment.labels]) : null };
}

/** Writes a file beside its path and renames it; `durable` waits until it is on the disk. */
export async function writeWhole(path: string, parts: readonly Uint8Array[], durable: boolean): Promise<void> {
  const beside = `${path}.part`;
  try {
    await using file = await open(beside, "w");
    for (const part of parts) await file.writeFile(part);
    if (durable) await file.sync();
  } catch (cause) {
    throw new InputError(
      `write: ${beside}: expected a place for the scores of rows, got "${(cause as Error).message}"; free some, or have TMPDIR name another folder`,
      { cause },
    );
  }
  await rename(beside, path);
}

const number = (index: number) => String(index).padStart(6, "0");
const fileName = (index: number) => `scores-${number(index)}.parquet`;
const labelsName = (index: number) => `labels-${number(index)}`;

function digest(parts: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

function enlarged(values: Float64Array, length: number, held: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(values.subarray(0, held));
  return larger;
}

function enlargedBytes(values: Uint8Array, length: number, held: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(values.subarray(0, held));
  return larger;
}
