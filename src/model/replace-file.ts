import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InputError } from "../errors/index.ts";

/** Writes a file beside its path and renames it at the end, so that no half file is ever there. */
export async function replaceFile(path: string, write: (beside: string) => Promise<void>): Promise<void> {
  const beside = join(dirname(path), `.${randomUUID()}.part`);
  try {
    await write(beside);
    await rename(beside, path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = {
      ENOENT: "its folder does not exist; make it first",
      EACCES: "it may not be written",
      EPERM: "it may not be written",
      ENAMETOOLONG: "its name is too long",
      EISDIR: "it is a folder",
      ENOTDIR: "its folder is a file",
      EROFS: "it may not be written",
      ENOSPC: "the disk is full",
    }[code ?? ""];
    if (reason === undefined) throw cause;
    throw new InputError(`write: ${path}: expected a path that can be written, but ${reason}`, { cause });
  } finally {
    await rm(beside, { force: true }).catch(() => {}); // it may never have been there
  }
}
