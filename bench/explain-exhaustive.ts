/**
 * Whether explanations find a change of at most three columns where there is one, and one of the fewest columns: against
 * all sets of columns, each set to its medians and to the values of the ten normal rows that are nearest in the other
 * columns. Tables of at most 21 columns, for it takes 15,000 scored rows for each row that is looked at.
 *
 *   tsx bench/explain-exhaustive.ts [--cases cardio,pageblocks] [--detectors a,b] [--rows 60] [--key 0]
 */
import { parseArgs } from "node:util";
import { type Explanation, fit, type Model } from "../src/model/index.ts";
import { key as keyOf, median, takeTableRows } from "../src/numeric/index.ts";
import { integer, machine, report, runBenchmark } from "./command-line.ts";
import { columnsOf, readCase } from "./explain-cases.ts";
import { textTable } from "./text-table.ts";

const DONORS = 10;
/** Sets of columns whose edits are scored in one call. */
const SETS = 200;

type Columns = Readonly<Record<string, Float64Array>>;

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      cases: { type: "string", default: "cardio,pageblocks" },
      detectors: {
        type: "string",
        default: "mahalanobis,knn,isolation-forest,hbos,pca,gaussian-mixture,lof,one-class-svm",
      },
      rows: { type: "string", default: "60" },
      key: { type: "string", default: "0" },
    },
  });
  const [most, key] = [integer("rows", values.rows, 1), integer("key", values.key)];
  const lines = [["set", "detector", "rows", "≤ 3 columns", "others", "of which one exists", "2 or 3", "fewer exist"]];
  for (const name of values.cases.split(",")) {
    const table = await readCase(name, keyOf(key));
    for (const detector of values.detectors.split(",")) {
      using model = await fit(columnsOf(table.train), { detector, key });
      const { flagged } = await model.score(columnsOf(table.anomalies));
      const places = Array.from(flagged.keys()).filter((i) => flagged[i] === 1);
      const asked = columnsOf(takeTableRows(table.anomalies, places.slice(0, most)));
      const explained = await model.explain(asked);
      const normal = columnsOf(
        takeTableRows(
          table.train,
          Array.from({ length: 512 }, (_, i) => i % table.train.rows),
        ),
      );
      const exists = (one: Explanation, size: number) => changeExists(model, rowOf(asked, one.row - 1), normal, size);
      const [none, more] = [
        explained.filter(({ change }) => !change?.small),
        explained.filter(({ change }) => change?.small && change.changes.length > 1),
      ];
      let [missed, fewer] = [0, 0];
      for (const one of none) if (await exists(one, 3)) missed++;
      for (const one of more) if (await exists(one, one.change!.changes.length - 1)) fewer++;
      const counts = [explained.length, explained.length - none.length, none.length, missed, more.length, fewer];
      lines.push([name, detector, ...counts.map(String)]);
      report(lines.at(-1)!.join(" "));
    }
  }
  console.log(`${machine()}; at most ${most} rows; key ${key}\n\n${textTable(lines)}`);
});

/** Whether any set of so many columns makes the row normal. */
async function changeExists(
  model: Model,
  row: Readonly<Record<string, number>>,
  normal: Columns,
  size: number,
): Promise<boolean> {
  const names = model.manifest.columns.map(({ name }) => name);
  const middle = Object.fromEntries(names.map((name) => [name, median(normal[name])]));
  const deviations = distancesFrom(row, normal, names);
  const sets = setsOf(names.length, size);
  for (let from = 0; from < sets.length; from += SETS) {
    const edits = sets.slice(from, from + SETS).flatMap((set) => {
      const near = nearest(deviations, set).map((a) => set.map((j) => normal[names[j]][a]));
      return [set.map((j) => middle[names[j]]), ...near].map((values) => ({ set, values }));
    });
    const columns = names.map((name, j) => [
      name,
      Float64Array.from(edits, ({ set, values }) => (set.includes(j) ? values[set.indexOf(j)] : row[name])),
    ]);
    const { flagged } = await model.score(Object.fromEntries(columns));
    if (flagged.some((flag) => flag === 0)) return true;
  }
  return false;
}

/** Squared differences in standard deviations, each cut at 5², by normal row and column. */
function distancesFrom(
  row: Readonly<Record<string, number>>,
  normal: Columns,
  names: readonly string[],
): readonly Float64Array[] {
  const spreads = names.map((name) => {
    const mean = normal[name].reduce((sum, x) => sum + x, 0) / normal[name].length;
    return Math.sqrt(normal[name].reduce((sum, x) => sum + (x - mean) ** 2, 0) / normal[name].length) || 1;
  });
  return Array.from({ length: normal[names[0]].length }, (_, a) =>
    Float64Array.from(names, (name, j) => Math.min(5, Math.abs(normal[name][a] - row[name]) / spreads[j]) ** 2),
  );
}

function nearest(deviations: readonly Float64Array[], without: readonly number[]): readonly number[] {
  const left = deviations.map((row) => row.reduce((sum, x, j) => (without.includes(j) ? sum : sum + x), 0));
  return Array.from(left.keys())
    .sort((a, b) => left[a] - left[b])
    .slice(0, DONORS);
}

function setsOf(columns: number, size: number, first = 0): readonly (readonly number[])[] {
  if (size === 0) return [[]];
  return Array.from({ length: columns - first }, (_, k) => first + k).flatMap((j) =>
    setsOf(columns, size - 1, j + 1).map((rest) => [j, ...rest]),
  );
}

function rowOf(columns: Columns, i: number): Record<string, number> {
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[i]]));
}
