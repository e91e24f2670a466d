import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { auroc, key, normal } from "../numeric/index.ts";
import { type FitOptions, fit } from "./fit.ts";
import { manifestSchema } from "./manifest.ts";
import { load } from "./model.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-known-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Rows of two numbers and a category: 90 fine, 12 of a flood (x + 6), 8 of a scan (y − 6, another category), 5 unlabelled. */
function traffic(seed: number) {
  const z = normal(key(seed));
  const what = [
    ...Array.from({ length: 90 }, () => "fine"),
    ...Array.from({ length: 12 }, () => "flood"),
    ...Array.from({ length: 8 }, () => "scan"),
    ...Array.from({ length: 5 }, () => null),
  ];
  const order = what.map((label, i) => ({ label, place: (i * 37) % what.length })).sort((a, b) => a.place - b.place);
  const label = order.map(({ label }) => label);
  return {
    x: label.map((l) => z() + (l === "flood" ? 6 : 0)),
    y: label.map((l) => z() - (l === "scan" ? 6 : 0)),
    kind: label.map((l, i) => (l === "scan" ? "icmp" : i % 3 ? "tcp" : "udp")),
    label,
  };
}

const rows = traffic(1);
const split = { key: 7, label: "label", normal: "fine", calibration: "split", workers: 0 } as const;
const options = { ...split, detector: "logistic" } as const;

async function fitted(given: Partial<FitOptions> = {}, input: Parameters<typeof fit>[0] = rows) {
  using model = await fit(input, { ...options, ...given });
  const { scores } = await model.score(traffic(2));
  return { manifest: model.manifest, bytes: model.bytes, scores, calibration: model.calibration };
}

describe("rows of other labels are known anomalies", () => {
  test("classes and counts are in the manifest, rows without a label are used for neither", async () => {
    const { manifest, calibration } = await fitted({ calibration: "cross" });
    expect(manifest.known).toEqual({
      rows: 20,
      classes: [
        { name: "flood", rows: 12 },
        { name: "scan", rows: 8 },
      ],
      of: 2,
      leftOut: 0,
      missing: 5,
    });
    expect([manifest.source.rows, calibration.n]).toEqual([90, 90]);
  });

  test("preparation and calibration are those of a fit on the normal rows alone", async () => {
    const { manifest } = await fitted();
    const without = (await fitted({ detector: "knn" })).manifest;
    expect(without.known).toBeNull();
    expect([manifest.facts, manifest.prepared, manifest.ignored]).toEqual([
      without.facts,
      without.prepared,
      without.ignored,
    ]);
    expect(manifest.calibration).toEqual(without.calibration);
    expect(manifest.facts.find(({ name }) => name === "kind")!.facts.join()).not.toContain("icmp");
  });

  test("they are learned from: known classes rank above normal rows, and others than a fit of one class", async () => {
    const labels = traffic(2).label;
    const truth = Uint8Array.from(labels, (label) => (label === "fine" || label === null ? 0 : 1));
    const [all, scan] = [await fitted(), await fitted({ knownClasses: ["scan"] })];
    expect(auroc(truth, all.scores)).toBeGreaterThan(0.99);
    expect(scan.manifest.known).toMatchObject({ rows: 8, classes: [{ name: "scan", rows: 8 }], leftOut: 12 });
    expect(scan.scores).not.toEqual(all.scores);
    expect(scan.manifest.source.fingerprint).not.toBe(all.manifest.source.fingerprint);
  });

  test("a condition picks among them too, and contamination trims normal rows alone", async () => {
    const { manifest } = await fitted({ where: "x < 7", contamination: 0.1 });
    const normals = rows.x.filter((x, i) => x < 7 && rows.label[i] === "fine").length;
    const floods = rows.x.filter((x, i) => x < 7 && rows.label[i] === "flood").length;
    expect(floods).toBeLessThan(12);
    expect(manifest.known).toMatchObject({ rows: 8 + floods });
    expect(manifest.contamination).toMatchObject({ of: normals, rows: Math.floor(0.1 * normals) });
  });

  test.each([
    ["groups", { group: "kind" }],
    ["time", { time: "x" }],
  ] as [string, Partial<FitOptions>][])("calibrated by %s", async (_, given) => {
    const n = rows.x.length;
    const input = { ...rows, kind: rows.kind.map((_, i) => `g${i % 12}`), x: rows.x.map((x, i) => x + i / n) };
    const { manifest, scores } = await fitted(given, input);
    expect(manifest.known).toMatchObject({ rows: 20 });
    expect(scores.every(Number.isFinite)).toBe(true);
  });

  test("a file with labels of numbers and words, and missing ones; the model loads and scores the same", async () => {
    const path = join(folder, "flows.csv");
    const code = (label: string | null, i: number) =>
      label === null ? (i % 2 ? "who knows" : "") : { fine: "0", flood: "1", scan: "scan" }[label];
    const lines = rows.x.map((x, i) => `${x},${rows.y[i]},${rows.kind[i]},${code(rows.label[i], i)}`);
    writeFileSync(path, `x,y,kind,label\n${lines.join("\n")}\n`);
    const own = { ...options, normal: "0.0", missing: ["who knows"] };
    using model = await fit(path, own);
    expect(model.manifest.known).toMatchObject({ rows: 20, of: 2, missing: 5 });
    using again = await load(model.bytes);
    expect(again.manifest).toEqual(model.manifest);
    const fresh = traffic(2);
    expect((await again.score(fresh)).scores).toEqual((await model.score(fresh)).scores);
    using some = await fit(path, { ...own, knownClasses: ["1.0"] });
    expect(some.manifest.known).toMatchObject({ rows: 12, classes: [{ name: "1" }], leftOut: 8 });
  });

  test("a manifest that says nothing of known rows is read as one without", async () => {
    const { known: _, ...older } = (await fitted()).manifest;
    expect(manifestSchema.parse(older).known).toBeNull();
  });
});

