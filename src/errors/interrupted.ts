/** The caller's abort signal fired. The command line exits with 130; nothing half-written is left. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Throws {@link Interrupted} when the signal has fired. Call it between steps of long work. */
export function checkSignal(signal: AbortSignal | undefined, who: string): void {
  if (signal?.aborted) throw new Interrupted(`${who}: interrupted`);
}
