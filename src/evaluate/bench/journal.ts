import { createHash } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { InputError } from "../../errors/index.ts";

/** Everything that decides a measurement, but the code. Flat, in one order. */
export type Identity = Readonly<Record<string, string | number | boolean | null>>;

/** What was measured, or why the detector refused; and by what. */
export interface Entry<M> {
  readonly measured: M | null;
  /** The detector's refusal; null where it measured. */
  readonly error: string | null;
  /** Hash of the code behind it. */
  readonly code: string;
  readonly machine: string;
  readonly node: string;
  /** Units under way at once, which share the machine. */
  readonly at_once: number;
}

/** Measurements by identity on disk, as they come: one JSON line each, on disk before it counts as done. */
export interface Journal<M> {
  /** What stands there for this identity, measured by this code; by any code with `anyCode`. */
  find(identity: Identity): Entry<M> | undefined;
  add(identity: Identity, entry: Entry<M>): void;
  /** Measurements that stand there and are not used, because other code took them. */
  byOtherCode(identities: readonly Identity[]): number;
  [Symbol.dispose](): void;
}

/**
 * Opens a journal, and makes its folder. A last line without its end, as `kill -9` leaves it, is taken away; any other
 * line that cannot be read is an InputError. Of two entries of one identity and one code the later counts. `fresh` finds
 * nothing that stood there before.
 */
export function openJournal<M>(
  path: string,
  { code, anyCode = false, fresh = false }: { code: string; anyCode?: boolean; fresh?: boolean },
): Journal<M> {
  /** By identity, then by code; the later of two entries is the last of its map. */
  const known = new Map<string, Map<string, Entry<M>>>();
  const remember = (id: string, entry: Entry<M>) => {
    const byCode = known.get(id) ?? new Map<string, Entry<M>>();
    byCode.delete(entry.code);
    known.set(id, byCode.set(entry.code, entry));
  };
  const file = openToAppend(path);
  for (const [id, entry] of readLines<M>(path)) if (!fresh) remember(id, entry);
  return {
    find(identity) {
      const byCode = known.get(idOf(identity));
      return byCode?.get(code) ?? (anyCode ? [...(byCode?.values() ?? [])].at(-1) : undefined);
    },
    add(identity, entry) {
      const id = idOf(identity);
      const line = `${JSON.stringify({ id, identity, entry })}\n`;
      writeSync(file, line);
      fsyncSync(file);
      remember(id, entry);
    },
    byOtherCode(identities) {
      return identities.filter((identity) => {
        const byCode = known.get(idOf(identity));
        return byCode !== undefined && !byCode.has(code);
      }).length;
    },
    [Symbol.dispose]: () => closeSync(file),
  };
}

function openToAppend(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, "a");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new InputError(
      `bench: --results: expected a folder that can be written, got ${dirname(path)} (${code}); pass another`,
      { cause },
    );
  }
}

function readLines<M>(path: string): readonly (readonly [string, Entry<M>])[] {
  const content = readFileSync(path);
  const whole = content.lastIndexOf(0x0a) + 1;
  if (whole < content.length) truncateSync(path, whole);
  const lines = content.subarray(0, whole).toString("utf8").split("\n").slice(0, -1);
  return lines.map((line, i) => {
    try {
      const { id, entry } = JSON.parse(line);
      if (typeof id === "string" && typeof entry?.code === "string") return [id, entry as Entry<M>];
    } catch {}
    throw new InputError(
      `bench: ${path}: line ${i + 1}: expected a measurement in JSON, got ${JSON.stringify(line.slice(0, 40))}; take the line out, or pass another --results`,
    );
  });
}

function idOf(identity: Identity): string {
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 32);
}
