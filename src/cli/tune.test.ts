import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { key, normal } from "../numeric/index.ts";
import { capturedRun } from "./captured-run.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-tune-cli-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const flat = (text: string) => text.replace(/\s+/g, " ");
const alone = ["--workers", "0"];

/** Rows with numbers, a category, gaps and quoted text; those of `odd` are far in x. */
function writeRows(name: string, count: number, odd: number): void {
  const z = normal(key(name));
  const lines = Array.from({ length: count + odd }, (_, i) => {
    const x = z() + (i < count ? 0 : 6);
    return `${i},${x.toFixed(4)},${z() > 1.3 ? "" : z().toFixed(4)},${z() > 0 ? "tcp" : "udp"},"a, ""b"""`;
  });
  writeFileSync(at(name), `id,x,y,kind,note\n${lines.join("\n")}\n`);
}

/** Fills in the first column of a review file: yes where x is far, no for other rows, up to `count` rows. */
function fillIn(name: string, count: number): void {
  const [head, ...lines] = readFileSync(at(name), "utf8").trimEnd().split("\n");
  expect(head).toBe("label,id,x,y,kind,note,score,p_value,flagged");
  const marked = lines.map((line, i) => (i < count ? `${Number(line.split(",")[2]) > 3 ? "yes" : "no"}${line}` : line));
  writeFileSync(at(name), `${[head, ...marked].join("\n")}\n`);
}

beforeAll(async () => {
  writeRows("normal.csv", 120, 0);
  writeRows("new.csv", 60, 8);
  const { code, stderr } = await capturedRun([
    ...["fit", at("normal.csv"), "--ignore", "id,note", "--detector", "mahalanobis", "-o", at("m.onnx")],
    ...alone,
  ]);
  expect([code, stderr.includes("error")]).toEqual([0, false]);
}, 120_000);

describe("the loop from flagged rows to a tuned model", { timeout: 120_000 }, () => {
  test("score --review, a person's marks, tune, score, inspect", async () => {
    const scored = await capturedRun([
      ...["score", at("new.csv"), "-m", at("m.onnx"), "--only", "flagged", "--false-alarm-rate", "0.05", "--review"],
      ...["-o", at("review.csv"), ...alone],
    ]);
    expect(scored.code).toBe(0);
    const rows = readFileSync(at("review.csv"), "utf8").trimEnd().split("\n").slice(1);
    const scores = rows.map((line) => Number(line.split(",").at(-3)));
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(rows.length).toBeGreaterThan(6);
    fillIn("review.csv", rows.length);
    const tuned = await capturedRun(["tune", at("m.onnx"), "--labels", at("review.csv"), "-o", at("t.onnx"), ...alone]);
    expect([tuned.code, tuned.stdout]).toEqual([0, ""]);
    for (const said of [
      /(better|not shown): .*m\.onnx with \d+ labelled rows/,
      /8 anomalous rows, \d+ normal/,
      /column "label": yes \(8\) as anomalous/,
      /Rows keep their old score where the heads say less/,
      /next: unseen score new\.csv -m .*t\.onnx/,
    ])
      expect(flat(tuned.stderr)).toMatch(said);
    const again = await capturedRun(["score", at("new.csv"), "-m", at("t.onnx"), "-o", at("scored.csv"), ...alone]);
    expect(again.code).toBe(0);
    const inspected = await capturedRun(["inspect", at("t.onnx")]);
    expect(flat(inspected.stdout)).toMatch(/tuned (better|not shown): with 8 rows labelled anomalous/);
    const refused = await capturedRun(["tune", at("t.onnx"), "--labels", at("review.csv"), "-o", at("u.onnx")]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("tune the first model with all labels at once, as in --labels 'review*.csv'");
    expect(readdirSync(folder).filter((name) => name.includes("u.onnx"))).toEqual([]);
  });

  test("--json gives one object, and --fuse mean another model", async () => {
    const { code, stdout } = await capturedRun([
      ...["tune", at("m.onnx"), "--labels", at("review.csv"), "--fuse", "mean", "-o", at("j.onnx"), "--json", ...alone],
    ]);
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      output: at("j.onnx"),
      key: 0,
      blend: { heads: "mean", fuse: "mean", weight: 0.25 },
    });
    expect(result.rows.anomalous).toBe(8);
    expect(existsSync(at("j.onnx"))).toBe(true);
  });

  test("another name for the column, and one that is taken", async () => {
    const review = (...name: string[]) =>
      capturedRun(["score", at("new.csv"), "-m", at("m.onnx"), "--review", ...name, "-o", at("other.csv"), ...alone]);
    expect((await review("verdict")).code).toBe(0);
    const [head, ...rows] = readFileSync(at("other.csv"), "utf8").trimEnd().split("\n");
    expect(head.split(",")[0]).toBe("verdict");
    expect(rows).toHaveLength(68);
    const taken = await review("kind");
    expect(taken.code).toBe(2);
    expect(taken.stderr).toContain(
      'write: --review: column "kind": expected a free name, got one that the output has; give another one, as in --review verdict, and to tune --label verdict',
    );
    const piped = await capturedRun(["score", "-", "-m", at("m.onnx"), "--review"], { stdin: [] });
    expect(piped.stderr).toContain("score: --review: expected a file, for rows are sorted by score, got a pipe");
  });

  test("what is lacking is named", async () => {
    const run = async (...args: string[]) => {
      const { code, stderr } = await capturedRun(["tune", at("m.onnx"), ...args]);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await run("-o", at("x.onnx"))).toContain("tune: --labels: expected a file of labelled rows, got none");
    expect(await run("--labels", at("review.csv"))).toContain(
      "tune: --output: expected a path for the model, got none",
    );
    expect(await run("--labels", at("review.csv"), "-o", at("m.onnx"))).toContain("the input would be lost");
    expect(await run("--labels", "-", "-o", at("x.onnx"))).toContain("tune: --labels: expected a file, got a pipe (-)");
    expect(await run("--labels", at("new.csv"), "-o", at("x.onnx"))).toContain('expected a column "label", got none');
    expect(existsSync(at("x.onnx"))).toBe(false);
  });
});
