import { expect, test } from "vitest";
import { key, normal, permutation, uniform } from "../numeric/index.ts";
import { evaluate } from "./evaluate.ts";
import type { EvaluateOptions } from "./options.ts";

const n = 700;
const draw = normal(key("rows"));
const u = uniform(key("kinds"));
/** A tenth of the rows is anomalous, of two classes, somewhere among the others. */
const names = Array.from({ length: n }, () => (u() < 0.1 ? (u() < 0.5 ? "flood" : "scan") : "fine"));
const away = { fine: 0, flood: 3, scan: 2 };
const numbers = (of: (row: number) => number) => Array.from({ length: n }, (_, row) => of(row));
const measured = () => numbers((row) => draw() + away[names[row] as keyof typeof away]);
const data = { a: measured(), b: measured(), c: measured(), kind: names };
const options = {
  label: "kind",
  normal: "fine",
  detectors: ["mahalanobis"],
  calibration: "split",
  workers: 0,
} satisfies EvaluateOptions;

test("one-class: found rows, controls, intervals and data are told as plain data", async () => {
  const evaluated = await evaluate(data, options);
  const normals = names.filter((name) => name === "fine").length;
  expect(evaluated.protocol).toMatchObject({ name: "one-class", options: { trainShare: 0.5 }, keys: [0], level: 0.01 });
  expect(evaluated.data).toMatchObject({ label: "kind", normal: ["fine"], rows: n, normals, duplicates: 0 });
  expect(evaluated.data.classes.map(({ name }) => name).sort()).toEqual(["flood", "scan"]);
  expect(evaluated.data.columns).toEqual(["a", "b", "c"].map((name) => ({ name, kind: "numeric" })));
  expect(evaluated.candidates.map(({ name, control }) => [name, control])).toEqual([
    ["mahalanobis", null],
    ["1-NN", "nearest neighbor"],
  ]);
  for (const { mean, runs } of evaluated.candidates) {
    expect(runs.length).toBe(1);
    expect(mean.auroc.mean).toBe(runs[0].measures.auroc);
    expect(mean.auroc.low).toBeLessThanOrEqual(mean.auroc.mean);
    expect(mean.auroc.high).toBeGreaterThanOrEqual(mean.auroc.mean);
    expect(mean.auroc.mean).toBeGreaterThan(0.95);
  }
  expect(evaluated.intervals.over).toBe("test rows");
  const [auroc] = evaluated.differences;
  expect(auroc).toMatchObject({ candidate: "mahalanobis", minus: "1-NN", measure: "auroc" });
  expect(auroc.difference.mean).toBeCloseTo(
    evaluated.candidates[0].mean.auroc.mean - evaluated.candidates[1].mean.auroc.mean,
    12,
  );
  expect(JSON.parse(JSON.stringify(evaluated))).toEqual(evaluated);
});

test("several keys: means over runs, and equal options give equal numbers", async () => {
  const timeless = ({ candidates, differences, warnings }: Awaited<ReturnType<typeof evaluate>>) =>
    JSON.stringify([candidates, differences, warnings], (name, value) => (/Seconds$/.test(name) ? 0 : value));
  const keyed = { ...options, keys: [0, 1, 5] };
  const [once, again] = [await evaluate(data, keyed), await evaluate(data, keyed)];
  expect(timeless(again)).toBe(timeless(once));
  const [{ runs, mean }] = once.candidates;
  expect(runs.map((run) => run.key)).toEqual([0, 1, 5]);
  expect(mean.auroc.mean).toBeCloseTo(runs.reduce((sum, run) => sum + run.measures.auroc, 0) / 3, 12);
  expect(once.intervals).toMatchObject({ over: "runs" });
  expect(once.intervals.sentence).toContain("over 3 keys");
  expect(once.protocol.sentence).toContain("Drawn anew for each of 3 keys");
});

test("unseen-class: each class is held out, and logistic knows the other", async () => {
  const { candidates } = await evaluate(data, { ...options, protocol: "unseen-class", detectors: ["logistic", "knn"] });
  const [logistic, knn] = candidates;
  expect(logistic.runs.map(({ split }) => split).sort()).toEqual(["held out: flood", "held out: scan"]);
  expect(logistic.runs.every((run) => run.known > 5)).toBe(true);
  expect(knn.runs.every((run) => run.known === 0)).toBe(true);
  const held = knn.runs.find(({ split }) => split === "held out: flood")!;
  expect(held.classes.map(({ name, known }) => [name, known]).sort()).toEqual([
    ["flood", false],
    ["scan", true],
  ]);
  expect(held.measures.auroc).toBe(held.classes.find(({ name }) => name === "flood")!.auroc);
});

test("a detector that trains is beside its untrained twin", async () => {
  const detectors = [{ detector: "autoencoder", options: { steps: 20 } }];
  const { candidates, differences } = await evaluate(data, { ...options, detectors });
  expect(candidates.map(({ name }) => name)).toEqual([
    "autoencoder steps=20",
    "1-NN, signed-log",
    "autoencoder steps=20, untrained",
  ]);
  expect(candidates[2].options["steps"]).toBe(0);
  expect(new Set(differences.map(({ minus }) => minus)).size).toBe(2);
});

