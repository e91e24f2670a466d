import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fit, type Manifest, type Model, type ScoreDetails } from "../model/index.ts";
import { key, normal } from "../numeric/index.ts";
import { scoreReport } from "./index.ts";
import { expectGoodPage } from "./page-laws.ts";
import type { ScoreReportFacts } from "./score-facts.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-page-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const ATTACK = `<script>alert("x")</script><img src=x onerror='y'> ${"𝕦é中".repeat(40)}`;

/** Rows as CSV: two numbers, a category, an id and a label; every 50th row is far. */
function writeRows(name: string, seed: number, rows: number, far: boolean): string {
  const draw = normal(key(seed));
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = Array.from({ length: rows }, (_, i) => {
    const odd = far && i % 50 === 0;
    const kind = odd ? ATTACK : i % 3 === 0 ? "a & b" : "c";
    return `${quoted(`${ATTACK} ${i}`)},${(draw() + (odd ? 9 : 0)).toFixed(3)},${draw().toFixed(3)},${quoted(kind)},${odd ? quoted("<i>far</i>") : "fine"}`;
  });
  const path = join(folder, name);
  writeFileSync(path, `id,"<b>x</b> ""&"",'",y,kind,label\n${lines.join("\n")}\n`);
  return path;
}

let model: Model;
let facts: ScoreReportFacts;
let page: string;

beforeAll(async () => {
  model = await fit(writeRows("train.csv", 1, 600, false), {
    key: 0,
    detector: "mahalanobis",
    ignore: ["id"],
    label: "label",
    normal: "fine",
  });
  const path = writeRows("test.csv", 2, 1000, true);
  const scores = await model.score(path, { label: "label", normal: "fine", details: true });
  facts = {
    manifest: model.manifest,
    scores,
    model: "<model>.onnx",
    label: "label",
    normal: "fine",
    command: "unseen score '<x>' & more",
    seconds: 1.5,
  };
  page = await scoreReport(facts);
}, 60_000);
afterAll(() => model[Symbol.dispose]());

describe("a report on scores", () => {
  test("is a good page", () => expectGoodPage(page));

  test("has every part", () => {
    const { document } = parseHTML(page);
    const parts = [...document.querySelectorAll("main section")].map((section) => section.getAttribute("id"));
    expect(parts).toEqual(["guarantee", "scores", "flagged", "labels", "map", "learned", "method"]);
    for (const id of [
      "score-distribution",
      "p-value-histogram",
      "p-value-levels",
      "roc",
      "precision-recall",
      "classes",
      "row-map",
    ])
      expect(document.querySelector(`figure#${id}`), id).not.toBeNull();
    for (const sentence of facts.scores.guarantee)
      expect(document.body.textContent!.replaceAll("\u00a0", " ")).toContain(sentence);
    expect(document.querySelector("pre")!.textContent).toBe("unseen score '<x>' & more");
    expect(document.body.textContent).toContain("Ledoit");
  });

  test("shows what files hold as text, never as markup", () => {
    const { document } = parseHTML(page);
    expect(page).not.toContain("<script>alert");
    expect(page).not.toContain("<i>far");
    expect(document.querySelectorAll("main b, main i, main img").length).toBe(0);
    expect(document.body.textContent).toContain('<script>alert("x")</script>');
    expect(document.body.textContent).toContain(`<b>x</b> "&",'`);
  });

  test("is the same text for the same facts, in whatever order pages are made", async () => {
    await scoreReport({ ...facts, scores: { ...facts.scores, flaggedCount: 3 } });
    expect(await scoreReport(facts)).toBe(page);
  });

  test("without details it is refused with the remedy", async () => {
    await expect(scoreReport({ ...facts, scores: { ...facts.scores, details: null } })).rejects.toThrow(
      "report: scores: expected them with details, got none; score with { details: true }",
    );
  });

  test("a model of others cannot make its citation run, nor its words", async () => {
    const { detector } = model.manifest;
    const manifest: Manifest = {
      ...model.manifest,
      detector: { ...detector, citation: { text: "<u>Paper</u>", url: "javascript:alert(1)" }, notes: ["<u>note</u>"] },
    };
    const text = await scoreReport({ ...facts, manifest });
    expectGoodPage(text);
    expect(text).not.toContain('href="javascript');
    expect(parseHTML(text).document.querySelector("u")).toBeNull();
  });

  const without = async (details: Partial<ScoreDetails>, scores: Partial<ScoreReportFacts["scores"]> = {}) => {
    const given = { ...facts.scores.details!, ...details };
    const text = await scoreReport({ ...facts, scores: { ...facts.scores, ...scores, details: given } });
    expectGoodPage(text);
    return parseHTML(text).document.body.textContent!;
  };

  test("nothing flagged, no labels, no reference rows: it says so", async () => {
    const none = { rows: 0, columns: facts.scores.details!.flaggedTable.columns };
    const text = await without(
      {
        flagged: [],
        flaggedTable: none,
        explanations: [],
        lowestFlagged: null,
        classes: null,
        curves: null,
        reference: null,
      },
      { flaggedCount: 0, evaluation: null, threshold: -1 },
    );
    expect(text).toContain("No row was flagged: no p-value is small enough for the rule");
    expect(text).toContain("the rows shown, for the model keeps none");
    expect(text).not.toContain("Compared with labels");
  });

  test("flagged rows of a model without rows have no reasons, and it says why", async () => {
    const text = await without({ explanations: [] });
    expect(text).toContain("The model keeps no normal rows to compare with, so no reasons are given");
  });

  test("all scores equal, one row, one interval: still a page", async () => {
    const { scores } = facts.scores.details!;
    const one = (n: number) => scores.scored.map((_, i) => (i === 30 ? n : 0));
    const edges = scores.edges.map((_, i) => 4.5 + i / 60);
    await without({
      scores: { ...scores, edges, spacing: "equal", scored: one(1), flagged: one(0), calibration: one(300) },
    });
  });
});

test("a file of 100,000 rows takes a page of less than 3 MB", async () => {
  const draw = normal(key(3));
  const lines = Array.from({ length: 100_000 }, () => `${draw().toFixed(2)},${draw().toFixed(2)}`);
  const path = join(folder, "many.csv");
  writeFileSync(path, `x,y\n${lines.join("\n")}\n`);
  const columns = (n: number) => Float64Array.from({ length: n }, draw);
  using small = await fit({ x: columns(600), y: columns(600) }, { key: 0, detector: "mahalanobis" });
  const scores = await small.score(path, { output: join(folder, "scored.parquet"), details: true });
  expect(scores.rows).toBe(100_000);
  const text = await scoreReport({ manifest: small.manifest, scores, model: "m.onnx" });
  expectGoodPage(text);
  expect(text.length).toBeLessThan(1_000_000);
}, 60_000);
