import { z } from "zod";
import { InputError } from "../../errors/index.ts";
import { count, percent } from "../../numeric/index.ts";
import { placesWhere } from "../draw.ts";
import { duplicates, withDuplicates } from "./duplicates.ts";
import { countAnomalies, type Protocol } from "./protocol.ts";

const options = z.object({
  pastShare: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.5)
    .describe("The share of the normal rows, the earliest, to learn from and to calibrate on."),
  duplicates,
});

/** Learns from the past and scores the future, by a column of times. */
export const shift: Protocol<typeof options> = {
  name: "shift",
  summary: "learns from the past and scores the future, by --time",
  options,
  given: true,
  splits(rows, { pastShare, duplicates }) {
    const { time, anomalous } = rows;
    if (time === null)
      throw new InputError(
        "shift: --time: expected a column of times or numbers that tells earlier rows from later ones, got none; pass --time COLUMN",
      );
    const normal = placesWhere(time.length, (row) => anomalous[row] === 0);
    const order = Float64Array.from(normal, (row) => time[row]).sort();
    // Rows of one time are on one side: the later one, unless that leaves no past.
    const middle = order[Math.round(pastShare * order.length)] ?? order[order.length - 1];
    const cut = middle > order[0] ? middle : order.find((at) => at > order[0]);
    if (cut === undefined)
      throw new InputError(
        `shift: --time: expected at least two different times among the normal rows, got ${order[0] ?? "none"} in all of them; name another column`,
      );
    const part = (past: boolean, kind: number) =>
      placesWhere(time.length, (row) => time[row] < cut === past && anomalous[row] === kind);
    const split = {
      name: "",
      train: part(true, 0),
      known: part(true, 1),
      test: placesWhere(time.length, (row) => time[row] >= cut),
    };
    return [withDuplicates(split, rows, duplicates)];
  },
  sentence([{ train, known, test }], rows) {
    const normals = rows.anomalous.length - countAnomalies(Uint32Array.from(rows.anomalous.keys()), rows);
    const anomalies = countAnomalies(test, rows);
    return `The earliest ${percent(train.length / normals)} of the normal rows (${count(train.length)}) are learned from and calibrated on, later ones by earlier ones; the test is what comes after: ${count(test.length - anomalies)} normal rows and ${count(anomalies)} anomalies. Detectors that take labels know the ${count(known.length)} anomalies of the past.`;
  },
};
