import { existsSync, realpathSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { writeBeside } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { discoverFile, discoverOptionList, replaceFile } from "../model/index.ts";
import { discoverReport } from "../report/index.ts";
import type { DiscoverFlags } from "./discover-flags.ts";
import { discoveredJson, discoveredText } from "./discover-text.ts";
import { counted } from "./number-text.ts";
import { openProgress } from "./progress.ts";
import { requireReportPath } from "./report-path.ts";
import { shellWord } from "./shell-word.ts";
import { sourceOptions } from "./source-flags.ts";
import type { Terminal } from "./terminal.ts";
import { writeOut } from "./write-out.ts";

/** Compares a window with a reference: text or JSON on standard output, rows, f and report as files. */
export async function discoverRows(
  window: string,
  reference: string,
  flags: DiscoverFlags,
  terminal: Terminal,
  argv: readonly string[],
): Promise<void> {
  const { stdout, signal, say } = terminal;
  const { json, output, save, report } = flags;
  checkPaths({ window, reference, ...(flags.signal && { signal: flags.signal }) }, { output, save, report });
  for (const [flag, path] of Object.entries({ output, save }))
    if (path !== undefined && (flags.method === "mmd-fuse" || flags.method === "c2st"))
      throw new InputError(
        `discover: --${flag}: expected sparker among the methods, got ${flags.method}, which gives rows no number; pass --method all`,
      );
  if (report !== undefined) requireReportPath("discover", report, { "the window": window, "the reference": reference });
  const started = performance.now();
  const progress = openProgress(terminal, { json });
  try {
    const { found, source, model } = await discoverFile(window, {
      ...sourceOptions(flags),
      reference,
      referenceWhere: flags.referenceWhere,
      key: flags.key ?? 0,
      method: flags.method,
      toys: toysOf(flags),
      options: ownOptions(flags),
      expected: flags.expected,
      columns: flags.column,
      ignore: flags.ignore,
      group: flags.group,
      power: flags.power,
      powerSignal: flags.signal,
      controls: flags.controls,
      checkpoint: flags.checkpoint,
      workers: flags.workers,
      signal,
      onProgress: ({ stage, done, total }) =>
        progress.update(stage, done, total, { unit: stage.endsWith("toys") ? "toys" : "steps" }),
    });
    using open = source;
    progress.end();
    const seconds = (performance.now() - started) / 1000;
    if (output !== undefined && found.sparker !== null) {
      const { logRatios, contributions, kernels } = found.sparker;
      const M = kernels.length;
      const ofKernels = kernels.map(
        (_, i) => [`kernel_${i + 1}`, logRatios.map((_, row) => contributions[row * M + i])] as const,
      );
      await writeBeside(open, { f: logRatios, ...Object.fromEntries(ofKernels) }, output, signal);
    }
    const bytes = save === undefined ? null : model();
    if (save !== undefined && bytes !== null) await replaceFile(save, (beside) => writeFile(beside, bytes));
    if (report !== undefined) {
      const page = await discoverReport({ found, command: argv.map(shellWord).join(" "), seconds });
      await replaceFile(report, (beside) => writeFile(beside, page));
    }
    if (json) await writeOut(stdout, `${JSON.stringify(discoveredJson(found, seconds))}\n`, signal);
    else await writeOut(stdout, `${discoveredText(found, seconds, terminal)}\n`, signal);
    if (json) return;
    if (output !== undefined)
      say(`${output}: ${counted(found.window.rows, "row")} with f and what each kernel adds to it`);
    if (report !== undefined) say(`${report}: the answer with figures, for a browser or for paper`);
    if (save !== undefined) say(`${save}: f of a row, raw columns in`);
  } finally {
    progress.end();
  }
}

function toysOf({ toys, quick, precise }: DiscoverFlags): number | undefined {
  if ([toys !== undefined, quick, precise].filter(Boolean).length > 1)
    throw new InputError("discover: expected one of --toys, --quick and --precise, got more; pass one");
  return toys ?? (quick ? 99 : precise ? 1000 : undefined);
}

/** The flags of the test's own options, numbers where they are numbers. */
function ownOptions(flags: DiscoverFlags): Record<string, unknown> {
  const given = flags as unknown as Readonly<Record<string, string | undefined>>;
  return Object.fromEntries(
    discoverOptionList().flatMap(({ name, type }) => {
      const text = given[name];
      if (text === undefined) return [];
      const number = (type === "integer" || type === "number") && text.trim() !== "" && !Number.isNaN(Number(text));
      return [[name, number ? Number(text) : text]];
    }),
  );
}

/** Throws an InputError where a file would be written over one that is read, or over another that is written. */
function checkPaths(
  read: Readonly<Record<string, string>>,
  written: Readonly<Record<string, string | undefined>>,
): void {
  const place = (path: string) => (existsSync(path) ? realpathSync(path) : path);
  const taken = new Map(Object.entries(read).map(([what, path]) => [place(path), what]));
  for (const [flag, path] of Object.entries(written)) {
    if (path === undefined) continue;
    const other = taken.get(place(path));
    if (other !== undefined)
      throw new InputError(
        `discover: --${flag}: ${path}: expected another path than that of the ${other}, which would be lost`,
      );
    taken.set(place(path), flag);
  }
}
