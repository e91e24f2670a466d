import type { Detector } from "../src/detect/index.ts";
import { columnsToSnap, nearnessTo, outlierSource } from "../src/detect/outliers/index.ts";
import { overRows } from "../src/graph/index.ts";
import { matrix } from "../src/numeric/index.ts";
import { fitScaling } from "../src/prepare/index.ts";
import { type Candidate, candidate } from "./shelf.ts";

/** Families of outliers that the encoder keeps away from normal rows. */
const FAMILIES = { subspace: 1, ladder: 1, shuffle: 1, extrapolate: 1, box: 1, "partial-box": 1 } as const;

/** Rows that made ones are compared with. */
const COMPARED = 2000;

/**
 * Latent sculpting where no anomaly is known: its encoder keeps as many made outliers as there are rows away from these, in
 * signed logarithms; made rows that lie among normal ones are made again. `score` is nearest or center of the embeddings,
 * which leave the flow untrained, unless told otherwise.
 */
export function sculptedAgainstMade(given: Readonly<Record<string, unknown>>): Candidate {
  const own = candidate("sculpting", { score: "nearest", flowSteps: 0, ...given, scaling: "standard" });
  const { score } = own.options;
  const detector: Detector = {
    ...(own.detector as Detector),
    async fit(rows, options, context) {
      const { forward } = fitScaling("signed-log", rows);
      const scaled = matrix(rows.rows, rows.columns, await overRows(forward, rows, { workers: 0 }));
      using nearness = await nearnessTo(scaled, { maxRows: COMPARED, key: context.key.for("near") });
      const source = outlierSource(scaled, {
        weights: FAMILIES,
        snapped: columnsToSnap(rows),
        accept: nearness.outside,
        key: context.key.for("made"),
      });
      const { rows: made, families } = await source.draw(rows.rows, context.key.for("outliers"));
      const fitted = await own.detector.fit(scaled, options, { ...context, known: { rows: made, classes: families } });
      return { ...fitted, score: (x) => fitted.score(forward(x)) };
    },
  };
  return {
    name: `sculpting among made outliers, ${score}`,
    detector,
    options: { made: "six families, outside normal rows", ...own.options },
  };
}
