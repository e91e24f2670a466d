import { type Input, openSource } from "../../data/index.ts";
import { InputError } from "../../errors/index.ts";
import { type Key, sample, type Table, takeTableRows } from "../../numeric/index.ts";
import { requireColumns } from "../file-columns.ts";
import type { ModelFile } from "../load.ts";
import type { OpenModel } from "../open-model.ts";
import { readReferenceRows } from "../read-reference-rows.ts";

/** Normal rows to tune against, raw. */
export interface ReferenceRows {
  readonly source: string;
  readonly table: Table;
  /** The score of each by a model that had not seen it; null where the model itself has not seen them. */
  readonly scores: Float64Array | null;
}

/** Fewer normal rows say too little of where they end. */
const FEWEST = 20;
/** More cost time, and tell little more. */
const MOST = 12_000;

interface ReferenceOptions {
  readonly reference?: Input;
  readonly key: Key;
  readonly signal?: AbortSignal;
  readonly onCall?: (event: "begin" | "end") => void;
}

/**
 * The normal rows to tune against: those passed, at most 12,000 drawn by the key, or those that the model stores (up to
 * 512 of its calibration rows). Throws an InputError where there are none, or fewer than 20.
 */
export async function readReference(
  model: Pick<OpenModel, "manifest" | "selection"> & Pick<ModelFile, "rows">,
  options: ReferenceOptions,
): Promise<ReferenceRows> {
  const found = options.reference === undefined ? stored(model) : await passed(model, options.reference, options);
  if (found.table.rows < FEWEST)
    throw new InputError(
      `tune: --reference: expected at least ${FEWEST} normal rows, got ${found.table.rows} (${found.source}); pass --reference with more normal rows that the model did not learn from`,
    );
  return found;
}

function stored(model: Pick<OpenModel, "manifest"> & Pick<ModelFile, "rows">): ReferenceRows {
  const table = readReferenceRows(model);
  const { referenceRows } = model.manifest;
  if (table === null)
    throw new InputError(
      "tune: --reference: expected normal rows, for the model stores none (--no-rows at fit); pass --reference normal.csv, with rows that the model did not learn from",
    );
  const { heldOut, scores } = referenceRows;
  if (!heldOut && scores === null)
    throw new InputError(
      "tune: --reference: expected normal rows that the model did not learn from, and those that it stores it did (an older version wrote it); fit it anew, or pass --reference normal.csv with other rows",
    );
  return { source: "rows that the model stores", table, scores: scores && Float64Array.from(scores) };
}

async function passed(
  { manifest, selection }: Pick<OpenModel, "manifest" | "selection">,
  reference: Input,
  { key, signal, onCall }: ReferenceOptions,
): Promise<ReferenceRows> {
  const { sql, missing } = manifest.source;
  if (sql !== null) onCall?.("begin");
  using source = await openSource(reference, { sql: sql ?? undefined, missing }, signal);
  if (sql !== null) onCall?.("end");
  requireColumns("tune: --reference", source, selection);
  const table = await source.read(selection, { signal });
  return { source: source.description, table: takeTableRows(table, sample(key, table.rows, MOST)), scores: null };
}
