import { auroc, type Column, type Key, permutation, type Table } from "../numeric/index.ts";

/** A column from which the label can be read. */
export interface TellingColumn {
  readonly name: string;
  /** Of a score that looks at this column alone, on rows that it was not made from. */
  readonly auroc: number;
}

/** From this AUROC on a column tells the label. */
const TELLS = 0.99;
/** The same for ids and times, which are no measurements. */
const TIMES_TELL = 0.9;
/** Fewer rows of either kind in the half that tests, and a high AUROC may be chance. */
const LEAST = 10;
/** Rows that are looked at. */
const MOST = 40_000;
/** Labels of so many nearest values make the score of a number. */
const NEIGHBORS = 9;

/** Whether there are enough rows of both kinds to look for telling columns. */
export function canTell(anomalous: Uint8Array): boolean {
  const anomalies = anomalous.reduce((sum, kind) => sum + kind, 0);
  return Math.min(anomalies, anomalous.length - anomalies) >= 2 * LEAST;
}

/**
 * The columns that alone tell anomalous from normal rows: those by whose values the labels of one half of the rows score the
 * other half with an AUROC of 0.99 or more (0.9 for ids and times, named by `times`). A number's score is the share of anomalies among the 9 nearest values of the
 * other half (missing ones are nearest to one another), a text's the share among equal texts, or among the 9 nearest in the alphabet. So order does not matter:
 * an id that runs through normal rows, attacks and normal rows again is found. The highest AUROC first.
 *
 * At most 40,000 rows are looked at, drawn by the key; none where fewer than 20 of either kind are there.
 * O(d n log n).
 */
export function tellingColumns(
  table: Table,
  anomalous: Uint8Array,
  key: Key,
  times: ReadonlySet<string> = new Set(),
): readonly TellingColumn[] {
  if (!canTell(anomalous)) return [];
  const [learn, test] = halves(anomalous, key);
  const labels = Uint8Array.from(test, (row) => anomalous[row]);
  return table.columns
    .map((column) => ({
      name: column.name,
      auroc: Math.max(
        ...readings(column).map((read) => aurocOf(read, labels, scoresBy(read, anomalous, learn, test), test)),
      ),
    }))
    .filter(({ name, auroc }) => auroc >= (times.has(name) ? TIMES_TELL : TELLS))
    .sort((a, b) => b.auroc - a.auroc);
}

/** A column as it is, and texts also as their places in the alphabet, where those that begin alike are neighbors. */
function readings(column: Column): readonly Column[] {
  if (column.type !== "text") return [column];
  const texts = [...new Set(column.values)].filter((text) => text !== null).sort();
  const places = new Map<string | null, number>(texts.map((text, place) => [text, place]));
  const values = Float64Array.from(column.values, (text) => places.get(text) ?? Number.NaN);
  return [column, { name: column.name, type: "number", values }];
}

/** Over all rows, or over those with a value where these are most: a copy of the label may have holes. */
function aurocOf(column: Column, labels: Uint8Array, scores: readonly number[], test: readonly number[]): number {
  const all = auroc(labels, scores);
  const here = test.flatMap((row, place) => (isMissing(column.values[row]) ? [] : [place]));
  const present = Uint8Array.from(here, (place) => labels[place]);
  const anomalies = present.reduce((sum, kind) => sum + kind, 0);
  const enough = Math.min(anomalies, here.length - anomalies) >= LEAST && here.length >= test.length / 2;
  if (!enough || here.length === test.length) return all;
  return Math.max(
    all,
    auroc(
      present,
      here.map((place) => scores[place]),
    ),
  );
}

function isMissing(value: number | string | null): boolean {
  return value === null || Number.isNaN(value);
}

/** Two halves of rows drawn by the key, each with about half of the rows of both kinds. */
function halves(anomalous: Uint8Array, key: Key): readonly [readonly number[], readonly number[]] {
  const out: [number[], number[]] = [[], []];
  const kinds: [number[], number[]] = [[], []];
  for (const row of permutation(key, anomalous.length)) kinds[anomalous[row]].push(row);
  for (const rows of kinds) {
    const most = Math.max(4 * LEAST, Math.round((MOST * rows.length) / anomalous.length));
    rows.slice(0, most).forEach((row, i) => {
      out[i % 2].push(row);
    });
  }
  return out;
}

function scoresBy(column: Column, anomalous: Uint8Array, learn: readonly number[], test: readonly number[]) {
  const base = learn.reduce((sum, row) => sum + anomalous[row], 0) / learn.length;
  /** The share of anomalies, drawn a little to that of all rows. */
  const share = ({ rows, anomalies }: Level) => (anomalies + base) / (rows + 1);
  if (column.type === "text") {
    const levels = levelsOf(learn, (row) => column.values[row], anomalous);
    return test.map((row) => share(levels.get(column.values[row]) ?? { rows: 0, anomalies: 0 }));
  }
  const value = (row: number) => (Number.isNaN(column.values[row]) ? Number.NEGATIVE_INFINITY : column.values[row]);
  const levels = [...levelsOf(learn, value, anomalous)].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const values = Float64Array.from(levels, ([value]) => value);
  return test.map((row) => share(nearest(values, levels, value(row))));
}

interface Level {
  readonly rows: number;
  readonly anomalies: number;
}

function levelsOf<T>(rows: readonly number[], value: (row: number) => T, anomalous: Uint8Array): Map<T, Level> {
  const levels = new Map<T, Level>();
  for (const row of rows) {
    const { rows, anomalies } = levels.get(value(row)) ?? { rows: 0, anomalies: 0 };
    levels.set(value(row), { rows: rows + 1, anomalies: anomalies + anomalous[row] });
  }
  return levels;
}

/** The nearest different values, until they stand for {@link NEIGHBORS} rows. */
function nearest(values: Float64Array, levels: readonly (readonly [number, Level])[], value: number): Level {
  let above = 0;
  for (let to = values.length; above < to; ) {
    const middle = (above + to) >> 1;
    if (values[middle] < value) above = middle + 1;
    else to = middle;
  }
  let below = above - 1;
  let [rows, anomalies] = [0, 0];
  const far = (place: number) => (values[place] === value ? 0 : Math.abs(values[place] - value));
  while (rows < NEIGHBORS && (below >= 0 || above < values.length)) {
    const up = below < 0 || (above < values.length && far(above) <= far(below));
    const [, level] = levels[up ? above++ : below--];
    rows += level.rows;
    anomalies += level.anomalies;
  }
  return { rows, anomalies };
}
