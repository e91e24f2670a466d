import { rename, rm, stat } from "node:fs/promises";
import { behindLinks, outputPart, removeDeadParts } from "../data/index.ts";
import { InputError } from "../errors/index.ts";

/**
 * Writes a file beside its path and renames it at the end, so that no half file is ever there; what a
 * killed process left there is taken away. Throws an InputError
 * where the system refuses, and where there is something else than a file.
 */
export async function replaceFile(path: string, write: (beside: string) => Promise<void>): Promise<void> {
  const target = behindLinks(path);
  const beside = outputPart(target);
  try {
    const there = await stat(target).catch(() => null);
    if (there && !there.isFile() && !there.isDirectory()) throw refused(path, "it is a device or a pipe");
    removeDeadParts(target);
    await write(beside);
    await rename(beside, target);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (cause instanceof InputError || !/^E(?!RR_)/.test(code ?? "")) throw cause;
    throw refused(path, reasons[code!] ?? `the system said "${(cause as Error).message}"`, cause);
  } finally {
    await rm(beside, { force: true }).catch(() => {}); // it may never have been there
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist; make it first",
  EACCES: "it may not be written",
  EPERM: "it may not be written",
  ENAMETOOLONG: "its name is too long",
  EISDIR: "it is a folder",
  ENOTDIR: "its folder is a file",
  EROFS: "it may not be written",
  EFBIG: "it would be larger than files may be",
  ENOSPC: "the disk is full",
};

function refused(path: string, reason: string, cause?: unknown): InputError {
  return new InputError(`write: ${path}: expected a path that can be written, but ${reason}`, { cause });
}
