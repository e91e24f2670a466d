import { writeFile } from "node:fs/promises";
import { checkSignal } from "../errors/index.ts";
import { evaluate, protocolNamed } from "../evaluate/index.ts";
import { replaceFile } from "../model/index.ts";
import { evaluationReport } from "../report/index.ts";
import { askedDetector, evaluateArguments, keysOf } from "./evaluate-arguments.ts";
import type { EvaluateFlags } from "./evaluate-flags.ts";
import { evaluationText } from "./evaluate-text.ts";
import { openProgress } from "./progress.ts";
import { requireReportPath } from "./report-path.ts";
import { commandText } from "./shell-word.ts";
import { sourceOptions } from "./source-flags.ts";
import type { Terminal } from "./terminal.ts";
import { writeOut } from "./write-out.ts";

/** What is counted in stages that count something else than rows. */
const UNITS: Readonly<Record<string, string>> = { train: "steps", "resample test rows": "draws" };

/** Evaluates detectors on a file and says what came of it. `args` are the file and the flags of the protocol. */
export async function evaluateFile(
  args: readonly string[],
  own: readonly string[],
  flags: EvaluateFlags,
  terminal: Terminal,
): Promise<void> {
  const protocol = protocolNamed(flags.protocol);
  const { input, options } = evaluateArguments(args, protocol, own);
  const {
    column: columns,
    label = undefined,
    normal = [],
    ignore,
    group,
    time,
    level,
    calibration,
    workers,
    report,
  } = flags;
  const { signal, stdout } = terminal;
  if (report !== undefined) requireReportPath("evaluate", report, { "the input": input });
  const progress = openProgress(terminal, { json: flags.json });
  try {
    const evaluated = await evaluate(input, {
      ...sourceOptions(flags),
      label: label as string, // evaluate says which columns there are
      normal,
      protocol: protocol.name,
      protocolOptions: options,
      detectors: flags.detectors?.map(askedDetector),
      keys: flags.keys && keysOf(flags.keys),
      level,
      calibration,
      columns,
      ignore,
      group,
      time,
      maxTrain: flags.maxTrain,
      maxTest: flags.maxTest,
      workers,
      signal,
      onProgress: ({ stage, done, total, loss, fit }) => {
        const unit = UNITS[stage] ?? /(folds|mixtures)$/.exec(stage)?.[1] ?? "rows";
        const which =
          fit && `${fit.candidate}${fit.split === "" ? "" : `, ${fit.split}`}, fit ${fit.number} of ${fit.of}`;
        if (stage !== "fit") progress.update(which ? `${which}: ${stage}` : stage, done, total, { unit, loss });
      },
    });
    progress.end();
    if (report !== undefined) {
      const page = await evaluationReport(evaluated, { command: commandText(terminal) });
      checkSignal(signal, "evaluate");
      await replaceFile(report, (beside) => writeFile(beside, page));
    }
    await writeOut(
      stdout,
      `${flags.json ? JSON.stringify(evaluated) : evaluationText(evaluated, terminal, report)}\n`,
      signal,
    );
  } finally {
    progress.end();
  }
}
