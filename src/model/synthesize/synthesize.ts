import { type Columns, openSource } from "../../data/index.ts";
import { type Acceptance, madeFamiliesOf, makeOutliers, nearnessTo } from "../../detect/index.ts";
import { InputError } from "../../errors/index.ts";
import { key as keyOf, type Matrix, sample, type Table, takeTableRows } from "../../numeric/index.ts";
import type { InputColumn } from "../../prepare/index.ts";
import { checkOptions } from "../check-options.ts";
import { requireColumns } from "../file-columns.ts";
import { requireColumnModel } from "../images.ts";
import { readModelFile } from "../load.ts";
import { openModel, selectionFor } from "../model.ts";
import { readReferenceRows } from "../read-reference-rows.ts";
import { changesOf, type MadeChange } from "./changes.ts";
import { fitRowSpace } from "./row-space.ts";
import { type SynthesizeOptions, synthesizeForms } from "./synthesize-options.ts";

/** Made rows, in the columns and units that the model reads, and what is said of them. */
export interface Synthesized {
  readonly columns: readonly InputColumn[];
  /** Raw values: booleans are 0 and 1, times seconds since 1970 UTC, missing numbers NaN. */
  readonly table: Table;
  /** Which family made each row. */
  readonly families: readonly string[];
  /** The number, from 1, of the normal row that each began as; 0 where there is none. */
  readonly generatorRows: Int32Array;
  /** In which columns each differs from that row, the furthest moved first; none where there is no such row. */
  readonly changes: readonly (readonly MadeChange[])[];
  /**
   * The distance to the nearest normal row; 1 is the edge: 19 of 20 normal rows have another one nearer than that.
   */
  readonly radii: Float64Array;
  /** The model's scores of the rows as they are in `table`. */
  readonly scores: Float64Array;
  /** 1 for each row that the model flags where nothing else is asked for, else 0. */
  readonly flagged: Uint8Array;
  /** Where normal rows came from, and how many there are. */
  readonly source: string;
  readonly normals: number;
  readonly acceptance: readonly Acceptance[];
  /** Rows that no round had found outside normal ones, and that were taken unseen. */
  readonly filled: number;
}

/** More normal rows cost more, and change little. */
const MOST = 5000;
const FEWEST = 20;
const ROWS = 200;
/** The share of normal rows that are nearer to another one than the edge is. */
const WITHIN = 0.95;

/**
 * Outliers as the generators of a model make them, for people to look at: `model` is a path or the bytes of a file that
 * `fit` wrote. They are made of the normal rows that it stores, or of `reference`, in columns as numbers (signed logarithms
 * where these are skewed, one-hot categories, standardized); what then lies nearer to a normal row than half of the normal
 * rows do is made again. `outskirts` trains the levels of `outlier-synthesis` on these rows. Every value is valid in its
 * column: integers, booleans, dates and categories are such; numbers and times go no further than half of their range
 * beyond it (ten times the largest where they are skewed), nowhere beyond an end that 5 % of the rows share or a whole of 1 or 100, and columns of 32
 * different numbers at most keep to these; no column gets a negative number or a missing value that normal rows have none
 * of. Scores are those of the rows as written.
 *
 * Throws an InputError where there are no normal rows, fewer than 20, or none that vary; Interrupted by the signal. About a
 * second; some five more for `outskirts`.
 *
 * @example
 * const { table, families, radii } = await synthesize("model.onnx", { key: 7, rows: 50 });
 */
export async function synthesize(model: string | Uint8Array, options: SynthesizeOptions): Promise<Synthesized> {
  checkOptions("synthesize", synthesizeForms, options, ["key"]);
  const { rows: count = ROWS, signal, workers, onProgress, onCall } = options;
  const key = keyOf(options.key).for("synthesize");
  onCall?.("begin");
  const file = await readModelFile(model);
  requireColumnModel("synthesize", file.manifest, "outliers are made of columns here");
  using opened = await openModel(file);
  onCall?.("end");
  const { manifest } = file;
  const columns = manifest.columns;
  const normal =
    options.reference === undefined ? storedRows(file) : await passedRows(manifest, options.reference, options);
  if (normal.table.rows < FEWEST)
    throw new InputError(
      `synthesize: --reference: expected at least ${FEWEST} normal rows, got ${normal.table.rows} (${normal.source}); pass --reference with more of them`,
    );
  // 1. Normal rows as numbers.
  const kept = sample(key.for("rows"), normal.table.rows, MOST);
  const table = takeTableRows(normal.table, kept);
  const space = fitRowSpace(table, columns);
  if (space.rows.columns === 0)
    throw new InputError(
      "synthesize: normal rows: expected a column that varies, got none; pass --reference with more rows",
    );
  // 2. Rows of each family.
  const { name, options: given } = manifest.detector;
  const noRow = (made: Matrix) => new Int32Array(made.rows).fill(-1);
  const made = await makeOutliers(
    { ...space, rounded: (made) => space.encode(space.decode(made, noRow(made), key.for("rounded"))) },
    { count, parts: options.families ?? madeFamiliesOf(name, given), detector: name, given },
    { key: key.for("made"), signal, workers, onProgress },
  );
  // 3. As valid values, and what the model says of these.
  const out = space.decode(made.rows, made.from, key.for("rare"));
  onCall?.("begin");
  const scored = await opened.score(columnsOf(out), { signal, workers });
  onCall?.("end");
  const [maxRows, quantile] = [table.rows, WITHIN];
  using near = await nearnessTo(space.rows, { k: 1, maxRows, quantile, key: key.for("near"), signal });
  const encoded = space.encode(out);
  const distances = await near.distances(encoded);
  return {
    columns,
    table: out,
    families: made.families,
    generatorRows: made.from.map((place) => (place < 0 ? 0 : kept[place] + 1)),
    changes: changesOf({ space, table, made: out, encoded, from: made.from }),
    // Nearly all normal rows may have twins: the unit is then that of a standardized column.
    radii: distances.map((distance) => distance / (near.threshold > 0 ? near.threshold : 1)),
    scores: scored.scores,
    flagged: scored.flagged,
    source: normal.source,
    normals: table.rows,
    acceptance: made.acceptance,
    filled: made.filled,
  };
}

function storedRows(file: Parameters<typeof readReferenceRows>[0]): { source: string; table: Table } {
  const table = readReferenceRows(file);
  if (table === null)
    throw new InputError(
      "synthesize: --reference: expected normal rows, for the model stores none (--no-rows at fit); pass --reference normal.csv",
    );
  return { source: "rows that the model stores", table };
}

async function passedRows(
  manifest: Awaited<ReturnType<typeof readModelFile>>["manifest"],
  reference: NonNullable<SynthesizeOptions["reference"]>,
  { signal, onCall }: SynthesizeOptions,
): Promise<{ source: string; table: Table }> {
  const { sql, missing } = manifest.source;
  const selection = selectionFor(manifest);
  // SQL that came with the model is work of the model's.
  if (sql !== null) onCall?.("begin");
  using source = await openSource(reference, { sql: sql ?? undefined, missing }, signal);
  if (sql !== null) onCall?.("end");
  requireColumns("synthesize: --reference", source, selection);
  return { source: source.description, table: await source.read(selection, { signal }) };
}

function columnsOf({ columns }: Table): Columns {
  return Object.fromEntries(columns.map(({ name, values }) => [name, values]));
}
