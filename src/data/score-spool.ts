import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { InputError } from "../errors/index.ts";
import { lockFolder } from "./folder-lock.ts";
import { outputPart } from "./output-part.ts";
import { behindLinks } from "./remains.ts";
import { openScoreStore, type ScoreStore, type StoredSegment, wholeSegment, writeWhole } from "./score-store.ts";

/** A store of scores beside the output, which outlasts the process: the same run given again goes on where it was. */
export interface ScoreSpool {
  readonly store: ScoreStore;
  /** Rows that an interrupted run left, in whole segments. */
  readonly found: number;
  /** Whether they are all rows of the input. */
  readonly complete: boolean;
  /** Why what an interrupted run left was of no use; null where nothing was left, or it was. */
  readonly startedOver: string | null;
  /** Marks of the rows behind each segment found, where the run that wrote them gave some. */
  readonly rowMarks: readonly (string | null)[];
  /** All rows are in the store. */
  finish(): Promise<void>;
  /** Gives the folder back: to go on later, or taken away. Without a segment in it, it is taken away in any case. */
  close(outcome: "keep" | "remove"): Promise<void>;
}

export interface ScoreSpoolOptions {
  readonly output: string;
  /** Everything that changes scores, by the name under which people know it. Compared as JSON. */
  readonly identity: Readonly<Record<string, unknown>>;
  readonly segmentRows: number;
  readonly labelled: boolean;
  /** Whether rows come with the places of classes. */
  readonly classed?: boolean;
  /** The mark of the rows behind a segment, once they were read; see `rowMarks`. */
  readonly rowMark?: (segment: number) => string | null;
}

const FORMAT = 1;
const stateForm = z.strictObject({
  format: z.literal(FORMAT),
  identity: z.record(z.string(), z.unknown()),
  segments: z.array(
    z.strictObject({
      rows: z.int().positive(),
      sha256: z.string(),
      labels: z.string().nullable(),
      rowMark: z.string().nullable(),
    }),
  ),
  complete: z.boolean(),
});
type State = z.infer<typeof stateForm>;

/** The longest file name that every system takes, in bytes. */
const LONGEST_NAME = 255;

/** The folder of an output: `out.csv` → `.out.csv.unseen`. */
export function spoolFolder(output: string): string {
  const path = behindLinks(output);
  const name = `.${basename(path)}.unseen`;
  const short = `.${createHash("sha256").update(name).digest("hex")}.unseen`;
  return join(dirname(path), Buffer.byteLength(name) > LONGEST_NAME ? short : name);
}

/**
 * Opens the spool of an output: takes its lock, and what an interrupted run left if it is whole and of the same
 * identity. Reads that once. Throws an InputError while another process writes it.
 */
export async function openScoreSpool(options: ScoreSpoolOptions): Promise<ScoreSpool> {
  const { output, segmentRows, labelled, classed, rowMark } = options;
  const folder = spoolFolder(output);
  const identity = JSON.parse(JSON.stringify(options.identity)) as State["identity"];
  const existed = existsSync(folder);
  const release = await takeFolder(folder, output);
  try {
    const { state, startedOver } = existed ? await leftBehind(folder, identity) : { state: null, startedOver: null };
    if (state === null) await clear(folder);
    const segments = [...(state?.segments ?? [])];
    let complete = state?.complete ?? false;
    const write = () => writeState(folder, { format: FORMAT, identity, segments, complete });
    await write();
    const found = segments.reduce((rows, segment) => rows + segment.rows, 0);
    const onSegment = async (segment: StoredSegment) => {
      segments.push({ ...segment, rowMark: rowMark?.(segments.length) ?? null });
      await write();
    };
    const store = openScoreStore({ folder, segmentRows, labelled, classed, found: segments, onSegment });
    return {
      store,
      found,
      complete,
      startedOver,
      rowMarks: segments.map((segment) => segment.rowMark),
      async finish() {
        await store.files();
        complete = true;
        await write();
      },
      async close(outcome) {
        if (outcome === "remove" || segments.length === 0) await removeFolder(folder, output);
        else await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function takeFolder(folder: string, output: string): Promise<() => Promise<void>> {
  for (let tries = 0; ; tries++) {
    await mkdir(folder, { recursive: true });
    try {
      const lock = await lockFolder(folder);
      if (typeof lock === "function") return lock;
      throw new InputError(
        `score: ${output}: expected no other process that writes it, but another unseen score${lock.heldBy ? `, process ${lock.heldBy},` : ""} writes it; wait for that, end it, or choose another output`,
      );
    } catch (error) {
      // The one who held it may have finished just now and taken the folder away.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || tries > 10) throw error;
    }
  }
}

/** What a folder holds that is of use, or why it is of none. */
async function leftBehind(
  folder: string,
  identity: State["identity"],
): Promise<{ readonly state: State | null; readonly startedOver: string | null }> {
  const none = (why: string | null) => ({ state: null, startedOver: why });
  const text = await readFile(join(folder, "state.json"), "utf8").catch(() => null);
  if (text === null) return none(null);
  const state = stateOf(text);
  if (state === null) return none("the scores that an interrupted run left are damaged or of another version");
  if (state.segments.length === 0) return none(null);
  const names = new Set([...Object.keys(state.identity), ...Object.keys(identity)]);
  const changed = [...names].filter((name) => JSON.stringify(state.identity[name]) !== JSON.stringify(identity[name]));
  if (changed.length > 0) return none(`changed since the interrupted run: ${changed.join(", ")}`);
  for (const [i, segment] of state.segments.entries())
    if ((await wholeSegment(folder, i, segment, false)) === null)
      return none("the scores that an interrupted run left are damaged");
  return { state, startedOver: null };
}

function stateOf(text: string): State | null {
  try {
    return stateForm.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Empties a folder but for its lock. State first: segments without it are of no meaning. */
async function clear(folder: string): Promise<void> {
  await rm(join(folder, "state.json"), { force: true });
  for (const name of await readdir(folder))
    if (!name.startsWith("lock-")) await rm(join(folder, name), { force: true });
}

/** Takes a folder away at once: renamed first, so that nobody finds half of it. */
async function removeFolder(folder: string, output: string): Promise<void> {
  const aside = outputPart(resolve(output));
  await rename(folder, aside);
  await rm(aside, { recursive: true, force: true });
}

const writeState = (folder: string, state: State) =>
  writeWhole(join(folder, "state.json"), [Buffer.from(JSON.stringify(state))], true);
