import { statSync } from "node:fs";
import { resolve } from "node:path";
import { openSource } from "../data/index.ts";
import { detectors } from "../detect/index.ts";
import { InputError } from "../errors/index.ts";
import { detectorNamed, fit } from "../model/index.ts";
import { derivedArguments } from "./derived-flags.ts";
import type { FitFlags } from "./fit-flags.ts";
import { fitJson, fitSummary } from "./fit-summary.ts";
import { requireModelPath } from "./model-path.ts";
import { openProgress } from "./progress.ts";
import { sourceOptions } from "./source-flags.ts";
import type { Terminal } from "./terminal.ts";
import { writeOut } from "./write-out.ts";

/** Learns from a file, writes the model and says what came of it. `args` are the file and the flags of the detector. */
export async function fitFile(
  args: readonly string[],
  own: readonly string[],
  flags: FitFlags,
  terminal: Terminal,
): Promise<void> {
  const detector = detectorNamed(flags.detector);
  const { operands, options } = derivedArguments(args, {
    who: "fit",
    chooses: "--detector",
    chosen: detector,
    shelf: detectors,
    own,
  });
  const input = requireInput(operands);
  const output = requireModelPath(flags.output, input);
  const {
    column: columns,
    key,
    label,
    normal,
    knownClasses,
    ignore,
    imageSize,
    group,
    time,
    calibration,
    contamination,
    rows,
    workers,
    checkpoint,
  } = flags;
  if (checkpoint !== undefined && [input, output].some((path) => resolve(path) === resolve(checkpoint)))
    throw new InputError(`fit: --checkpoint: expected a path of its own, got ${checkpoint}; give another one`);
  const { signal } = terminal;
  const progress = openProgress(terminal, { json: flags.json });
  const started = performance.now();
  try {
    let total = 0;
    using model = await fit(input, {
      ...sourceOptions(flags),
      key,
      detector: detector.name,
      options,
      columns,
      ignore,
      imageSize,
      label,
      normal,
      knownClasses,
      group,
      time,
      calibration,
      contamination,
      rows,
      workers,
      checkpoint,
      signal,
      onProgress: (at) => {
        if (at.stage === "read") total = at.total;
        const unit = /^train\b/.test(at.stage) ? "steps" : (/(folds|mixtures)$/.exec(at.stage)?.[1] ?? "rows");
        progress.update(at.stage, at.done, at.total, { unit, loss: at.loss });
      },
    });
    const rowsRead = label === undefined ? total : await countRows(input, flags, signal);
    await model.save(output);
    progress.end();
    const seconds = (performance.now() - started) / 1000;
    const facts = { manifest: model.manifest, rowsRead, output, bytes: statSync(output).size, seconds };
    if (flags.json) await writeOut(terminal.stdout, `${JSON.stringify(fitJson(facts))}\n`);
    else terminal.say(fitSummary(facts, terminal));
  } finally {
    progress.end();
  }
}

function requireInput([input, ...more]: readonly string[]): string {
  if (input === undefined) throw new InputError("fit: file: expected a file to learn from, got none; pass normal.csv");
  if (more.length > 0)
    throw new InputError(
      `fit: file: expected one file, got ${more.length + 1}; quote a pattern, so that the shell leaves it whole: "*.csv"`,
    );
  if (input === "-")
    throw new InputError(
      "fit: -: expected a file, got a pipe, and rows are read more than once; save them first: cat > rows.jsonl",
    );
  return input;
}

/** How many rows there were before those that are not normal were left out. */
async function countRows(input: string, flags: FitFlags, signal: AbortSignal): Promise<number> {
  using source = await openSource(input, sourceOptions(flags), signal);
  return await source.countRows(signal);
}
