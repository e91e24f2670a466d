import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/**
 * The file that is written when a path is: where it is a link, the one that it leads to, so that the link stays. What
 * is no file (a pipe, a device) has no other path.
 */
export function behindLinks(path: string): string {
  return existsSync(path) && statSync(path).isFile() ? realpathSync(path) : resolve(path);
}

/** A folder for what a database of this process spills. It is not made here. */
export function privateFolder(): string {
  return join(tmpdir(), `${ours(process.pid)}${randomBytes(8).toString("hex")}`);
}

/** Takes away what a process that was ended left behind: its private folders, and its parts beside `path`, if given. */
export function removeRemains(pid: number, path?: string): void {
  const remove = (folder: string, start: string) => {
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder))
      if (name.startsWith(start)) rmSync(join(folder, name), { recursive: true, force: true });
  };
  remove(tmpdir(), ours(pid));
  if (path !== undefined) remove(dirname(behindLinks(path)), `.${ours(pid)}`);
}

const ours = (pid: number) => `unseen-${pid}-`;
