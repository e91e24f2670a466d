/**
 * Writes `docs/benchmarks.md` and its figures from `bench/benchmarks.template.md` and `bench/published/*.parquet`. Equal
 * files, equal bytes; a test holds the documentation to it.
 *
 *   npm run bench:docs                          writes the documentation anew
 *   npm run bench:publish -- FILE.parquet …     copies results of `unseen bench`, and files of measurements that
 *                                               bench/docs-tables.ts names, to bench/published/ first
 *
 * In the template `{{oddbench 4000-8000}}` on a line of its own stands for what was measured of a suite with those caps
 * (`all`: without), a part each under a heading where it has several; `{{table NAME}}` for that table of
 * bench/docs-tables.ts.
 */
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { InputError } from "../src/errors/index.ts";
import { type ResultRow, readResults, testOf } from "../src/evaluate/index.ts";
import { runBenchmark } from "./command-line.ts";
import { suiteSection } from "./docs-suite.ts";
import { type PublishedTable, publishedTables } from "./docs-tables.ts";
import { readMeasurements } from "./results.ts";

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const published = join(repository, "bench/published");

/** The files of the documentation that are generated from a folder of results, by path from the repository. */
export async function generateDocs(
  folder = published,
  tables: Readonly<Record<string, PublishedTable>> = publishedTables,
  template = readFileSync(join(repository, "bench/benchmarks.template.md"), "utf8"),
): Promise<ReadonlyMap<string, string>> {
  const rendered = new Map<string, string>();
  for (const [name, table] of Object.entries(tables)) rendered.set(name, await renderTable(table, folder));
  // Whole shelves before single detectors, whose names are longer.
  const others = new Set(Object.values(tables).map(({ file }) => file));
  const files = readdirSync(folder).filter((file) => file.endsWith(".parquet") && !others.has(file));
  files.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const rows: ResultRow[] = [];
  for (const file of files) rows.push(...(await readResults(join(folder, file))));
  const out = new Map<string, string>();
  const suites = template.replace(/^\{\{(\w+) (all|\d+-\d+)\}\}$/gm, (_, suite: string, caps: string) => {
    const own = distinct(rows.filter((row) => row.suite === suite && capsOf(row) === caps));
    if (own.length === 0) return "Not measured yet.";
    const parts = [...new Set(own.map(({ part }) => part))];
    return parts
      .map((part) => {
        const { markdown, figure } = suiteSection(own.filter((row) => row.part === part));
        if (figure) out.set(`docs/${figure.file}`, figure.svg);
        return part === "" ? markdown : `### ${part}\n\n${markdown}`;
      })
      .join("\n\n");
  });
  const text = suites.replace(/^\{\{table ([\w-]+)\}\}$/gm, (_, name: string) => {
    const table = rendered.get(name);
    if (table === undefined)
      throw new InputError(
        `bench: docs: {{table ${name}}}: expected one of ${[...rendered.keys()].join(", ")}; add it to bench/docs-tables.ts`,
      );
    return table;
  });
  return out.set("docs/benchmarks.md", text);
}

async function renderTable({ file, render }: PublishedTable, folder: string): Promise<string> {
  const path = join(folder, file);
  return existsSync(path) ? render(await readMeasurements(path)) : "Not measured yet.";
}

/** Of two measurements of one thing, the one of the first file counts. */
function distinct(rows: readonly ResultRow[]): readonly ResultRow[] {
  const placed = new Set<string>();
  return rows.filter((row) => {
    const place = JSON.stringify([row.part, row.name, row.options, row.variant, testOf(row), row.key]);
    return !placed.has(place) && placed.add(place);
  });
}

function capsOf({ max_train, max_test }: ResultRow): string {
  return Number.isNaN(max_train) && Number.isNaN(max_test) ? "all" : `${max_train}-${max_test}`;
}

/** Copies files of results, each read first: whole suites, single detectors on whole suites, or what a table is made of. */
async function publish(files: readonly string[]): Promise<void> {
  const tables = Object.values(publishedTables);
  for (const file of files) {
    const own = tables.filter((table) => table.file === basename(file));
    const rows = own.length > 0 ? await readMeasurements(resolve(file)) : await readResults(resolve(file));
    if (/-some-sets\./.test(file) || rows.length === 0)
      throw new InputError(`bench: publish: expected results on all sets of a suite, got ${file}; run without --sets`);
    copyFileSync(resolve(file), join(published, basename(file)));
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  await runBenchmark(async () => {
    const { positionals } = parseArgs({ allowPositionals: true });
    await publish(positionals);
    for (const [path, content] of await generateDocs()) {
      writeFileSync(join(repository, path), content);
      console.log(path);
    }
  });
