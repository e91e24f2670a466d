import { falseAlarmThreshold } from "../src/calibrate/index.ts";
import { count, percent, short } from "../src/cli/number-text.ts";
import { load } from "../src/model/index.ts";
import type { ScoredReading } from "./flagged-table.ts";

/** What was found and what was flagged wrongly, beside what was promised, and why. */
export async function promiseText(
  rows: readonly ScoredReading[],
  modelPath: string,
  level: number,
): Promise<readonly string[]> {
  using model = await load(modelPath);
  const { calibration } = model;
  const anomalous = rows.filter((row) => row.anomalous);
  const normal = rows.filter((row) => !row.anomalous);
  const found = anomalous.filter((row) => row.flagged).length;
  const alarms = normal.filter((row) => row.flagged).length;
  const { low, high } = falseAlarmThreshold(calibration, level, "demo", "level");
  const expected = (share: number) => count(share * normal.length);
  const within = alarms / normal.length <= high;
  return [
    `Found: ${found} of the ${anomalous.length} labelled anomalies (${percent(found / anomalous.length)}). No one can promise that; it is what these data gave.\n`,
    `False alarms: ${alarms} of ${count(normal.length)} normal readings (${percent(alarms / normal.length)}). Promised were at most ${percent(level)}, about ${expected(level)}, on average over draws of the ${count(calibration.n)} calibration readings; given one draw, the rate lies between ${short(100 * low)} % and ${short(100 * high)} % with confidence 95 %, which is ${expected(low)} to ${expected(high)} readings. ${within ? "It holds." : "It does not hold here: that happens in one draw of forty."}\n`,
    `Why that can be trusted: the detector never saw the ${count(calibration.n)} normal readings it is calibrated on. A new normal reading is as likely to rank anywhere among them, so it is among the highest ${percent(level)} that often, whatever the detector is and however the readings are distributed.`,
    "What it rests on: new normal readings come from the same source in no particular order. Here they do, as they were drawn at random. Readings of another week, or of a fifth sensor, may not.",
  ];
}

/** The same test by false discovery rate, from what `unseen score --json` printed. */
export function fewerText(printed: unknown, rate: string): string {
  const { flagged, evaluation } = printed as {
    flagged: number;
    evaluation: { falseDiscoveryProportion: number; recall: number };
  };
  const { falseDiscoveryProportion: share, recall } = evaluation;
  return `With so few anomalies among so many readings, a false alarm rate still flags many normal readings. --fdr ${rate} looks at all rows at once instead and promises that on average at most ${percent(Number(rate))} of the flagged are normal. Here it flagged ${count(flagged)}: ${percent(share)} of them normal, ${percent(recall)} of the labelled anomalies found.`;
}
