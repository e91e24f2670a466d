import { z } from "zod";
import { count, percent } from "../../numeric/index.ts";
import { besideText, countAnomalies, divideNormals, joined, type Protocol } from "./protocol.ts";
import { trainShare } from "./train-share.ts";

const options = z.object({ trainShare });

/** Only normal rows are learned from; the others and all anomalies test. */
export const oneClass: Protocol<typeof options> = {
  name: "one-class",
  summary: "learns from a share of the normal rows; the others and all anomalies test",
  options,
  splits(rows, { trainShare }, key) {
    const { train, rest, free } = divideNormals("one-class", rows, trainShare, key);
    return [{ name: "", train, known: new Uint32Array(0), test: joined(rest, free) }];
  },
  sentence([split], rows, { trainShare }) {
    const { train, test } = split;
    const anomalies = countAnomalies(test, rows);
    return `${percent(trainShare)} of the normal rows (${count(train.length)}) are learned from and calibrated on; the test has ${count(test.length - anomalies)} other normal rows and ${count(anomalies)} anomalies.${besideText(split, rows)}`;
  },
};
