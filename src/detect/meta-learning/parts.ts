import { overRows } from "../../graph/index.ts";
import { type Key, type Matrix, matrix, sample, stackRows, takeRows } from "../../numeric/index.ts";
import type { ScalingName } from "../../prepare/index.ts";
import type { FitContext, Known } from "../detector.ts";
import type { Validation } from "./average.ts";
import { divided, placesByClass } from "./divide.ts";
import type { Places } from "./episodes.ts";
import { type Learned, type LearnOptions, learn } from "./learn.ts";
import { type Preparation, prepareColumns } from "./preparation.ts";

/** Networks that were learned, and the rows around them; all scores are made of this without training again. */
export interface Parts {
  readonly preparation: Preparation;
  readonly learned: Learned;
  /** Normal rows that trained, as given. */
  readonly normal: Matrix;
  /** Known anomalous rows that trained, as given. */
  readonly known: Known;
  /** Normal rows that did not train, as given; null where there are too few to hold some out. */
  readonly heldOut: Matrix | null;
  /** Rows of both sides for the judging of averages, as networks take them; null where there are none. */
  readonly validation: Validation | null;
}

/** Rows of a side, and of a class, that averages are judged by. */
const [MOST_NORMAL, MOST_OF_CLASS] = [1000, 200];

/** Holds rows out, prepares columns and learns over episodes. */
export async function learnParts(
  rows: Matrix,
  known: Known,
  scaling: ScalingName,
  options: LearnOptions,
  context: FitContext,
): Promise<Parts> {
  const { key, signal, workers } = context;
  const { normal, known: seen, heldOut, heldOutKnown } = divided(rows, known, key.for("held-out"));
  const all = stackRows(normal, seen.rows);
  const preparation = prepareColumns(scaling, all);
  const made = async (of: Matrix) =>
    matrix(of.rows, preparation.columns, await overRows(preparation.varying, of, { signal, workers }));
  const places: Places = {
    normal: Array.from({ length: normal.rows }, (_, i) => i),
    classes: [...placesByClass(seen.classes).values()].map((own) => own.map((at) => normal.rows + at)),
  };
  const learned = await learn(await made(all), places, options, context);
  const validation = heldOut && (await validationOf(heldOut, heldOutKnown, made, key.for("validation")));
  return { preparation, learned, normal, known: seen, heldOut, validation };
}

async function validationOf(
  heldOut: Matrix,
  { rows, classes }: Known,
  made: (rows: Matrix) => Promise<Matrix>,
  key: Key,
): Promise<Validation | null> {
  if (rows.rows === 0) return null;
  const normal = takeRows(heldOut, sample(key.for("normal"), heldOut.rows, MOST_NORMAL));
  const some = [...placesByClass(classes)].flatMap(([name, own]) =>
    Array.from(sample(key.for("class").for(name), own.length, MOST_OF_CLASS), (at) => own[at]),
  );
  return { rows: await made(stackRows(normal, takeRows(rows, some))), normal: normal.rows };
}
