import { z } from "zod";
import { InputError } from "../../errors/index.ts";
import { count, percent } from "../../numeric/index.ts";
import { onePerUnit, stratifiedOrder } from "../draw.ts";
import type { Split } from "../split.ts";
import { anomaliesOf, besideText, countAnomalies, divideNormals, joined, type Protocol } from "./protocol.ts";
import { trainShare } from "./train-share.ts";

const options = z.object({
  trainShare,
  labels: z
    .string()
    .regex(/^\s*[1-9]\d{0,5}(\s*,\s*[1-9]\d{0,5})*\s*$/)
    .default("5,10,20")
    .describe("How many labelled anomalies, a split for each number: 5,10,20."),
});

/** A few labelled anomalies beside normal rows: what is a label worth? */
export const fewLabels: Protocol<typeof options> = {
  name: "few-labels",
  summary: "a few labelled anomalies are known to detectors that take labels, 5, 10 and 20",
  options,
  splits(rows, { trainShare, labels }, key) {
    const numbers = numbersIn(labels);
    const anomalies = anomaliesOf(rows);
    const { train, rest, free } = divideNormals("few-labels", rows, trainShare, key);
    const order = onePerUnit(stratifiedOrder(anomalies, rows.classes, key.for("labels")), rows.units);
    const most = Math.max(...numbers);
    const units = new Set(Array.from(order.subarray(0, most), (row) => rows.units[row]));
    const outside = (row: number) => !units.has(rows.units[row]);
    const left = free.filter(outside);
    if (order.length < most || left.length === 0)
      throw new InputError(
        `few-labels: labels: expected numbers that leave anomalies for the test, got ${most} of ${anomalies.length} (${order.length} that differ); pass --labels ${Math.max(1, Math.floor(order.length / 3))}`,
      );
    const test = joined(rest.filter(outside), left);
    return numbers.map((number): Split => {
      return { name: `${number} labelled`, train, known: order.slice(0, number).sort(), test };
    });
  },
  sentence(splits, rows, { trainShare, labels }) {
    const split = splits[splits.length - 1];
    const { train, test } = split;
    const anomalies = countAnomalies(test, rows);
    return `Detectors that take labels know ${numbersIn(labels).join(", ")} anomalies, drawn from the classes in proportion, each number with the smaller ones in it. ${percent(trainShare)} of the normal rows (${count(train.length)}) are learned from and calibrated on; the test is the same for all: ${count(test.length - anomalies)} other normal rows and ${count(anomalies)} anomalies.${besideText(split, rows)}`;
  },
};

function numbersIn(labels: string): readonly number[] {
  return [...new Set(labels.split(",").map(Number))].sort((a, b) => a - b);
}
