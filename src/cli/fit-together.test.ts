import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { key, normal, permutation } from "../numeric/index.ts";
import { capturedRun } from "./captured-run.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-together-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const quick = ["--detector", "mahalanobis", "--workers", "0"];

/** 600 rows of 60 devices of a level each, in order of time or not, with the time and the device. */
function writeRows(name: string, order: ArrayLike<number>): string {
  const z = normal(key(1));
  const levels = Array.from({ length: 60 }, () => 3 * z());
  const lines = Array.from({ length: 600 }, (_, i) => {
    const device = Math.floor(i / 10);
    return `${i},d-${device},${new Date(1.7e12 + i * 6e4).toISOString()},${(levels[device] + z()).toFixed(4)},${z().toFixed(4)}`;
  });
  writeFileSync(at(name), `n,device,when,x,y\n${Array.from(order, (i) => lines[i]).join("\n")}\n`);
  return at(name);
}
const inOrder = writeRows(
  "ordered.csv",
  Array.from({ length: 600 }, (_, i) => i),
);
const mixed = writeRows("mixed.csv", permutation(key("mix"), 600));
const flat = (text: string) => text.replace(/\s+/g, " ");

describe("unseen fit --group and --time", () => {
  test("--group: the summary speaks of groups, and score of rows of new groups", async () => {
    const { code, stderr } = await capturedRun([
      "fit",
      mixed,
      "--group",
      "device",
      "--ignore",
      "n",
      "-o",
      at("g.onnx"),
      ...quick,
    ]);
    expect(code).toBe(0);
    for (const said of [
      "600 rows, all taken as normal; learned from all of them",
      "the groups: device",
      "60 groups of equal device, each scored by a detector that had not seen it (approximate); the smallest p-value is 1/61 = 0.0164",
      "p-values are for rows of a new group (device), whatever hangs together within one",
    ])
      expect(flat(stderr)).toContain(said);
    expect(stderr).not.toContain("note:");
    const scored = await capturedRun(["score", mixed, "-m", at("g.onnx"), "--workers", "0"]);
    expect(flat(scored.stderr)).toContain(
      "the normal rows belong to new groups".replace("normal rows", "new normal rows"),
    );
    expect(flat(scored.stderr)).toContain(
      "The smallest p-value that 60 calibration groups can give is 1/(60 + 1) = 0.0164.",
    );
    const refused = await capturedRun(["score", mixed, "-m", at("g.onnx"), "--false-alarm-rate", "0.001"]);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining("that 60 calibration groups can resolve"),
    ]);
    const sure = await capturedRun(["score", mixed, "-m", at("g.onnx"), "--confidence", "0.9"]);
    expect([sure.code, sure.stderr]).toEqual([2, expect.stringContaining("drop --confidence")]);
    const inspected = await capturedRun(["inspect", at("g.onnx")]);
    expect(flat(inspected.stdout)).toContain("60 groups of equal device");
    const piped = await capturedRun(["score", "-", "-m", at("g.onnx")], { stdin: ['{"x":99,"y":0}\n'] });
    expect([piped.code, JSON.parse(piped.stdout).p_value]).toEqual([0, 1 / 61]);
  });

  test("--time: the summary says what later rows are compared with, and that nothing is exact", async () => {
    const { code, stdout } = await capturedRun([
      ...[
        "fit",
        mixed,
        "--time",
        "when",
        "--ignore",
        "n,device",
        "--calibration",
        "split",
        "-o",
        at("t.onnx"),
        "--json",
        ...quick,
      ],
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      rowsLearnedFrom: 480,
      calibration: { method: "split", rows: 120, by: { kind: "time", column: "when" }, smallestPValue: 1 / 121 },
    });
    const inspected = await capturedRun(["inspect", at("t.onnx")]);
    expect(flat(inspected.stdout)).toContain(
      "120 later rows by when, held out; the smallest p-value is 1/121 = 0.00826",
    );
    expect(flat(inspected.stdout)).toContain("nothing is exact");
  });

  test("rows in order are told of, with the column that tells the order; mixed, their times and groups are", async () => {
    const argv = (path: string, ignored = "device") => ["fit", path, "--ignore", ignored, "-o", at("w.onnx"), ...quick];
    const ordered = flat((await capturedRun(argv(inOrder))).stderr);
    expect(ordered).toMatch(
      /note: rows next to each other in the file are alike \(correlation 0\.\d\d in "x", 0 by chance\)/,
    );
    expect(ordered).toContain("may be too small for later rows; pass --time n");
    const shuffled = flat((await capturedRun(argv(mixed, "device,n"))).stderr);
    expect(shuffled).not.toContain("next to each other in the file");
    expect(shuffled).toMatch(
      /rows near each other in .*"when".* are alike \(.* in "x", 0 by chance\): .* later rows; pass --time when/,
    );
    expect(shuffled).toMatch(/rows of equal "device" are alike .* pass --group device/);
  });

  test("the file's own order as time, as the note says it", async () => {
    const sql = "select *, row_number() over () as place from input";
    const argv = [
      "fit",
      inOrder,
      "--sql",
      sql,
      "--time",
      "place",
      "--ignore",
      "n,when,device",
      "-o",
      at("o.onnx"),
      ...quick,
    ];
    const { code, stderr } = await capturedRun(argv);
    expect([code, stderr.includes("next to each other")]).toEqual([0, false]);
    expect(flat(stderr)).toContain("300 later rows by place");
  });

  test.each([
    [["--group", "device", "--time", "when"], "fit: expected --group or --time, got both; "],
    [["--group", "devise"], 'fit: --group: expected the name of a column, got "devise"; did you mean "device"?'],
    [
      ["--time", "device"],
      'fit: --time: column "device": expected numbers or times such as 2024-01-31 10:20:30, got text ("d-0"',
    ],
    [["--where", "device = 'd-1'", "--group", "device"], 'fit: --group: column "device": expected at least 2 groups'],
  ])("%j is refused, and nothing is written", async (flags, message) => {
    const before = readdirSync(folder);
    const { code, stdout, stderr } = await capturedRun(["fit", inOrder, "-o", at("no.onnx"), ...flags, ...quick]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`error: ${message}`);
    expect(readdirSync(folder)).toEqual(before);
  });
});
