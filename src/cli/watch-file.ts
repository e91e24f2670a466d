import { load } from "../model/index.ts";
import { openProgress } from "./progress.ts";
import { sourceOptions } from "./source-flags.ts";
import { outputWidth, type Terminal } from "./terminal.ts";
import type { WatchFlags } from "./watch-flags.ts";
import { watchText } from "./watch-text.ts";
import { writeOut } from "./write-out.ts";

/** Watches a file, says on standard output what came of it; returns whether there is an alarm. */
export async function watchFile(
  input: string,
  modelPath: string,
  flags: WatchFlags,
  terminal: Terminal,
): Promise<boolean> {
  const { stdout, out, signal, guard } = terminal;
  const { json, alpha, key, reference, referenceWhere, workers } = flags;
  const started = performance.now();
  guard.onCall("begin");
  using model = await load(modelPath);
  guard.onCall("end");
  const progress = openProgress(terminal, { json });
  try {
    const watched = await model.watch(input, {
      ...sourceOptions(flags),
      alpha,
      key,
      reference,
      referenceWhere,
      workers,
      signal,
      onCall: guard.onCall,
      onProgress: ({ rows, of }) => progress.update("score", rows, of),
    });
    progress.end();
    const seconds = Number(((performance.now() - started) / 1000).toFixed(3));
    const { name } = model.manifest.detector;
    const text = json
      ? JSON.stringify({ input, model: modelPath, detector: name, ...watched, seconds })
      : watchText({ watched, model: `${modelPath}: ${name}`, seconds }, out, outputWidth(stdout));
    await writeOut(stdout, `${text}\n`, signal);
    return watched.alarm;
  } finally {
    progress.end();
  }
}
