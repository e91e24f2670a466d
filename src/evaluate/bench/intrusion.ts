import { dirname, join } from "node:path";
import { calibrationPlan } from "../../calibrate/index.ts";
import { openSource } from "../../data/index.ts";
import { detectors } from "../../detect/index.ts";
import { InputError } from "../../errors/index.ts";
import { capSplits } from "../cap.ts";
import { type Labelled, readLabelled } from "../labelled.ts";
import { type Protocol, protocolNamed, type Rows } from "../protocols/index.ts";
import { scoreSplits } from "../run.ts";
import { firstTwins } from "../twins.ts";
import { clock } from "./clock.ts";
import { lastOnly } from "./last-only.ts";
import type { DataFolder, ManifestEntry } from "./manifest.ts";
import { rowLimits } from "./row-limits.ts";
import { DETECTOR_LAYERS, type Measured, type Suite, type Task } from "./suite.ts";

/** Rows with a p-value of at most this are flagged. */
const LEVEL = 0.01;

interface IntrusionSet {
  readonly set: string;
  /** Names in the manifest: the file of the training rows, and that of the test rows where it stands apart. */
  readonly files: readonly string[];
  /** What the names of both files match, where there are two. */
  readonly pattern?: string;
  readonly normal: string;
  /** Columns that give the label away: ids, addresses, times, and what was assigned with the label. */
  readonly ignore: readonly string[];
  readonly protocol: string;
  readonly sentence: string;
}

const SETS: readonly IntrusionSet[] = [
  {
    set: "cicids2017-improved",
    files: ["cicids2017-improved"],
    normal: "BENIGN",
    ignore: ["id", "Flow ID", "Src IP", "Src Port", "Dst IP", "Timestamp", "Attempted Category"],
    protocol: "unseen-class",
    sentence:
      "half of the normal rows train, each class of attacks is tested apart against the other half; ids, addresses, source ports and times are ignored",
  },
  {
    set: "nsl-kdd",
    files: ["nsl-kdd-train-20", "nsl-kdd-test"],
    pattern: "nsl-kdd-t*.parquet",
    normal: "normal",
    ignore: ["difficulty"],
    protocol: "fixed-split",
    sentence: "the normal rows of the 20 % training file train, the test file, with classes of its own, tests",
  },
  {
    set: "kddcup99-10-percent",
    files: ["kddcup99-10-percent"],
    normal: "normal",
    ignore: [],
    protocol: "one-class",
    sentence: "half of the normal rows train, all else tests",
  },
];

/** Network traffic with numbers and categories: the whole of `fit`, from raw columns to p-values. */
export const intrusion: Suite = {
  name: "intrusion",
  summary: "network traffic of mixed columns, from raw columns to p-values",
  protocol: "intrusion/1",
  sentence: (caps, part) =>
    `${SETS.find(({ set }) => set === part)?.sentence}; ${rowLimits(caps)}, each class in proportion; equal rows stay on one side where the split is drawn; fitted and calibrated as \`fit\` does, flagged at p ≤ ${LEVEL}; the time to fit includes calibration`,
  variants: ["as fit ships it"],
  layers: [...DETECTOR_LAYERS, "data", "model", "evaluate"],
  tasks: (entries) =>
    SETS.flatMap(({ set, files }) => {
      const own = files.map((name) => entries.find((entry) => entry.name === name));
      return own.every((entry) => entry !== undefined)
        ? [{ set, part: set, entries: own, trainRows: own[0].rows }]
        : [];
    }),
  async measure(folder, task, { detector: name, options, caps, key }): Promise<readonly Measured[]> {
    const { set, labelled, protocol, rows } = await open(folder, task);
    const detector = detectors.find((one) => one.name === name)!;
    const draw = key.of.for(set.set);
    const all = protocol.splits(rows, protocol.options.parse({}), draw.for("split"));
    const splits = capSplits(all, finite(caps), labelled.labels, draw.for("rows"));
    const { table, columns, labels } = labelled;
    const taken = clock();
    const scored = await scoreSplits(
      {
        table,
        columns,
        labels,
        splits,
        candidate: { detector, options },
        key: key.seed,
        level: LEVEL,
        calibration: "auto",
      },
      { workers: 0 },
    );
    // Processor time is that of both together, divided as the wall's.
    const { cpu } = taken();
    const wall = scored[0].run.fitSeconds + scored.reduce((sum, { run }) => sum + run.scoreSeconds, 0);
    return scored.map(({ run }, i): Measured => {
      const plan = calibrationPlan(run.normals, "auto", key.of);
      const { measures } = run;
      return {
        split: run.split.replace(/^held out: /, ""),
        n_train: run.normals,
        n_learned: plan.method === "split" ? plan.train.length : run.normals,
        n_test: run.test,
        anomalies: splits[i].test.reduce((sum, row) => sum + labels.anomalous[row], 0),
        d: columns.length,
        auroc: measures.auroc,
        ap: measures.averagePrecision,
        recall_1_percent: measures.recallAt1Percent,
        recall_5_percent: measures.recallAt5Percent,
        recall_flagged: measures.recall,
        false_alarms_flagged: measures.falseAlarmRate,
        fit_seconds: run.fitSeconds,
        score_seconds: run.scoreSeconds,
        fit_cpu_seconds: (cpu * run.fitSeconds) / wall,
        score_cpu_seconds: (cpu * run.scoreSeconds) / wall,
        bytes: run.bytes,
      };
    });
  },
};

interface Opened {
  readonly set: IntrusionSet;
  readonly labelled: Labelled;
  readonly protocol: Protocol;
  readonly rows: Rows;
}

async function openSet(folder: DataFolder, { set: name, entries }: Task): Promise<Opened> {
  const set = SETS.find((one) => one.set === name)!;
  const paths = entries.map(({ file }) => join(folder.path, file));
  using source = await openSource(set.pattern === undefined ? paths[0] : join(dirname(paths[0]), set.pattern));
  const options = { label: entries[0].label ?? "label", normal: set.normal, ignore: set.ignore };
  const labelled = await readLabelled(source, options, null);
  const rows = { ...labelled.labels, units: firstTwins(labelled.table), time: null, parts: partsOf(entries, labelled) };
  return { set, labelled, protocol: protocolNamed(set.protocol), rows };
}

/** Which rows train and which test where files say so: the first listed is of training. Files are read by name. */
function partsOf(entries: readonly ManifestEntry[], { places, unlabelled }: Labelled): readonly string[] | null {
  if (entries.length === 1) return null;
  const byName = [...entries].sort((a, b) => (a.file < b.file ? -1 : 1));
  const parts = byName.flatMap((entry) => new Array<string>(entry.rows).fill(entry === entries[0] ? "train" : "test"));
  if (parts.length !== places.length + unlabelled)
    throw new InputError(
      `bench: ${entries[0].name}: expected ${parts.length} rows in both files, as the manifest says, got ${places.length + unlabelled}; mend the manifest, or take other files away`,
    );
  return Array.from(places, (row) => parts[row]);
}

const open = lastOnly(openSet, (folder, { set }) => `${folder.path} ${set}`);

function finite({ maxTrain, maxTest }: { readonly maxTrain: number; readonly maxTest: number }) {
  const most = (cap: number) => (Number.isFinite(cap) ? cap : undefined);
  return { maxTrain: most(maxTrain), maxTest: most(maxTest) };
}
