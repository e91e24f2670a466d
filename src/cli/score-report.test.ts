import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { key, normal } from "../numeric/index.ts";
import { capturedRun } from "./captured-run.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-report-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const [model, input] = [at("model.onnx"), at("test.csv")];

function writeRows(name: string, seed: number, rows: number, anomalies: number): void {
  const draw = normal(key(seed));
  const lines = Array.from({ length: rows }, (_, i) => {
    const shift = i < rows - anomalies ? 0 : 9;
    return `"<b>row ${i}</b>",${(draw() + shift).toFixed(4)},${draw().toFixed(4)},${shift ? "far & wide" : "fine"}`;
  });
  writeFileSync(at(name), `id,x,y,kind\n${lines.join("\n")}\n`);
}

beforeAll(async () => {
  writeRows("train.csv", 1, 600, 0);
  writeRows("test.csv", 2, 200, 20);
  mkdirSync(at("folder.html"));
  const argv = ["fit", at("train.csv"), "--ignore", "id,kind", "--detector", "mahalanobis", "-o", model];
  expect((await capturedRun(argv)).code).toBe(0);
});

describe("unseen score --report", () => {
  test("writes one page beside the rows, names it, and says how to get it again", async () => {
    const argv = ["score", input, "-m", model, "-o", at("scored.csv"), "--report", at("report.html")];
    const { code, stderr } = await capturedRun(argv);
    expect(code).toBe(0);
    expect(stderr).toMatch(/report +\S+report\.html/);
    const page = readFileSync(at("report.html"), "utf8");
    expect(page).toContain(`unseen ${argv.join(" ")}`);
    expect(page).toContain("&#60;b&#62;row 199&#60;/b&#62;"); // the id of a flagged row, which the model left aside
    expect(page).not.toContain("<b>row");
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("the same command writes the same bytes, with labels and rows on stdout, too", async () => {
    const argv = [
      "score",
      input,
      "-m",
      model,
      "--label",
      "kind",
      "--normal",
      "fine",
      "--report",
      at("r.html"),
      "--json",
    ];
    const pages = [];
    for (let i = 0; i < 2; i++) {
      const { code, stdout, stderr } = await capturedRun(argv);
      expect([code, stdout.trim().split("\n").length]).toEqual([0, 200]);
      expect(JSON.parse(stderr.trim().split("\n").at(-1)!)).toMatchObject({ report: at("r.html") });
      pages.push(readFileSync(at("r.html"), "utf8"));
    }
    expect(pages[0]).toBe(pages[1]);
    expect(pages[0]).toContain("Compared with labels");
    expect(pages[0]).toContain("far &#38; wide");
  });

  test.each([
    [["--report", at("report.pdf")], "expected a path that ends in .html"],
    [["--report", at("folder.html")], "expected a file, got a folder"],
    [["--report", at("none/report.html")], "expected an existing folder"],
    [["--report", at("same.html"), "-o", at("same.html"), "--output-format", "csv"], "than that of the output"],
  ])("%j is refused, and nothing is written", async (flags, message) => {
    const before = readdirSync(folder);
    const { code, stderr } = await capturedRun(["score", input, "-m", model, ...flags]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: score: --report: .+\n$/);
    expect(stderr).toContain(message);
    expect(readdirSync(folder)).toEqual(before);
  });

  test("a pipe is refused with what to do", async () => {
    const { code, stderr } = await capturedRun(["score", "-", "-m", model, "--report", at("pipe.html")], { stdin: [] });
    expect(code).toBe(2);
    expect(stderr).toContain("score: --report: expected a file, for it is about all rows, got a pipe; save the rows");
    expect(existsSync(at("pipe.html"))).toBe(false);
  });
});
