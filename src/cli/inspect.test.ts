import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { capturedRun } from "./captured-run.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-inspect-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}
const flows = write(
  "flows.csv",
  `flow_id,bytes,protocol,same,label\n${Array.from({ length: 40 }, (_, i) => `${i},${(i * 7919) % 97},${i % 2 ? "tcp" : "udp"},v1,${i > 36 ? "attack" : "fine"}`).join("\n")}\n`,
);

describe("unseen inspect on rows", () => {
  test("shows each column, what was left aside and why, and the command that comes next", async () => {
    const { code, stdout, stderr } = await capturedRun(["inspect", flows]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/40 rows, 5 columns, 3 used/);
    expect(stdout).toMatch(/ {2}flow_id {2,}id {2,}no {2,}0 {2,}40 {2,}0, 1, 2/);
    expect(stdout).toMatch(/ {2}bytes {2,}numeric {2,}yes/);
    expect(stdout).toContain("same: one value");
    expect(stdout).toContain('"label" (fine in 37 rows, attack in 3 rows) looks like a label');
    expect(stdout.trim().split("\n").at(-1)).toBe(
      `next: unseen fit ${flows} --label label --normal fine -o model.onnx`,
    );
  });

  test("with --json is one object", async () => {
    const { stdout } = await capturedRun(["inspect", flows, "--ignore", "label", "--json"]);
    const { rows, columns, next } = JSON.parse(stdout);
    expect(rows).toBe(40);
    expect(columns.map(({ name, used }: { name: string; used: boolean }) => [name, used])).toEqual([
      ["flow_id", false],
      ["bytes", true],
      ["protocol", true],
      ["same", false],
      ["label", false],
    ]);
    expect(next).toBe(`unseen fit ${flows} --ignore label -o model.onnx`);
  });

  test("a column that fit would refuse does not hide the others", async () => {
    const mixed = write("mixed.csv", "a,b\n1,x\n2,3\n3,4\n");
    const { code, stdout } = await capturedRun(["inspect", mixed]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/to be settled before fit\n {2}column "b": 1 of 3 values are text \("x"\)/);
    expect(stdout).toContain("next, once that is settled: unseen fit");
  });

  test("a split column is suggested with its training part", async () => {
    const both = write(
      "both.csv",
      `x,split\n${Array.from({ length: 9 }, (_, i) => `${i * i - 5},${i < 3 ? "train" : "test"}`).join("\n")}\n`,
    );
    expect((await capturedRun(["inspect", both])).stdout).toContain(
      `--where "split = 'train'" --ignore split -o model.onnx`,
    );
  });

  test("an ignored name that no column has is refused", async () => {
    const { code, stderr } = await capturedRun(["inspect", flows, "--ignore", "flowid"]);
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean "flow_id"?');
  });
});

describe("unseen inspect on a model", () => {
  test("shows what is inside, as text and as one object", async () => {
    const model = join(folder, "model.onnx");
    await capturedRun(["fit", flows, "--label", "label", "--normal", "fine", "--detector", "knn", "-o", model]);
    const { code, stdout } = await capturedRun(["inspect", model]);
    expect(code).toBe(0);
    for (const said of [
      "knn: distance to",
      "--k 1",
      "doi.org/10.1145",
      "2 used",
      "1/38",
      "label = fine",
      "holds 37 training rows",
      "format 1",
    ])
      expect(stdout).toContain(said);
    const json = JSON.parse((await capturedRun(["inspect", model, "--json"])).stdout);
    expect(json).toMatchObject({ smallestPValue: 1 / 38, key: 0, detector: { name: "knn" }, source: { rows: 37 } });
  });

  test("a file that is no model is refused by name", async () => {
    const fake = write("fake.onnx", "not a model");
    const { code, stdout, stderr } = await capturedRun(["inspect", fake]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^error: load: .*fake\.onnx: .+\n$/);
  });
});
