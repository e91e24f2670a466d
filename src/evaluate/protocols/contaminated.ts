import { z } from "zod";
import { InputError } from "../../errors/index.ts";
import { count, percent } from "../../numeric/index.ts";
import { onePerUnit, stratifiedOrder } from "../draw.ts";
import { anomaliesOf, besideText, countAnomalies, divideNormals, joined, type Protocol } from "./protocol.ts";
import { trainShare } from "./train-share.ts";

const options = z.object({
  trainShare,
  contamination: z
    .number()
    .gt(0)
    .lt(0.5)
    .default(0.05)
    .describe("The share of anomalies among the rows that are learned from as if they were normal."),
});

/** Anomalies hide among the rows taken as normal: how much does that cost? */
export const contaminated: Protocol<typeof options> = {
  name: "contaminated",
  summary: "hides anomalies among the rows that are learned from as normal",
  options,
  splits(rows, { trainShare, contamination }, key) {
    const anomalies = anomaliesOf(rows);
    const { train, rest, free } = divideNormals("contaminated", rows, trainShare, key);
    const order = onePerUnit(stratifiedOrder(anomalies, rows.classes, key.for("hidden")), rows.units);
    const wanted = Math.max(1, Math.round((contamination / (1 - contamination)) * train.length));
    const hidden = order.slice(0, wanted);
    const units = new Set(Array.from(hidden, (row) => rows.units[row]));
    const outside = (row: number) => !units.has(rows.units[row]);
    const left = free.filter(outside);
    if (hidden.length < wanted || left.length === 0) {
      const most = Math.floor(order.length / 2);
      throw new InputError(
        `contaminated: contamination: expected a share that leaves anomalies for the test, got ${contamination}, which takes ${wanted} of ${anomalies.length} (${order.length} that differ); pass --contamination ${Number((most / (most + train.length)).toPrecision(1))}, or a smaller --train-share`,
      );
    }
    return [
      { name: "", train: joined(train, hidden), known: new Uint32Array(0), test: joined(rest.filter(outside), left) },
    ];
  },
  sentence([split], rows, { trainShare }) {
    const { train, test } = split;
    const [hidden, tested] = [countAnomalies(train, rows), countAnomalies(test, rows)];
    return `${count(hidden)} anomalies (${percent(hidden / train.length)}), drawn from the classes in proportion, hide among ${count(train.length)} rows that are learned from and calibrated on as normal (${percent(trainShare)} of the normal rows and they); the test has ${count(test.length - tested)} other normal rows and ${count(tested)} other anomalies.${besideText(split, rows)}`;
  },
};
