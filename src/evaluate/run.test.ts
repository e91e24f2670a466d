import { expect, test } from "vitest";
import { detectors } from "../detect/index.ts";
import { key, normal, type Table } from "../numeric/index.ts";
import { parseOptions } from "../options/index.ts";
import { evaluateSplit, type SplitTask, scoreSplits } from "./run.ts";

const n = 600;
const draw = normal(key("rows"));
/** Every fifth row lies 6 standard deviations away, of class "far"; every tenth of class "near", at 2. */
const kind = (row: number) => (row % 5 === 0 ? (row % 10 === 0 ? "near" : "far") : null);
const away = { near: 2, far: 6 };
const table: Table = {
  rows: n,
  columns: ["x", "y"].map((name) => ({
    name,
    type: "number",
    values: Float64Array.from({ length: n }, (_, row) => draw() + (kind(row) ? away[kind(row)!] : 0)),
  })),
};
const classes = Array.from({ length: n }, (_, row) => kind(row));
const labels = { anomalous: Uint8Array.from(classes, (name) => (name === null ? 0 : 1)), classes };
const all = Array.from({ length: n }, (_, row) => row);
const train = Uint32Array.from(all.filter((row) => classes[row] === null && row < 400));
const rest = Uint32Array.from(all.filter((row) => classes[row] !== null || row >= 400));

function task(name: string, options: object = {}): SplitTask {
  const detector = detectors.find((one) => one.name === name)!;
  return {
    table,
    columns: ["x", "y"].map((column) => ({ name: column, kind: "numeric" as const })),
    labels,
    split: { name: "", train, known: new Uint32Array(0), test: rest },
    candidate: { detector, options: parseOptions(name, detector.options, options) },
    key: 0,
    level: 0.01,
    calibration: "auto",
  };
}

test("rows far away are found, and the measures fit together", async () => {
  const run = await evaluateSplit(task("mahalanobis"), {});
  expect(run).toMatchObject({ split: "", key: 0, normals: 320, known: 0, test: 280 });
  expect(run.measures.auroc).toBeGreaterThan(0.95);
  const [far, near] = ["far", "near"].map((name) => run.classes.find((one) => one.name === name)!);
  expect([far.rows, near.rows]).toEqual([60, 60]);
  expect(far.auroc).toBeGreaterThan(0.999);
  expect(run.measures.auroc).toBeCloseTo((far.auroc + near.auroc) / 2, 12);
  expect(run.measures.recall).toBeCloseTo((far.recall + near.recall) / 2, 12);
  expect(run.pValues.find(({ level }) => level === 0.01)!.share).toBe(run.measures.falseAlarmRate);
  expect(run.curves.roc.at(-1)).toEqual({ falseAlarmRate: 1, recall: 1 });
  expect(run.bytes).toBeGreaterThan(500);
});

test("equal task, equal measures; another key draws other calibration rows", async () => {
  const plain = ({ measures, classes, pValues }: Awaited<ReturnType<typeof evaluateSplit>>) => ({
    measures,
    classes,
    pValues,
  });
  const [once, again] = [await evaluateSplit(task("knn"), {}), await evaluateSplit(task("knn"), {})];
  expect(plain(again)).toEqual(plain(once));
  const other = await evaluateSplit({ ...task("knn"), key: 1 }, {});
  expect(other.pValues).not.toEqual(once.pValues);
});

test("labels of the test rows and the test rows themselves change no score", async () => {
  const half = { name: "", train, known: new Uint32Array(0), test: rest.filter((_, i) => i % 2 === 0) };
  const { split, ...common } = task("knn");
  const [[whole], [part]] = [
    await scoreSplits({ ...common, splits: [split] }, {}),
    await scoreSplits({ ...common, splits: [half] }, {}),
  ];
  const expected = whole.rows.scores.filter((_, i) => i % 2 === 0);
  part.rows.scores.forEach((score, i) => {
    expect(score).toBeCloseTo(expected[i], 9);
  });
});

test("rows apart count by class alone", async () => {
  const { split, ...common } = task("mahalanobis");
  const held = { ...split, test: rest.filter((row) => classes[row] !== "near") };
  const apart = rest.filter((row) => classes[row] === "near");
  const [alone, with_] = await scoreSplits({ ...common, splits: [held, { ...held, apart }] }, {});
  expect(with_.run.measures).toEqual(alone.run.measures);
  expect(with_.run.classes.map(({ name }) => name).sort()).toEqual(["far", "near"]);
});

test("test rows of one kind are refused", async () => {
  const split = { name: "held out: far", train, known: new Uint32Array(0), test: train.subarray(0, 5) };
  await expect(evaluateSplit({ ...task("knn"), split }, {})).rejects.toThrow(
    "evaluate: test rows (held out: far): expected normal and anomalous ones, got 5 normal and 0 anomalous; see whether",
  );
});
