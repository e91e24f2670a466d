import { statSync } from "node:fs";
import { InputError } from "../errors/index.ts";
import type { Source } from "./source.ts";

/** Size and time of change of each of a source's files. */
export type FileStamps = readonly string[];

export function fileStamps({ relation }: Source): FileStamps {
  return relation.files.map((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    return `${path} ${found?.size} ${found?.mtimeMs}`;
  });
}

/** Throws an InputError where a file was written to since: its rows no longer belong to their scores. */
export function requireUnchanged(source: Source, stamps: FileStamps): void {
  const changed = fileStamps(source).findIndex((stamp, i) => stamp !== stamps[i]);
  if (changed >= 0)
    throw new InputError(
      `write: ${source.relation.files[changed]}: expected a file that stays as it is, but it was changed while it was scored; score it again`,
    );
}
