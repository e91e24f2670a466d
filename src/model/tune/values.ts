import { encode, inputName, mapRows, type Tensor, topologicalOrder } from "../../graph/index.ts";
import { type Matrix, matrix, type Table } from "../../numeric/index.ts";
import { type Features, feedsOf, fitFeatures } from "../../prepare/index.ts";
import type { ModelFile } from "../load.ts";
import type { TuneOptions } from "./tune-options.ts";

/**
 * The columns that heads look at, as an expression of the model's own inputs: numbers as they are with marks where some
 * are missing, categories in columns of their own (one-hot, the 20 commonest). Learned from the rows at hand, whatever
 * their labels: a category that only labelled rows have is a column too.
 */
export function headColumns({ score, manifest }: Pick<ModelFile, "score" | "manifest">, rows: Table): Features {
  const inputs = new Map(
    topologicalOrder([score]).flatMap((tensor): [string, Tensor][] => {
      const name = inputName(tensor);
      return name === null ? [] : [[name, tensor]];
    }),
  );
  const own = manifest.columns.map(({ name }) => {
    const found = inputs.get(name);
    if (!found) throw new Error(`tune: the model's score does not depend on column "${name}"`);
    return found;
  });
  return fitFeatures(rows, manifest.columns, "one-hot", own);
}

/** Scores and columns of a table's rows. */
export async function valuesOf(
  { score, manifest }: Pick<ModelFile, "score" | "manifest">,
  features: Features,
  table: Table,
  { signal, workers, onCall }: Pick<TuneOptions, "signal" | "workers" | "onCall">,
): Promise<{ readonly scores: Float64Array; readonly columns: Matrix }> {
  onCall?.("begin");
  const out = await mapRows(encode({ score, columns: features.matrix }), table.rows, feedsOf(table), {
    chunk: manifest.chunk,
    signal,
    workers,
    onRows: () => {
      onCall?.("end");
      onCall?.("begin");
    },
  });
  onCall?.("end");
  return {
    scores: out["score"].data as Float64Array,
    columns: matrix(table.rows, features.names.length, out["columns"].data as Float64Array),
  };
}
