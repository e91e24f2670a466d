import { join } from "node:path";
import { openSource } from "../src/data/index.ts";
import type { Known } from "../src/detect/index.ts";
import {
  columnOf,
  fromColumns,
  type Key,
  type Matrix,
  matrix,
  permutation,
  sliceRows,
  takeRows,
} from "../src/numeric/index.ts";
import { dataFolder } from "./labelled-set.ts";

/** Rows with their classes. */
export type Classed = Known;

/** A division of a data set: what is seen in training, and what is not. */
export interface Division {
  /** Normal rows that train, that set thresholds, and that test. */
  readonly train: Matrix;
  readonly calibration: Matrix;
  readonly normal: Matrix;
  /** Rows of seen classes that train, and that test. */
  readonly seen: Classed;
  readonly known: Classed;
  /** Rows of classes that take part in nothing, and one class reported by itself. */
  readonly unseen: Classed;
  readonly apart: Classed | null;
}

interface Whole extends Classed {
  readonly names: readonly string[];
}

const UNSEEN = ["DoS Slowloris", "DoS Slowhttptest", "Botnet", "Infiltration"];
const APART = "Infiltration - Portscan";

/** Names given by the experiment, and what was decided with the label. */
const LEAKING = "id, Flow ID, Src IP, Src Port, Dst IP, Dst Port, Protocol, Timestamp, Attempted Category".split(", ");

/**
 * Protocol A: CIC-IDS-2017 improved, equal rows once. Normal rows: 60 % train, 20 % set thresholds, 20 % test; of seen classes
 * 80 % train and 20 % test; Slowloris, Slowhttptest, Botnet and Infiltration are unseen.
 */
export async function flows(): Promise<(key: Key) => Division> {
  const whole = await flowRows();
  const places = placesByClass(whole.classes);
  return (key) => {
    const { parts: normals } = cut(places.get("BENIGN")!, [0.6, 0.2, 0.2], key.for("BENIGN"));
    const train: number[] = [];
    const test: number[] = [];
    for (const [name, rows] of places) {
      if (name === "BENIGN" || name === APART || UNSEEN.includes(name)) continue;
      const [first, second] = cut(rows, [0.8, 0.2], key.for(name)).parts;
      train.push(...first);
      test.push(...second);
    }
    const unseen = UNSEEN.flatMap((name) => places.get(name) ?? []);
    return varying(whole, { normals, train, test, unseen, apart: places.get(APART) ?? [] });
  };
}

/** Rows of CIC-IDS-2017 improved, equal ones once, without names and ports, with two rates more. */
export async function flowRows(): Promise<Whole> {
  return withRates(distinct(await read("cicids2017-improved", "Label", LEAKING)));
}

/**
 * Protocol B: NSL-KDD. The 20 % training file trains (a fifth of its normal rows sets thresholds); of the test file normal
 * rows, rows of attacks of the training file (known) and of others (unseen) test. Texts as 0 and 1, by training categories.
 */
export async function connections(): Promise<(key: Key) => Division> {
  const [first, second] = [await readTexts("nsl-kdd-train-20"), await readTexts("nsl-kdd-test")];
  const categories = first.texts.map((column) => [...new Set(column)].sort());
  const [train, test] = [first, second].map((part) => oneHot(part, categories));
  const count = train.rows.rows;
  const values = new Float64Array(train.rows.values.length + test.rows.values.length);
  values.set(train.rows.values);
  values.set(test.rows.values, train.rows.values.length);
  const both: Whole = {
    names: train.names,
    rows: matrix(count + test.rows.rows, train.rows.columns, values),
    classes: [...train.classes, ...test.classes],
  };
  const isTrain = (row: number) => row < count;
  const places = placesByClass(both.classes);
  const seenNames = new Set(train.classes);
  return (key) => {
    const all = [...places.values()].flat();
    const trainNormals = places.get("normal")!.filter(isTrain);
    const testNormals = places.get("normal")!.filter((row) => !isTrain(row));
    const [fitted, calibration] = cut(trainNormals, [0.8, 0.2], key.for("normal")).parts;
    const odd = all.filter((row) => both.classes[row] !== "normal");
    return varying(both, {
      normals: [fitted, calibration, testNormals],
      train: odd.filter(isTrain),
      test: odd.filter((row) => !isTrain(row) && seenNames.has(both.classes[row])),
      unseen: odd.filter((row) => !isTrain(row) && !seenNames.has(both.classes[row])),
      apart: [],
    });
  };
}

/** Classes of fewer rows are not taken as unseen. */
const FEWEST_LEFT_OUT = 50;

/**
 * A division without its test rows, once for each seen class of 50 rows or more, which is unseen then: on these a method can
 * be chosen. Of the calibration rows half set thresholds and half test.
 */
export function leavingOut(division: Division): readonly (readonly [name: string, division: Division])[] {
  const { calibration, seen, known } = division;
  const half = Math.floor(calibration.rows / 2);
  const where = ({ rows, classes }: Classed, isTaken: (name: string) => boolean): Classed => {
    const places = [...classes.keys()].filter((row) => isTaken(classes[row]));
    return { rows: takeRows(rows, places), classes: places.map((row) => classes[row]) };
  };
  return [...placesByClass(seen.classes)]
    .filter(([, rows]) => rows.length >= FEWEST_LEFT_OUT)
    .map(([left]) => [
      left,
      {
        ...division,
        calibration: sliceRows(calibration, 0, half),
        normal: sliceRows(calibration, half, calibration.rows),
        seen: where(seen, (name) => name !== left),
        known: where(known, (name) => name !== left),
        unseen: where(seen, (name) => name === left),
        apart: null,
      },
    ]);
}