test("leak: an id and a time stamp that encode the label are named, with the remedy", async () => {
  const at = numbers((row) => 1.7e9 + 60 * row);
  const order = [...names.keys()].sort((a, b) => (names[a] < names[b] ? -1 : names[a] > names[b] ? 1 : a - b));
  const batch = numbers((row) => order.indexOf(row) * 7 + (order.indexOf(row) % 3));
  const dates = order.map((_, row) => new Date(1.7e12 + 1000 * batch[row]).toISOString());
  const mixed = numbers((row) => (names[row] === "fine" ? Math.floor(4 * u()) : 4 + Math.floor(2 * u())));
  const { warnings } = await evaluate({ ...data, batch, at, mixed }, options);
  const [leak] = warnings.filter((text) => text.includes("alone tell"));
  for (const name of ["batch", "mixed"])
    expect(leak).toMatch(new RegExp(`"${name}" \\(AUROC (1\\.000|more than 0\\.999|0\\.99\\d)\\)`));
  expect(leak).toMatch(/pass --ignore '(batch,mixed|mixed,batch)'/);
  const ignored = await evaluate({ ...data, batch, mixed }, { ...options, ignore: ["batch", "mixed"] });
  expect(ignored.warnings.join()).not.toContain("alone tell");
  // A time stamp is left aside by itself, and said to tell; where it is used, it is named like any other.
  const times = { ...data, when: dates };
  const { data: told, warnings: none } = await evaluate(times, options);
  expect(told.ignored.find(({ name }) => name === "when")!.reason).toMatch(
    /^gives the label away, and is left aside: /,
  );
  expect(none.join()).not.toContain("alone tell");
  const used = await evaluate(times, { ...options, columns: { when: "timestamp" } });
  expect(used.warnings.join()).toContain('column "when" (AUROC');
});

test("leak: rows in the order of their labels are told", async () => {
  const order = [...names.keys()].sort((a, b) => (names[a] < names[b] ? -1 : 1));
  const sorted = Object.fromEntries(
    Object.entries(data).map(([name, values]) => [name, order.map((row) => values[row])]),
  );
  const { warnings } = await evaluate(sorted, options);
  expect(warnings.join()).toContain("rows stand in the order of their labels");
});

test("leak: test rows of a fixed split that equal training rows are reported by number, and can be dropped", async () => {
  const split = names.map((name, row) => (row % 2 === 0 && name === "fine" ? "train" : "test"));
  const [a, b, c] = [data.a, data.b, data.c].map((column) => [...column]);
  const planted = names.flatMap((name, row) => (row % 2 === 1 && name === "fine" ? [row] : [])).slice(0, 8);
  const trained = names.flatMap((name, row) => (row % 2 === 0 && name === "fine" ? [row] : []));
  planted.forEach((row, i) => {
    for (const column of [a, b, c]) column[row] = column[trained[i]];
  });
  const table = { a, b, c, kind: names, split };
  const { warnings, candidates } = await evaluate(table, { ...options, protocol: "fixed-split" });
  const tested = split.filter((part) => part === "test").length;
  expect(warnings[0]).toContain(`8 of ${tested} test rows`);
  expect(warnings[0]).toContain(
    `equal a training row in every used column (rows ${planted
      .slice(0, 3)
      .map((row) => row + 1)
      .join(
        ", ",
      )} and 5 more): they were learned from, so that the test flatters; pass --duplicates drop to leave them out`,
  );
  expect(candidates[0].runs[0].test).toBe(tested);
  const dropped = await evaluate(table, {
    ...options,
    protocol: "fixed-split",
    protocolOptions: { duplicates: "drop" },
  });
  expect(dropped.warnings.join()).not.toContain("equal a training row in every");
  expect(dropped.candidates[0].runs[0].test).toBe(tested - 8);
  expect(dropped.data.ignored.map(({ name, reason }) => [name, reason])).toContainEqual([
    "split",
    "says which rows train",
  ]);
});

test("twins never straddle a split that is drawn, and twins of different labels are told by number", async () => {
  const rounded = Object.fromEntries(
    Object.entries(data).map(([name, values]) => [
      name,
      values.map((x) => (typeof x === "number" ? Math.round(x / 3) : x)),
    ]),
  );
  const { warnings, data: told, candidates } = await evaluate(rounded, options);
  expect(told.duplicates).toBeGreaterThan(500);
  expect(candidates[0].runs[0].test).toBeGreaterThan(100);
  const noise = warnings.find((text) => text.includes("of another label"))!;
  const [, second, said, first, before] = /row (\d+) \("(\w+)"\) equals row (\d+) \("(\w+)"\)/.exec(noise)!;
  const at = (row: string, column: string) => rounded[column][Number(row) - 1];
  expect([at(second, "kind"), at(first, "kind")]).toEqual([said, before]);
  for (const column of ["a", "b", "c"]) expect(Number(at(second, column)) + 0).toBe(Number(at(first, column)) + 0);
  expect(warnings.join()).toContain("normal rows equal an earlier one: equal rows stay on one side");
});

