import { checkSignal, InputError } from "../errors/index.ts";
import type { OutputStream } from "./terminal.ts";

/** The reader of a pipe went away (`… | head`): nobody wants the rest, and that is no error. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

/**
 * Writes to a stream and resolves when it has been handed on, so that a slow reader slows the writer down.
 * Throws ReaderGone when nobody reads any more, Interrupted when the signal fires meanwhile.
 */
export function writeOut(stream: OutputStream, data: string | Uint8Array, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      try {
        checkSignal(signal, "write");
      } catch (error) {
        reject(error);
      }
    };
    if (signal?.aborted) return onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    stream.write(data, (error) => {
      signal?.removeEventListener("abort", onAbort);
      if (!error) return resolve();
      if (isReaderGone(error)) return reject(new ReaderGone("the reader of standard output went away"));
      reject(
        new InputError(
          `write: standard output: expected a place that can be written, got "${error.message}"; free some, or write elsewhere`,
          { cause: error },
        ),
      );
    });
  });
}

function isReaderGone(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EPIPE" || code === "ERR_STREAM_DESTROYED" || code === "ERR_STREAM_WRITE_AFTER_END";
}
