import { addAbortSignal } from "node:stream";
import { type JsonLinesBatch, jsonLines } from "../data/index.ts";
import { checkSignal, InputError } from "../errors/index.ts";
import { load, type Model, policyOf, type ScoreOptions } from "../model/index.ts";
import { ruleText } from "../report/index.ts";
import { decisionOptions } from "./decision-flags.ts";
import { formatFacts } from "./facts.ts";
import { count, counted, duration, percent } from "./number-text.ts";
import { refuseForPipe } from "./pipe-refusals.ts";
import { openProgress } from "./progress.ts";
import type { ScoreFlags } from "./score-flags.ts";
import { guaranteeText } from "./score-summary.ts";
import { scoredLine, scoredLineOptions } from "./scored-line.ts";
import type { Terminal } from "./terminal.ts";
import { writeOut } from "./write-out.ts";

/**
 * Scores JSON Lines from standard input as they arrive: each piece that came is scored and written before the next is
 * read, so memory is bounded and a slow reader slows the writer down. Returns how many rows were flagged.
 */
export async function scorePipe(modelPath: string, flags: ScoreFlags, terminal: Terminal): Promise<number> {
  refuseForPipe(flags);
  const { stdin, stdout, signal, say, err, width, guard } = terminal;
  const started = performance.now();
  guard.onCall("begin");
  using model = await load(modelPath);
  guard.onCall("end");
  const { manifest, calibration } = model;
  const policy = policyOf(calibration, manifest, decisionOptions(flags));
  const lines = scoredLineOptions(flags);
  if (manifest.source.sql !== null && !flags.json)
    say(`${err.yellow("note")}: the model was learned after --sql; rows from a pipe must have its columns already`);
  if (stdin.isTTY) say("reading JSON lines from the terminal, one object a line; Ctrl-D ends them");
  const progress = openProgress(terminal, { json: flags.json, live: !stdout.isTTY });
  let [rows, flagged, written] = [0, 0, 0];
  const summary = () => {
    progress.end();
    const seconds = (performance.now() - started) / 1000;
    const { rule, byDefault } = policy;
    if (flags.json) {
      const guarantee = policy.guarantee();
      say(
        JSON.stringify({
          input: "-",
          model: modelPath,
          rows,
          flagged,
          rule,
          ruleByDefault: byDefault,
          guarantee,
          rowsWritten: written,
          seconds,
        }),
      );
      return;
    }
    const rate = `${duration(seconds)}, ${count(rows / seconds)} rows/s`;
    const chosen = byDefault ? " (the default; --false-alarm-rate changes it)" : "";
    say(
      `${err.bold(`flagged ${count(flagged)}`)} of ${counted(rows, "row")} (${percent(rows === 0 ? 0 : flagged / rows)})`,
    );
    say(
      formatFacts(
        [
          ["rule", `${ruleText(rule)}: p ≤ ${policy.streamThreshold()}${chosen}`],
          ["time", rate],
        ],
        width,
        err.dim,
      ),
    );
    say(`\n${guaranteeText(policy.guarantee(), terminal)}`);
  };
  try {
    const batches = jsonLines(addAbortSignal(signal, stdin));
    for await (const batch of batches) {
      const scored = await scoreBatch(model, batch, { ...decisionOptions(flags), workers: 0, onCall: guard.onCall });
      let text = "";
      let error: unknown = scored.error;
      for (let i = 0; i < scored.pValues.length; i++) {
        const named = scored.nearestClasses && { nearestClass: scored.nearestClasses[i] };
        const result = {
          score: scored.scores[i],
          pValue: scored.pValues[i],
          flagged: scored.flagged[i] === 1,
          ...named,
        };
        try {
          if (lines.only === "all" || result.flagged) text += scoredLine(batch, i, rows + 1, result, lines);
        } catch (clash) {
          error = clash;
          break;
        }
        rows++;
        if (result.flagged) flagged++;
        if (lines.only === "all" || result.flagged) written++;
      }
      if (text !== "") await writeOut(stdout, text, signal);
      if (error !== undefined) throw error; // the rows before it were written
      progress.update("score", rows, null);
    }
  } catch (error) {
    progress.end();
    if (signal.aborted) {
      if (rows > 0 && !flags.json) say(`${counted(rows, "row")} scored, ${count(flagged)} flagged`);
      checkSignal(signal, "score");
    }
    throw error;
  }
  if (rows === 0)
    throw new InputError(
      "score: standard input: expected rows, got none; write each row as one JSON object on one line",
    );
  summary();
  return flagged;
}

interface ScoredBatch {
  readonly scores: ArrayLike<number>;
  readonly pValues: ArrayLike<number>;
  readonly flagged: ArrayLike<number>;
  readonly nearestClasses?: readonly string[];
  /** What is wrong with the row after those scored. */
  readonly error?: InputError;
}

/** The scores of a batch; where a row does not fit, of the rows before it, and what is wrong with its line. */
async function scoreBatch(model: Model, batch: JsonLinesBatch, options: ScoreOptions): Promise<ScoredBatch> {
  try {
    return await model.score(batch.rows, options);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  const [scores, pValues, flagged]: [number[], number[], number[]] = [[], [], []];
  const named: string[] = [];
  for (const [i, row] of batch.rows.entries()) {
    try {
      const result = await model.score([row], options);
      scores.push(result.scores[0]);
      pValues.push(result.pValues[0]);
      flagged.push(result.flagged[0]);
      if (result.nearestClasses) named.push(result.nearestClasses[0]);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const message = error.message.replace(/^read: /, "").replace(/\brow 1: /, "");
      const place = `score: standard input: line ${batch.firstLine + i}: `;
      const nearestClasses = named.length > 0 && { nearestClasses: named };
      return { scores, pValues, flagged, ...nearestClasses, error: new InputError(place + message, { cause: error }) };
    }
  }
  return { scores, pValues, flagged };
}
