import { openDataFolder } from "../src/evaluate/index.ts";
import {
  columnOf,
  fromColumns,
  key as keyOf,
  type Matrix,
  permutation,
  sample,
  takeRows,
} from "../src/numeric/index.ts";
import { dataFolder, type LabelledSet, readSet } from "./labelled-set.ts";

/** Normal rows to learn from, and rows of both kinds to score. */
export interface Task {
  readonly train: Matrix;
  readonly test: Matrix;
  /** 1 for anomalous test rows. */
  readonly truth: Uint8Array;
}

/** The ten tables of ablations. */
const ABLATED = "thyroid cardio fault annthyroid optdigits pageblocks waveform breastw satellite pima".split(" ");
const FIRST = [
  ...ABLATED,
  ..."hepatitis wine lymphography wpbc wbc vertebral satimage-2 mnist mammography internetads".split(" "),
];
const CLASSICAL = [...FIRST, ..."campaign aloi smtp backdoor celeba skin cover http donors".split(" ")];

/** Which tables of the data folder a suite has: 20 and all 29 of ADBench, its embeddings, the 136 of OddBench. */
export const SUITES = {
  first: () => FIRST,
  adbench: () => CLASSICAL,
  ablations: () => ABLATED,
  embeddings: () => named("adbench").filter((name) => !CLASSICAL.includes(name)),
  oddbench: () => named("oddbench"),
} as const satisfies Record<string, () => readonly string[]>;

function named(group: string): readonly string[] {
  return openDataFolder(dataFolder())
    .entries.filter((entry) => entry.group === group)
    .map(({ name }) => name);
}

/** Tables of more rows are cut by the seed: those of ADBench whole, those of OddBench on either side of their split. */
const [MOST_ROWS, MOST_TRAINED, MOST_TESTED] = [50_000, 4000, 8000];

/** The rows of a table: by its own split, or one half of the normal rows to train and all others to test. */
export async function tableTask(name: string, seed: number): Promise<Task> {
  const set = await readSet(name);
  const key = keyOf(seed).for("firm");
  return set.test.length > 0 ? ownSplit(set, key) : halves(set, key);
}

type Key = ReturnType<typeof keyOf>;

function ownSplit({ rows, labels, train, test }: LabelledSet, key: Key): Task {
  const some = (places: Uint32Array, most: number, side: string) =>
    sample(key.for(side), places.length, most).map((i) => places[i]);
  const tested = some(test, MOST_TESTED, "test");
  return {
    train: takeRows(rows, some(train, MOST_TRAINED, "train")),
    test: takeRows(rows, tested),
    truth: Uint8Array.from(tested, (row) => labels[row]),
  };
}

/** Columns that are constant in training are dropped. */
function halves({ rows, labels }: LabelledSet, key: Key): Task {
  const kept = sample(key.for("rows"), rows.rows, MOST_ROWS);
  const normal = kept.filter((row) => labels[row] === 0);
  const order = Uint32Array.from(permutation(key.for("split"), normal.length), (i) => normal[i]);
  const half = Math.floor(normal.length / 2);
  const tested = Uint32Array.from([...order.subarray(half), ...kept.filter((row) => labels[row] === 1)]);
  const columns = Array.from({ length: rows.columns }, (_, j) => columnOf(rows, j)).filter((column) =>
    order.subarray(0, half).some((row) => column[row] !== column[order[0]]),
  );
  const used = fromColumns(rows.rows, columns);
  return {
    train: takeRows(used, order.subarray(0, half)),
    test: takeRows(used, tested),
    truth: Uint8Array.from(tested, (row) => labels[row]),
  };
}
