import { type ColumnProfile, type InferredColumn, inferSchema, openSource } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import type { InspectFlags } from "./inspect-flags.ts";
import { doubts, nextFit, plain } from "./next-fit.ts";
import { count, counted } from "./number-text.ts";
import { openProgress } from "./progress.ts";
import { sourceOptions } from "./source-flags.ts";
import { outputWidth, type Terminal } from "./terminal.ts";
import { clip, formatTable } from "./text-table.ts";
import { wrapText } from "./wrap-text.ts";
import { writeOut } from "./write-out.ts";

/** A column as `fit` would take it, or what `fit` would ask for first. */
type Inspected = InferredColumn & { readonly problem: string | null };

/** Shows what each column of a file is, and what to do next. */
export async function inspectFile(path: string, flags: InspectFlags, terminal: Terminal): Promise<void> {
  const { stdout, out, signal } = terminal;
  const progress = openProgress(terminal, { json: flags.json });
  using source = await openSource(path, sourceOptions(flags), signal);
  const profiles = await source.profile(signal);
  progress.end();
  const found = inspected(profiles, flags);
  const columns = source.isImageFolder ? found.map(besideImages) : found;
  const rows = profiles[0]?.rows ?? 0;
  const next = nextFit(path, flags, columns, profiles);
  if (flags.json) {
    await writeOut(stdout, `${JSON.stringify({ file: path, source: source.description, rows, columns, next })}\n`);
    return;
  }
  const asked = columns.flatMap(({ problem }) => (problem === null ? [] : [problem.replace(/^read: /, "")]));
  const leftAside = columns.filter((c) => c.problem === null && !c.used).map((c) => `${c.name}: ${c.reason}`);
  const width = stdout.isTTY ? outputWidth(stdout) : 120;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", out.bold(title), ...lines.map((line) => `  ${wrapText(line, width - 4, "    ")}`)];
  const used = columns.filter((c) => c.used).length;
  const text = [
    `${out.bold(source.description)}: ${counted(rows, "row")}, ${counted(columns.length, "column")}, ${used} used`,
    schemaTable(columns, stdout.isTTY ? (stdout.columns ?? 100) : Number.POSITIVE_INFINITY, out.dim),
    ...section("left aside", leftAside),
    ...section("to be settled before fit", asked),
    ...section("look twice", doubts(columns, profiles)),
    "",
    `next${asked.length > 0 ? ", once that is settled" : ""}: ${out.bold(next)}`,
  ];
  await writeOut(stdout, `${text.join("\n")}\n`);
}

/** Of a folder of images, pixels alone are learned from. */
function besideImages(column: Inspected): Inspected {
  return { ...column, used: false, reason: "says which image it is; pixels alone are learned from" };
}

/** The columns line by line. The reasons come last, cut off at the width of a terminal. */
function schemaTable(columns: readonly Inspected[], width: number, dim: (text: string) => string): string {
  const table = formatTable(
    [
      { title: "column" },
      { title: "kind" },
      { title: "used" },
      { title: "missing", align: "right" },
      { title: "distinct", align: "right" },
      { title: "examples" },
      { title: "reason" },
    ],
    columns.map((c) => [
      clip(c.name, 28),
      c.problem === null ? c.kind : "?",
      c.used ? "yes" : "no",
      count(c.missing),
      count(c.distinct),
      clip(c.examples.map((text) => clip(plain(text), 12)).join(", "), 24),
      (c.problem ?? c.reason).replace(/^read: column "(?:[^"\\]|\\.)*": /, "").replace(/; (pass )?--.*$/, ""),
    ]),
  );
  const [title, ...lines] = table.split("\n").map((line) => clipLine(line, width));
  return [dim(title), ...lines].join("\n");
}

const clipLine = (line: string, width: number) => (line.length <= width ? line : `${line.slice(0, width - 1)}…`);

/** The schema; a column that `fit` would refuse does not hide the others. */
function inspected(
  profiles: readonly ColumnProfile[],
  { column = {}, ignore = [] }: InspectFlags,
): readonly Inspected[] {
  try {
    return inferSchema(profiles, { columns: column, ignore }).map((c) => ({ ...c, problem: null }));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const columns = profiles.map((profile) => inspectedAlone(profile, { column, ignore }));
    if (columns.every(({ problem }) => problem === null)) throw error; // a name that no column has
    return columns;
  }
}

function inspectedAlone(profile: ColumnProfile, { column = {}, ignore = [] }: InspectFlags): Inspected {
  const { name, missing, distinct, examples } = profile;
  const overrides = {
    columns: Object.hasOwn(column, name) ? { [name]: column[name] } : {},
    ignore: ignore.filter((other) => other === name),
  };
  try {
    return { ...inferSchema([profile], overrides)[0], problem: null };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { message } = error;
    return {
      name,
      kind: "text",
      used: false,
      reason: message,
      overridden: false,
      missing,
      distinct,
      examples,
      problem: message,
    };
  }
}
