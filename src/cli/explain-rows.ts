import { existsSync, realpathSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { InputError } from "../errors/index.ts";
import { load, replaceFile } from "../model/index.ts";
import type { ExplainFlags } from "./explain-flags.ts";
import { explanationsText } from "./explain-text.ts";
import { count, counted, short } from "./number-text.ts";
import { openProgress } from "./progress.ts";
import { reasonsCsv, reasonsJson } from "./reasons-file.ts";
import { sourceOptions } from "./source-flags.ts";
import type { Terminal } from "./terminal.ts";
import { writeOut } from "./write-out.ts";

/** Explains rows of a file: as text or JSON lines on standard output, or as a file. */
export async function explainRows(
  input: string,
  modelPath: string,
  flags: ExplainFlags,
  terminal: Terminal,
): Promise<void> {
  const { stdout, signal, say, guard } = terminal;
  const { json, output, row, top, nearest, reference, falseAlarmRate, workers } = flags;
  for (const [what, path] of Object.entries({ input, model: modelPath, reference }))
    if (output !== undefined && path !== undefined) refuseSame(output, what, path);
  guard.onCall("begin");
  using model = await load(modelPath);
  guard.onCall("end");
  const progress = openProgress(terminal, { json });
  try {
    const found = await model.explain(input, {
      ...sourceOptions(flags),
      rows: row,
      top,
      nearest,
      reference,
      falseAlarmRate,
      workers,
      signal,
      onCall: guard.onCall,
      onProgress: ({ stage, rows, of }) => progress.update(stage, rows, of),
    });
    progress.end();
    const { explanations, scored, level } = found;
    const reasons = output === undefined || /\.jsonl$/i.test(output) ? reasonsJson : reasonsCsv;
    if (output !== undefined)
      await replaceFile(output, (beside) => writeFile(beside, reasons(explanations, flags.columns)));
    else if (json) await writeOut(stdout, reasonsJson(explanations, flags.columns), signal);
    else if (explanations.length > 0)
      await writeOut(stdout, `${explanationsText(found, flags.columns ?? 5, terminal)}\n`, signal);
    if (json) return;
    if (output !== undefined) say(`${output}: reasons of ${counted(explanations.length, "row")}`);
    if (scored === null) return;
    const flagged = `${count(scored.flagged)} of ${counted(scored.rows, "row")} flagged (p ≤ ${short(level)})`;
    const rest =
      scored.flagged > explanations.length ? `, ${count(explanations.length)} explained; --top takes more` : "";
    say(scored.flagged === 0 ? `${flagged}; explain any row with --row 17` : `${flagged}${rest}`);
  } finally {
    progress.end();
  }
}

function refuseSame(output: string, what: string, path: string): void {
  if (!existsSync(output) || !existsSync(path) || realpathSync(output) !== realpathSync(path)) return;
  throw new InputError(
    `explain: --output: ${output}: expected another path than the ${what}'s; the ${what} would be lost`,
  );
}
