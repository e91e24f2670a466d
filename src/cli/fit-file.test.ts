import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { detectors } from "../detect/index.ts";
import { key, normal } from "../numeric/index.ts";
import { capturedRun } from "./captured-run.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-fit-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

/** 120 normal rows of two numbers and a category, and 6 labelled "attack". */
function writeRows(name: string): string {
  const draw = normal(key(1));
  const lines = Array.from({ length: 126 }, (_, i) => {
    const shift = i < 120 ? 0 : 9;
    return `${i},${(draw() + shift).toFixed(4)},${(draw() - shift).toFixed(4)},${i % 3 ? "tcp" : "udp"},${shift ? "attack" : "fine"}`;
  });
  writeFileSync(at(name), `id,x,y,protocol,label\n${lines.join("\n")}\n`);
  return at(name);
}
const rows = writeRows("rows.csv");
const quick = ["--detector", "mahalanobis", "--workers", "0"];

describe("unseen fit", () => {
  test("writes a model, says what it did on stderr and nothing on stdout", async () => {
    const { code, stdout, stderr } = await capturedRun([
      "fit",
      rows,
      "--label",
      "label",
      "--normal",
      "fine",
      "-o",
      at("m.onnx"),
      ...quick,
    ]);
    expect([code, stdout]).toEqual([0, ""]);
    for (const said of [
      "120 of 126 rows are normal (label = fine); learned from all of them",
      "3 used: 2 numeric, 1 category",
      "id: id",
      "the label: label",
      "--shrinkage ledoit-wolf",
      "the smallest p-value is 1/121 = 0.00826",
      "(approximate)",
      "0: the same rows and key give the same model",
      "holds summaries of the training rows",
      "120 normal rows as they came",
      `next: unseen score new.csv -m ${at("m.onnx")} -o scored.csv`,
    ])
      expect(stderr.replace(/\s+/g, " ")).toContain(said);
  });

  test("with --json prints one object on stdout and progress as JSON lines on stderr", async () => {
    const { code, stdout, stderr } = await capturedRun([
      "fit",
      rows,
      "--ignore",
      "label",
      "--key",
      "7",
      "--no-rows",
      "-o",
      at("j.onnx"),
      "--json",
      ...quick,
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      model: at("j.onnx"),
      rowsRead: 126,
      normalRows: 126,
      key: 7,
      detector: { name: "mahalanobis" },
      calibration: { method: "cross", rows: 126, smallestPValue: 1 / 127 },
      referenceRows: { rows: 0 },
    });
    for (const line of stderr.trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("progress");
  });

  test("equal rows and key give equal bytes", async () => {
    for (const name of ["a.onnx", "b.onnx"])
      await capturedRun([
        "fit",
        rows,
        "--ignore",
        "label,id",
        "--detector",
        "isolation-forest",
        "--trees=5",
        "-o",
        at(name),
      ]);
    expect(readFileSync(at("a.onnx")).equals(readFileSync(at("b.onnx")))).toBe(true);
  });

  test("flags of the detector may stand before the file", async () => {
    const argv = [
      "fit",
      "--detector",
      "knn",
      "--k",
      "3",
      "--distance=mean",
      rows,
      "--ignore",
      "label",
      "-o",
      at("k.onnx"),
    ];
    expect((await capturedRun(argv)).stderr).toContain("--k 3 --distance mean");
  });

  test("a column that looks like a label is learned from with a note", async () => {
    const { stderr } = await capturedRun(["fit", rows, "-o", at("note.onnx"), ...quick]);
    expect(stderr).toContain('note: column "label" is learned from like any other');
  });

  test.each([
    [[rows], "fit: --output: expected a path for the model, got none; pass -o model.onnx"],
    [["-o", "m.onnx"], "missing required argument 'file'; --help shows what is expected"],
    [
      ["--detector", "knn", "--k", "3", "-o", "m.onnx"],
      "fit: file: expected a file to learn from, got none; pass normal.csv",
    ],
    [
      ["-", "-o", "m.onnx"],
      "fit: -: expected a file, got a pipe, and rows are read more than once; save them first: cat > rows.jsonl",
    ],
    [
      [rows, "b.csv", "-o", "m.onnx"],
      `fit: file: expected one file, got 2; quote a pattern, so that the shell leaves it whole: "*.csv"`,
    ],
    [[rows, "-o", rows], `fit: --output: expected a path that ends in .onnx, got "${rows}"; pass -o ${rows}.onnx`],
    [
      [rows, "-o", at("no/m.onnx")],
      `fit: --output: ${at("no/m.onnx")}: expected an existing folder, ${at("no")}; make it first`,
    ],
    [
      [rows, "--detector", "nobody", "-o", "m.onnx"],
      `fit: --detector: expected ${detectors.map(({ name }) => name).join(", ")}, got "nobody"; see unseen detectors`,
    ],
    [
      [rows, "--trees", "9", "-o", "m.onnx"],
      "fit: --trees: unknown option; it belongs to isolation-forest: pass --detector isolation-forest; options of auto: --max-rows, --views, --nearly-full, --log-views, --low-end, --learned, --hidden",
    ],
    [
      [rows, "--ignroe", "id", "-o", "m.onnx"],
      "fit: --ignroe: unknown option; did you mean --ignore? options of auto: --max-rows, --views, --nearly-full, --log-views, --low-end, --learned, --hidden",
    ],
    [[rows, "--detector", "knn", "--k", "0", "-o", "m.onnx"], "knn: k: expected an integer from 1 to 1000, got 0"],
  ])("%j is refused, and nothing is written", async (argv, message) => {
    const before = readdirSync(folder);
    expect(await capturedRun(["fit", ...argv])).toEqual({ code: 2, stdout: "", stderr: `error: ${message}\n` });
    expect(readdirSync(folder)).toEqual(before);
  });

  test("an input that is a model's path is not overwritten", async () => {
    writeFileSync(at("odd.onnx"), "a,b\n1,2\n");
    const { code, stderr } = await capturedRun(["fit", at("odd.onnx"), "--format", "csv", "-o", at("odd.onnx")]);
    expect(code).toBe(2);
    expect(stderr).toContain("expected another path than the input's; the input would be lost");
  });

  test("an aborted fit exits with 130 and leaves no file", async () => {
    const abort = new AbortController();
    const run = capturedRun(["fit", rows, "--ignore", "label", "-o", at("aborted.onnx")], { signal: abort.signal });
    abort.abort();
    expect(await run).toEqual({ code: 130, stdout: "", stderr: "interrupted\n" });
    expect(existsSync(at("aborted.onnx"))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });
});