test("text among the numbers of a known row is refused by its place among them", async () => {
  const path = join(folder, "text.csv");
  const lines = Array.from({ length: 12 }, (_, i) =>
    i === 9 ? "hello,bad" : `${(i * 7) % 5},${i < 8 ? "ok" : "bad"}`,
  );
  writeFileSync(path, `x,label\n${lines.join("\n")}\n`);
  await expect(fit(path, { ...options, normal: "ok" })).rejects.toThrow(
    'fit: known anomalous rows, counted among themselves: read: column "x": row 2: expected a number, got "hello"; ',
  );
});

test.each<[string, Partial<FitOptions>, string]>([
  [
    "no label",
    { label: undefined, normal: undefined },
    "fit: --label: logistic learns from known anomalous rows, and expected a column that says which they are, got none; pass --label and --normal",
  ],
  [
    "no other label",
    { normal: ["fine", "flood", "scan"] },
    'expected some labels of column "label" other than fine, flood, scan, got none; add labelled anomalies',
  ],
  [
    "a class that is not there",
    { knownClasses: ["scan", "worm"] },
    'fit: --known-classes: expected labels of column "label" that are not normal (flood (12), scan (8)), got "worm"',
  ],
  ["a class that is normal", { knownClasses: ["fine"] }, 'got "fine"'],
  ["no class", { knownClasses: [] }, "that are not normal (flood (12), scan (8)), got none"],
  [
    "classes that are no list",
    { knownClasses: "scan" as never },
    'fit: knownClasses: expected a list of texts, got "scan"',
  ],
  [
    "classes without a label",
    { label: undefined, normal: undefined, knownClasses: ["scan"] },
    "fit: --known-classes: expected --label with it, got none; pass --label COLUMN",
  ],
  [
    "classes for a detector that learns from normal rows alone",
    { detector: "knn", knownClasses: ["scan"] },
    "fit: --known-classes: knn learns from normal rows alone; pass --detector with one that takes labels (logistic, boosted, sculpting, meta-learning, known-or-new)",
  ],
  ["known rows that the condition leaves out", { where: "label = 'fine'" }, "other than fine, got none"],
])("%s is refused", async (_, given, message) => {
  const error = await fit(rows, { ...options, ...given }).catch((e) => e);
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).toContain(message);
});
