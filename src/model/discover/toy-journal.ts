import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { InputError } from "../../errors/index.ts";
import type { Matrix } from "../../numeric/index.ts";

/** Toys on disk as they come, so that an interrupted run goes on. */
export interface ToyJournal {
  readonly known: ReadonlyMap<number, readonly number[]>;
  add(toy: number, statistics: Float64Array): void;
  /** Takes the file away: the run is done. */
  remove(): void;
}

/**
 * Opens the toys of a run at a path: a line of JSON that says of which run they are, then one a toy. A last line without
 * its end, as a killed process leaves it, is not read. Throws an InputError on a file of another run, and on other files.
 */
export function openToys(path: string, identity: string): ToyJournal {
  const known = new Map<number, readonly number[]>();
  if (existsSync(path)) {
    const lines = readFileSync(path, "utf8").split("\n").slice(0, -1).map(parsed);
    const [head] = lines;
    if (lines.length > 0 && head?.["unseen_toys"] === undefined)
      throw new InputError(
        `discover: --checkpoint: ${path}: expected toys of a run, or no file yet, got another file; give another path`,
      );
    if (head !== undefined && head?.["unseen_toys"] !== identity)
      throw new InputError(
        `discover: --checkpoint: ${path}: expected toys of this run, got those of other rows, options or key; delete it to start anew, or give another path`,
      );
    for (const line of lines.slice(1))
      if (typeof line?.["toy"] === "number" && Array.isArray(line["t"]))
        known.set(
          line["toy"],
          line["t"].map((t) => (typeof t === "number" ? t : Number.NaN)),
        );
  }
  const write = (work: () => void) => {
    try {
      work();
    } catch (cause) {
      throw new InputError(
        `discover: --checkpoint: ${path}: expected a file that can be written: ${(cause as Error).message}`,
        { cause },
      );
    }
  };
  write(() => {
    const toys = [...known].map(([toy, t]) => `${JSON.stringify({ toy, t })}\n`);
    writeFileSync(path, [`${JSON.stringify({ unseen_toys: identity })}\n`, ...toys].join(""));
  });
  return {
    known,
    add: (toy, statistics) =>
      write(() => appendFileSync(path, `${JSON.stringify({ toy, t: Array.from(statistics) })}\n`)),
    remove: () => rmSync(path, { force: true }),
  };
}

/** What decides toys: the rows, the options, the key. Not their number: more may be added. */
export function runIdentity(matrices: readonly Matrix[], facts: unknown): string {
  const hash = createHash("sha256").update(JSON.stringify(facts));
  for (const { rows, columns, values } of matrices)
    hash.update(`${rows} ${columns}`).update(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest("hex");
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