interface Parts {
  readonly normals: readonly (readonly number[])[];
  readonly train: readonly number[];
  readonly test: readonly number[];
  readonly unseen: readonly number[];
  readonly apart: readonly number[];
}

/** The parts of a division, without the columns that are constant on training rows. */
function varying({ rows, classes }: Whole, { normals, train, test, unseen, apart }: Parts): Division {
  const training = takeRows(rows, [...normals[0], ...train]);
  const kept = Array.from({ length: rows.columns }, (_, j) => j).filter((j) => {
    const column = columnOf(training, j);
    return column.some((x) => x !== column[0]);
  });
  const narrow = fromColumns(
    rows.rows,
    kept.map((j) => columnOf(rows, j)),
  );
  const classed = (places: readonly number[]): Classed => ({
    rows: takeRows(narrow, places),
    classes: places.map((row) => classes[row]),
  });
  return {
    train: takeRows(narrow, normals[0]),
    calibration: takeRows(narrow, normals[1]),
    normal: takeRows(narrow, normals[2]),
    seen: classed(train),
    known: classed(test),
    unseen: classed(unseen),
    apart: apart.length > 0 ? classed(apart) : null,
  };
}

/** Cuts places, in an order drawn by key, into shares. */
function cut(places: readonly number[], shares: readonly number[], key: Key): { readonly parts: number[][] } {
  const order = Array.from(permutation(key, places.length), (at) => places[at]);
  let [from, share] = [0, 0];
  const parts = shares.map((part) => {
    share += part;
    const to = Math.floor(share * places.length + 1e-9);
    const taken = order.slice(from, to);
    from = to;
    return taken;
  });
  return { parts };
}

/** Numbers and classes of a table; infinite and missing numbers are 0. */
async function read(name: string, label: string, ignored: readonly string[]): Promise<Whole> {
  using source = await openSource(join(dataFolder(), `intrusion/${name}.parquet`), {});
  const names = source.columns.map((column) => column.name).filter((name) => name !== label && !ignored.includes(name));
  const table = await source.read([
    ...names.map((name) => ({ name, as: "number" as const })),
    { name: label, as: "text" },
  ]);
  const columns = names.map((_, j) =>
    (table.columns[j].values as Float64Array).map((x) => (Number.isFinite(x) ? x : 0)),
  );
  return {
    names,
    rows: fromColumns(table.rows, columns),
    classes: table.columns[names.length].values as readonly string[],
  };
}

/** Rows whose numbers and class have not stood before. */
function distinct({ names, rows, classes }: Whole): Whole {
  const seen = new Set<string>();
  const places: number[] = [];
  for (let row = 0; row < rows.rows; row++) {
    const text = `${classes[row]} ${rows.values.subarray(row * rows.columns, (row + 1) * rows.columns).join(" ")}`;
    if (!seen.has(text)) places.push(row);
    seen.add(text);
  }
  return { names, rows: takeRows(rows, places), classes: places.map((row) => classes[row]) };
}

/** Two columns more: bytes a packet and packets a second, forward. */
function withRates({ names, rows, classes }: Whole): Whole {
  const column = (name: string) => columnOf(rows, names.indexOf(name));
  const [packets, bytes] = [column("Total Fwd Packet"), column("Total Length of Fwd Packet")];
  const duration = column("Flow Duration");
  const more = [bytes.map((b, i) => b / (packets[i] + 1e-6)), packets.map((p, i) => p / (duration[i] / 1e6 + 1e-6))];
  return {
    names: [...names, "bytes_per_packet", "packets_per_second"],
    rows: fromColumns(rows.rows, [...names.map((_, j) => columnOf(rows, j)), ...more]),
    classes,
  };
}

interface WithTexts extends Whole {
  readonly texts: readonly (readonly string[])[];
}

const TEXTS = ["protocol_type", "service", "flag"];

async function readTexts(name: string): Promise<WithTexts> {
  const numbers = await read(name, "label", ["difficulty", ...TEXTS]);
  using source = await openSource(join(dataFolder(), `intrusion/${name}.parquet`), {});
  const table = await source.read(TEXTS.map((name) => ({ name, as: "text" as const })));
  return { ...numbers, texts: table.columns.map(({ values }) => values as readonly string[]) };
}

function oneHot({ names, rows, classes, texts }: WithTexts, categories: readonly (readonly string[])[]): Whole {
  const more = categories.flatMap((words, j) =>
    words.map((word) => Float64Array.from(texts[j], (text) => (text === word ? 1 : 0))),
  );
  return {
    names: [...names, ...categories.flatMap((words, j) => words.map((word) => `${TEXTS[j]} ${word}`))],
    rows: fromColumns(rows.rows, [...names.map((_, j) => columnOf(rows, j)), ...more]),
    classes,
  };
}

function placesByClass(classes: readonly string[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  classes.forEach((name, row) => {
    const own = places.get(name);
    if (own) own.push(row);
    else places.set(name, [row]);
  });
  return places;
}
