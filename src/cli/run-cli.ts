import { Command } from "commander";
import { addBench } from "./bench.ts";
import { addDetectors } from "./detectors.ts";
import { addDiscover } from "./discover.ts";
import { addEvaluate } from "./evaluate.ts";
import { addExplain } from "./explain.ts";
import { addFit } from "./fit.ts";
import { addInspect } from "./inspect.ts";
import { EXIT, reportError } from "./report-error.ts";
import { addScore } from "./score.ts";
import { addSynthesize } from "./synthesize.ts";
import { outputWidth, type Streams, terminalOf } from "./terminal.ts";
import { addTune } from "./tune.ts";
import { version } from "./version.ts";
import { addWatch } from "./watch.ts";

/**
 * Runs one command line (without `node` and the script's path) and returns the exit code: 0, 1 (rows were flagged, with
 * `--exit-code`), 2 (the input is at fault), 70 (we are) or 130 (interrupted). Results go to stdout, the rest to stderr.
 */
export async function runCli(argv: readonly string[], streams: Streams): Promise<number> {
  const terminal = terminalOf(streams, argv);
  let exitCode: number = EXIT.ok;
  const finish = (code: number) => {
    exitCode = code;
  };
  // A write that fails is reported to the one who wrote; without a listener it would end the process as well.
  const ignore = () => {};
  for (const stream of [streams.stdout, streams.stderr]) stream.on("error", ignore);
  try {
    const program = new Command("unseen")
      .description(
        "Learns what normal rows of a table look like and finds those that are not, with an error guarantee.",
      )
      .version(version, "-V, --version", "print the version")
      .helpOption("-h, --help", "print help")
      .helpCommand("help [command]", "print help for a command")
      .exitOverride()
      .configureOutput({
        writeOut: (text) => void streams.stdout.write(text),
        writeErr: (text) => void streams.stderr.write(text),
        outputError: () => {}, // reported below
        getOutHelpWidth: () => outputWidth(streams.stdout),
        getErrHelpWidth: () => terminal.width,
        getOutHasColors: () => streams.stdout.isTTY === true && !terminal.env.NO_COLOR,
        getErrHasColors: () => streams.stderr.isTTY === true && !terminal.env.NO_COLOR,
      })
      .addHelpText(
        "after",
        `
Start here:
  $ unseen inspect flows.parquet                        what is in the file, and what would be learned from
  $ unseen fit normal.parquet -o model.onnx             learn what normal rows look like
  $ unseen score new.csv -m model.onnx -o scored.csv    find the rows that are not
  $ unseen explain new.csv -m model.onnx                say why they are flagged
`,
      );
    addInspect(program, terminal);
    addFit(program, terminal);
    addScore(program, terminal, finish);
    addExplain(program, terminal, finish);
    addTune(program, terminal, finish);
    addSynthesize(program, terminal, finish);
    addEvaluate(program, terminal);
    addWatch(program, terminal, finish);
    addDiscover(program, terminal);
    addDetectors(program, terminal);
    addBench(program, terminal, finish);
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    return reportError(error, terminal, argv.includes("--json"));
  } finally {
    for (const stream of [streams.stdout, streams.stderr]) stream.off("error", ignore);
  }
}
