/**
 * `unseen synthesize`, as a user runs it, on real tables with categories, dates, whole numbers and missing values: whether every
 * made row is valid in the table's schema, and rows to read.
 *
 *   tsx bench/synthesize.ts [--rows 200] [--detectors outlier-synthesis,firm,auto] [--tables movies,nsl-kdd] [--show 1]
 *
 * Validity is judged from the texts of the file by rules written here, not by the library's: types as said by hand in
 * `synthesize-tables.ts`; categories that the table knows; whole numbers; dates that exist, written as the table writes them;
 * numbers and dates no further than half of the range beyond it, or ten times the largest; missing only where the table
 * has missing values. Three tables are fetched by npm, once; NSL-KDD is read from UNSEEN_DATA.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openSource } from "../src/data/index.ts";
import { quantileSorted, sortedCopy } from "../src/numeric/index.ts";
import { integer, machine, report, runBenchmark } from "./command-line.ts";
import { markdownTable } from "./markdown-table.ts";
import { type Holds, type RealTable, realTables } from "./synthesize-tables.ts";

type Texts = Readonly<Record<string, readonly (string | null)[]>>;
const ADDED = ["family", "changed", "radius", "flagged"] as const;
const RULES = ["missing", "category", "whole", "number", "date", "range"] as const;
type Rule = (typeof RULES)[number];

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      rows: { type: "string", default: "200" },
      detectors: { type: "string", default: "outlier-synthesis,firm,auto" },
      tables: { type: "string", default: "" },
      show: { type: "string", default: "1" },
    },
  });
  const [rows, show] = [integer("rows", values.rows, 1), integer("show", values.show)];
  const wanted = values.tables.split(",").filter(Boolean);
  const tables = realTables().filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const checks: string[][] = [["table, detector", "rows", "valid", ...RULES, "twins", "flagged"]];
  const radii: string[][] = [["table, detector", "family", "rows", "radius: least", "median", "largest", "flagged"]];
  const toRead: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), "unseen-synthesize-"));
  try {
    for (const table of tables) {
      const normal = await textsOf(table.file, Object.keys(table.columns), table.where);
      for (const detector of values.detectors.split(",")) {
        report(`${table.name}: ${detector}`);
        const [model, out] = [join(folder, "model.onnx"), join(folder, "made.csv")];
        unseen("fit", table.file, ...table.fit, "--detector", detector, "-o", model);
        unseen("synthesize", model, "--rows", String(rows), "-o", out);
        const made = await textsOf(out, [...Object.keys(table.columns), ...ADDED]);
        const which = `${table.name}, ${detector}`;
        checks.push([which, ...checked(table, normal, made)]);
        radii.push(...byFamily(made).map((row) => [which, ...row]));
        toRead.push(`\n${which}`, ...examples(made, show));
        report(checks[checks.length - 1].join(" | "));
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const facts = [`${rows} rows, key 0, made of the rows that the model stores (512); ${machine()}`];
  process.stdout.write(`${[...facts, "", markdownTable(checks), "", markdownTable(radii), ...toRead].join("\n")}\n`);
});

function unseen(...args: string[]): void {
  execFileSync("npx", ["tsx", "src/cli/main.ts", ...args], { stdio: ["ignore", "ignore", "pipe"] });
}

/** Columns of a file as texts, null where a value is missing. */
async function textsOf(file: string, names: readonly string[], where?: string): Promise<Texts> {
  using source = await openSource(file, { where });
  const { columns } = await source.read(names.map((name) => ({ name, as: "text" as const })));
  return Object.fromEntries(columns.map(({ name, values }) => [name, values as (string | null)[]]));
}

/** Rows, the share that is valid, values that break each rule, rows that equal a normal one, and flagged ones. */
function checked({ columns }: RealTable, normal: Texts, made: Texts): readonly string[] {
  const count = made["family"].length;
  const valid = new Uint8Array(count).fill(1);
  const broken = new Map<Rule, number>();
  for (const [name, holds] of Object.entries(columns)) {
    const judge = judgeOf(holds, normal[name]);
    made[name].forEach((text, i) => {
      for (const rule of judge(text)) {
        broken.set(rule, (broken.get(rule) ?? 0) + 1);
        valid[i] = 0;
      }
    });
  }
  const names = Object.keys(columns);
  const rowOf = (of: Texts, i: number) => JSON.stringify(names.map((name) => of[name][i]));
  const known = new Set(normal[names[0]].map((_, i) => rowOf(normal, i)));
  const twins = made["family"].filter((_, i) => known.has(rowOf(made, i))).length;
  const flagged = made["flagged"].filter((text) => text === "true").length;
  const share = `${(100 * valid.reduce((a, b) => a + b, 0)) / count} %`;
  return [String(count), share, ...RULES.map((rule) => String(broken.get(rule) ?? 0)), String(twins), String(flagged)];
}

/** Which rules a text of a column breaks, given those of normal rows. */
function judgeOf(holds: Holds, normal: readonly (string | null)[]): (text: string | null) => readonly Rule[] {
  const known = normal.filter((text) => text !== null);
  const gaps = known.length < normal.length;
  if (holds === "category") {
    const categories = new Set(known);
    return (text) => (text === null ? (gaps ? [] : ["missing"]) : categories.has(text) ? [] : ["category"]);
  }
  const asNumber = (text: string) => (holds === "date" ? Date.parse(`${text.replaceAll("/", "-")}Z`) : Number(text));
  const numbers = known.map(asNumber);
  const [low, high] = numbers.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], [numbers[0], numbers[0]]);
  const far = holds === "date" ? 0 : 9 * Math.max(Math.abs(low), Math.abs(high));
  const room = Math.max((high - low) / 2, far) + (holds === "date" ? 86_400_000 : 0);
  const decimals = Math.max(...known.map((text) => (text.split(".")[1] ?? "").length));
  const forms = new Set(known.map((text) => text.replace(/\d/g, "0")));
  const written = (text: string): boolean => {
    if (holds === "whole") return /^-?\d+$/.test(text);
    if (holds === "date") return forms.has(text.replace(/\d/g, "0")) && exists(text);
    return Number.isFinite(Number(text)) && (text.split(".")[1] ?? "").length <= decimals;
  };
  return (text) => {
    if (text === null) return gaps ? [] : ["missing"];
    if (!written(text)) return [holds];
    const x = asNumber(text);
    return x < low - room || x > high + room || (low >= 0 && x < 0) ? ["range"] : [];
  };
}

/** Whether the day is one of the calendar: 2001/02/30 is none. */
function exists(text: string): boolean {
  const [year, month, day] = text.split(/[-/ ]/).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function byFamily(made: Texts): readonly (readonly string[])[] {
  return [...new Set(made["family"])].sort().map((family) => {
    const own = (name: string) => made[name].filter((_, i) => made["family"][i] === family);
    const radii = sortedCopy(Float64Array.from(own("radius"), Number));
    const at = (q: number) => String(Number(quantileSorted(radii, q).toPrecision(3)));
    const flagged = own("flagged").filter((text) => text === "true").length;
    return [String(family), String(radii.length), at(0), at(0.5), at(1), String(flagged)];
  });
}

/** The first rows of each family, as family, radius and what was changed. */
function examples(made: Texts, show: number): readonly string[] {
  return [...new Set(made["family"])].sort().flatMap((family) => {
    const places = [...made["family"].keys()].filter((i) => made["family"][i] === family).slice(0, show);
    return places.map((i) => `  ${family}, radius ${made["radius"][i]}: ${made["changed"][i] ?? "every column"}`);
  });
}
