import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { protocols } from "../evaluate/index.ts";
import { key, normal, uniform } from "../numeric/index.ts";
import { describeOptions } from "../options/index.ts";
import { capturedRun } from "./captured-run.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-evaluate-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, "labelled.csv");
const draw = normal(key("file"));
const u = uniform(key("kinds"));
const lines = Array.from({ length: 500 }, () => {
  const kind = u() < 0.15 ? (u() < 0.5 ? "flood" : "scan") : "fine";
  const away = { fine: 0, flood: 4, scan: 2 }[kind];
  return `${draw() + away},${draw() + away},${kind}`;
});
writeFileSync(file, `x,y,kind\n${lines.join("\n")}\n`);

const evaluate = (...flags: string[]) =>
  capturedRun([
    "evaluate",
    file,
    "--label",
    "kind",
    "--normal",
    "fine",
    "--calibration",
    "split",
    "--workers",
    "0",
    ...flags,
  ]);

test("results go to standard output: protocol, rows, measures of all candidates, differences, classes", async () => {
  const { code, stdout } = await evaluate("--detectors", "mahalanobis,knn:k=5");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^evaluated mahalanobis, knn k=5 on .*labelled\.csv \(CSV, .*\) in /);
  expect(stdout.replace(/\s+/g, " ")).toContain("protocol one-class. 50 % of the normal rows (");
  expect(stdout).toMatch(/\n {2}mahalanobis +(>?0\.\d{3}) \(0\.\d{3}–>?[01]\.\d{3}\)/);
  expect(stdout).toMatch(/\n {2}1-NN +/);
  expect(stdout).toMatch(/\n {2}knn k=5 − 1-NN +[+−]0\.\d{3} \([+−]0\.\d{3} to [+−]0\.\d{3}\)/);
  expect(stdout).toMatch(/class by class: AUROC, and share found by the rule\n +rows +mahalanobis +found/);
  expect(stdout).toContain("the rule p ≤ 0.01 does, fixed in advance");
  expect(stdout).not.toMatch(/NaN|undefined|Infinity/);
  for (const line of stdout.split("\n").slice(1)) expect(line.length).toBeLessThanOrEqual(100);
});

test("--json writes one object, of the shape that the library returns", async () => {
  const { stdout } = await evaluate("--detectors", "hbos", "--json", "--level", "0.05", "--max-train", "100");
  const evaluated = JSON.parse(stdout);
  expect(evaluated.protocol).toMatchObject({ name: "one-class", keys: [0], level: 0.05 });
  expect(evaluated.candidates[0].runs[0]).toMatchObject({ normals: 100, key: 0 });
});

test("flags of the protocol are derived from its options", async () => {
  const { stdout, code } = await evaluate(
    "--detectors",
    "hbos",
    "--protocol",
    "contaminated",
    "--contamination",
    "0.1",
    "--json",
    "--train-share=0.4",
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout).protocol.options).toEqual({ trainShare: 0.4, contamination: 0.1 });
});

test("the help names every protocol and each of its flags", async () => {
  const { stdout } = await capturedRun(["evaluate", "--help"]);
  for (const { name, options } of protocols) {
    const paragraph = new RegExp(`\\n  ${name} +((?:.|\\n {10})*)`).exec(stdout)?.[1];
    for (const { flag } of describeOptions(options)) expect(`${name}: ${paragraph}`).toContain(flag);
  }
});

test("few-labels: each number of labels has its line, and three runs are no verdict", async () => {
  const { stdout } = await evaluate("--detectors", "logistic,hbos", "--protocol", "few-labels");
  expect(stdout).toMatch(/split by split: .*\n +logistic +precision +hbos +precision +1-NN, signed-log +precision/);
  for (const labels of [5, 10, 20]) expect(stdout).toMatch(new RegExp(`\n {2}${labels} labelled +>?[01]\\.\\d{3}`));
  expect(stdout).not.toMatch(/ (better|worse)\n/);
  for (const line of stdout.split("\n").slice(1)) expect(line.length).toBeLessThanOrEqual(100);
});

test("--report writes a page with the same numbers", async () => {
  const report = join(folder, "report.html");
  const { stdout, code } = await evaluate("--detectors", "hbos", "--report", report);
  expect(code).toBe(0);
  expect(stdout).toMatch(/report +\S+report\.html/);
  const page = readFileSync(report, "utf8");
  expect(page).toMatch(/^<!doctype html>/i);
  expect(page).toContain("1-NN");
  expect(page).not.toMatch(/NaN|undefined/);
});

const refused: [string[], string][] = [
  [
    ["--contamination", "0.1"],
    "evaluate: --contamination: unknown option; it belongs to contaminated: pass --protocol contaminated; options of one-class: --train-share",
  ],
  [["--train-shares", "0.1"], "evaluate: --train-shares: unknown option; did you mean --train-share"],
  [["--train-share", "2"], "one-class: trainShare: expected a number above 0 and below 1, got 2"],
  [["--train-share"], "evaluate: --train-share: expected a value, got none; The share of the normal rows"],
  [
    ["--protocol", "two-class"],
    'evaluate: --protocol: expected one-class, unseen-class, few-labels, contaminated, shift, fixed-split, got "two-class"',
  ],
  [["--keys", "0,x"], 'evaluate: --keys: expected whole numbers with commas between them, got "x"; pass --keys 0,1,2'],
  [
    ["--detectors", "knn:5"],
    'evaluate: --detectors: expected a name, or a name and options as in knn:k=5:metric=manhattan, got "knn:5"',
  ],
  [["--detectors", "knn:k=x"], 'knn: k: expected an integer from 1 to 1000, got "x"'],
  [["--detectors", "nkk"], "evaluate: --detectors: expected auto, knn,"],
  [["--level", "x"], 'evaluate: --level: expected a number between 0 and 1, got "x"; pass --level 0.05'],
  [["--report", "report.pdf"], "evaluate: --report: expected a path that ends in .html"],
  [["more.csv"], "evaluate: file: expected one file, got 2"],
  [["--group", "sessions"], 'evaluate: --group: expected the name of a column, got "sessions"'],
];
test.each(refused)("%j is refused with exit code 2", async (flags, message) => {
  const { code, stdout, stderr } = await evaluate(...flags);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr.replace(/\s+/g, " ")).toContain(message);
});

test("without a file or a label it says what to pass", async () => {
  const none = await capturedRun(["evaluate"]);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("missing required argument 'file'")]);
  const unlabelled = await capturedRun(["evaluate", file]);
  expect(unlabelled.stderr.replace(/\s+/g, " ")).toContain(
    "evaluate: --label: expected a column that says what each row is",
  );
  const pipe = await capturedRun(["evaluate", "-", "--label", "kind", "--normal", "fine"]);
  expect(pipe.stderr).toContain("expected a file, got a pipe");
});

test("Ctrl-C ends with 130", async () => {
  const argv = ["evaluate", file, "--label", "kind", "--normal", "fine"];
  expect((await capturedRun(argv, { signal: AbortSignal.abort() })).code).toBe(130);
});
