import { fitPreparation, medianWidth, prepareRows, type SparkerOptions, sparker } from "../../discover/index.ts";
import { type Key, permutation, stackRows, takeRows } from "../../numeric/index.ts";
import type { DiscoverOptions } from "./discover-options.ts";
import type { Control } from "./discovered.ts";
import type { Encoded } from "./encoded.ts";

/** The test with centers that stay, with one width, and of a window of reference rows. */
export async function runControls(
  samples: Encoded,
  own: SparkerOptions,
  root: Key,
  options: DiscoverOptions,
): Promise<readonly Control[]> {
  const { toys = 300, signal, workers, onProgress } = options;
  const { window, reference, groups } = samples;
  const run = async (name: string, what: string, of: Encoded, changed: Partial<SparkerOptions>): Promise<Control> => {
    const context = { key: root.for("control").for(name), toys, signal, workers };
    const { pValue, z } = await sparker(
      of,
      { ...own, ...changed },
      {
        ...context,
        onProgress: (progress) => onProgress?.({ ...progress, stage: `control, ${name}: ${progress.stage}` }),
      },
    );
    return { name, pValue, z, what };
  };
  const pooled = stackRows(window, reference);
  const rows = await prepareRows(fitPreparation(own.scaling, pooled), pooled);
  const width = medianWidth(rows, root.for("control width")) ?? 1;
  const order = permutation(root.for("null window"), reference.rows);
  const size = Math.min(window.rows, Math.floor(reference.rows / 2));
  const nothing = {
    window: takeRows(reference, order.subarray(0, size)),
    reference: takeRows(reference, order.subarray(size)),
    groups: null,
  };
  return [
    await run(
      "centers that stay",
      "kernels stay at the rows where they start",
      { window, reference, groups },
      { centers: "stay" },
    ),
    await run(
      "one width",
      "the width is the median distance throughout",
      { window, reference, groups },
      { widest: width, narrowest: width, levels: 1 },
    ),
    await run("null window", "rows of the reference against the others: nothing is new", nothing, {}),
  ];
}
