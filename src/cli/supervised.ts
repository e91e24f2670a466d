import type { Guard } from "./guard.ts";
import { WATCHER } from "./supervise.ts";

/** Whether this process is the child that {@link supervise} started. */
export function isSupervised(): boolean {
  return process.send !== undefined && process.env[WATCHER] === String(process.ppid);
}

/** The child's side: tells the parent about calls; `interrupt` is called when the parent asks for it, or is gone. */
export function supervisedGuard(interrupt: () => void): Guard {
  process.on("disconnect", interrupt);
  process.on("message", (message) => {
    if (message === "interrupt") interrupt();
  });
  return {
    supervise: null,
    onCall: (event) => {
      if (process.connected) process.send!(event, undefined, undefined, () => {});
    },
  };
}
