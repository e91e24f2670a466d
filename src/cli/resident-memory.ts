import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { totalmem } from "node:os";

/** Whether the memory of another process can be seen here. */
export const memoryIsSeen = process.platform !== "win32";

/** The resident memory of a process in MB (10⁶ bytes); 0 where it cannot be told, or when the process has ended. */
export async function residentMegabytes(pid: number): Promise<number> {
  const kibibytes = process.platform === "linux" ? await fromProc(pid) : await fromPs(pid);
  return (kibibytes * 1024) / 1e6 || 0;
}

async function fromProc(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]);
}

function fromPs(pid: number): Promise<number> {
  return new Promise((resolve) => {
    execFile("ps", ["-o", "rss=", "-p", String(pid)], (error, stdout) => resolve(error ? 0 : Number(stdout)));
  });
}

/** What all processes may use together, in MB: the machine's memory, or its container's limit. */
export function machineMegabytes(): number {
  const limit = process.constrainedMemory?.() ?? 0;
  return (limit > 0 && limit < totalmem() ? limit : totalmem()) / 1e6;
}
