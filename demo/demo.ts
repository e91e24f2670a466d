import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { count } from "../src/cli/number-text.ts";
import { flaggedTable, readScored } from "./flagged-table.ts";
import { fewerText, promiseText } from "./promise-text.ts";
import { writeReadings } from "./readings.ts";
import { heading, paragraph, say, unseen, unseenJson } from "./show.ts";

/**
 * `npm run demo`: learns from real sensor readings, scores others, and shows what was flagged and why that is
 * trustworthy. Every number it prints is computed from this run.
 */
const KEY = 7;
const FALSE_ALARM_RATE = 0.01;
const FALSE_DISCOVERY_RATE = "0.1";

const started = performance.now();
const folder = await mkdtemp(join(tmpdir(), "unseen-demo-"));
process.chdir(folder);

heading("1. The data");
const readings = await writeReadings(folder, KEY);
paragraph(
  `${count(readings.total)} real readings of humidity and temperature by four sensors (motes), of which ${readings.anomalies} are labelled ` +
    `anomalous: they were taken while an event was staged near a sensor. Half of the readings, drawn at random by key ` +
    `${KEY}, are in train.csv (${count(readings.train)} rows), the others in test.csv (${count(readings.test)} rows).`,
);
paragraph(
  'Suthaharan, Alzahrani, Rajasegarar, Leckie, Palaniswami (2010), "Labelled data collection for anomaly detection in ' +
    'wireless sensor networks", ISSNIP; data ODC-BY 1.0, contents CC BY 4.0.',
);
await unseen("inspect", "train.csv");

heading("2. Learn what is normal, from the readings labelled 0 alone");
await unseen("fit", "train.csv", "--label", "label", "--normal", "0", "--ignore", "reading", "-o", "model.onnx");

heading("3. Score the other half");
const rate = String(FALSE_ALARM_RATE);
await unseen(
  ...["score", "test.csv", "-m", "model.onnx", "--false-alarm-rate", rate, "--label", "label", "-o", "scored.csv"],
);

heading("4. What was flagged");
const scored = await readScored("scored.csv");
say(flaggedTable(scored));

heading("5. Promised and seen");
for (const text of await promiseText(scored, "model.onnx", FALSE_ALARM_RATE)) paragraph(text);

const fewer = await unseenJson(
  ...["score", "test.csv", "-m", "model.onnx", "--fdr", FALSE_DISCOVERY_RATE, "--label", "label", "--only", "flagged"],
  ...["-o", "flagged.csv", "--json"],
);
paragraph(fewerText(fewer, FALSE_DISCOVERY_RATE));

heading("Next: your own file");
say(`  unseen inspect yours.csv                         what is in it, and what would be learned from
  unseen fit yours.csv -o yours.onnx               all rows taken as normal; --label and --normal where you have labels
  unseen score new.csv -m yours.onnx -o out.csv    every row with score, p_value and flagged

In this checkout, write npm run unseen -- for unseen. The files of this demo are in
  ${folder}
It took ${((performance.now() - started) / 1000).toFixed(0)} s.`);