test("groups stay on one side, and rows without a label are left out", async () => {
  const session = numbers((row) => Math.floor(row / 5));
  const kind = names.map((name, row) => (row % 100 === 7 ? null : name));
  const {
    data: told,
    warnings,
    protocol,
  } = await evaluate({ ...data, kind, session }, { ...options, group: "session" });
  expect(told.rows).toBe(n - 7);
  expect(warnings).toContain("7 rows without a label are left out");
  expect(told.ignored.find(({ name }) => name === "session")!.reason).toBe("what rows hang together by");
  expect(protocol.sentence).toContain("% of the normal rows");
});

test("shift: the future is scored, and a change of the normal rows is told", async () => {
  const clock = numbers((row) => row);
  const moved = { ...data, a: data.a.map((x, row) => x + (row > 400 ? 4 : 0)), clock };
  const { warnings, candidates } = await evaluate(moved, { ...options, protocol: "shift", time: "clock", level: 0.05 });
  expect(candidates[0].runs[0].measures.falseAlarmRate).toBeGreaterThan(0.3);
  expect(warnings.join()).toMatch(
    /more of the test's normal rows are flagged than chance makes of p ≤ 0.05 \(mahalanobis/,
  );
});

test("a level that calibration does not resolve, and a test of few anomalies, are told", async () => {
  const few = Object.fromEntries(Object.entries(data).map(([name, values]) => [name, values.slice(0, 60)]));
  const { warnings, candidates } = await evaluate(few, options);
  expect(candidates[0].mean.recall.mean).toBe(0);
  expect(warnings.join()).toMatch(
    /the rule p ≤ 0.01 flags nothing, since calibration resolves 0\.\d+ at best: .*pass --level 0\.\d,/,
  );
  expect(warnings.join()).toContain("fewer than 10 anomalies in the test (");
  expect(warnings.join()).toContain("too few rows of one kind");
});

test("rows are capped with classes in proportion, and the sentence says so", async () => {
  const { candidates, protocol } = await evaluate(data, { ...options, maxTrain: 100, maxTest: 80 });
  expect(candidates[0].runs[0]).toMatchObject({ normals: 100, test: 80 });
  expect(candidates[0].classes.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThan(5);
  expect(protocol.sentence).toContain("Of these, at most 100 rows are learned from and at most 80 test");
});

test("row order does not change what is known of the data", async () => {
  const order = [...permutation(key(4), n)];
  const shuffled = Object.fromEntries(
    Object.entries(data).map(([name, values]) => [name, order.map((row) => values[row])]),
  );
  const [one, other] = [await evaluate(data, options), await evaluate(shuffled, options)];
  expect({ ...other.data, fingerprint: "" }).toEqual({ ...one.data, fingerprint: "" });
});

const refused: [object, string][] = [
  [
    { label: undefined },
    "evaluate: --label: expected a column that says what each row is, got none; pass --label COLUMN",
  ],
  [{ label: "kinds" }, 'evaluate: --label: expected the name of a column, got "kinds"; did you mean "kind"?'],
  [{ normal: [] }, 'evaluate: --normal: column "kind" says fine ('],
  [{ normal: "good" }, 'evaluate: --normal: expected a value of column "kind"'],
  [{ normal: ["fine", "flood", "scan"] }, 'evaluate: --label: column "kind": expected anomalous rows too, got only'],
  [{ protocol: "two-class" }, "evaluate: --protocol: expected one-class, unseen-class"],
  [{ protocolOptions: { contamination: 0.1 } }, "one-class: contamination: unknown option; expected trainShare"],
  [{ protocol: "fixed-split" }, 'evaluate: --split-column: expected the name of a column, got "split"'],
  [{ detectors: ["logistic"] }, "evaluate: logistic: expected known anomalous rows to learn from, got none; choose"],
  [{ keys: [1, 1] }, "evaluate: --keys: expected each once, got 1 twice"],
  [{ keys: [] }, "evaluate: keys: expected a list of whole numbers ≥ 0"],
  [{ level: 2 }, "evaluate: level: expected a number between 0 and 1, got 2"],
  [{ detector: "auto" }, "evaluate: detector: unknown option; expected"],
  [{ group: "b", time: "a" }, "evaluate: expected --group or --time, got both"],
  [{ ignore: ["a", "b", "c"] }, "evaluate: columns: expected at least one to learn from"],
];
test.each(refused)("%o is refused by name", async (given, message) => {
  await expect(evaluate(data, { ...options, ...given })).rejects.toThrow(message);
});

test("Ctrl-C ends it", async () => {
  const signal = AbortSignal.abort();
  await expect(evaluate(data, { ...options, signal })).rejects.toThrow("interrupted");
});
