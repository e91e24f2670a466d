import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { key, normal } from "../numeric/index.ts";
import { capturedRun } from "./captured-run.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-discover-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

/** Two numbers and a category; the first `count` rows are a clump. */
function writeRows(name: string, seed: number, rows: number, count: number): string {
  const z = normal(key(seed));
  const lines = Array.from({ length: rows }, (_, i) =>
    i < count ? `${3 + z() / 10},${-3 + z() / 10},odd` : `${z()},${z()},${i % 3 ? "tcp" : "udp"}`,
  );
  writeFileSync(at(name), `x,y,protocol\n${lines.join("\n")}\n`);
  return at(name);
}
const [window, reference] = [writeRows("window.csv", 1, 150, 12), writeRows("reference.csv", 2, 600, 0)];
const quick = ["--reference", reference, "--toys", "19", "--workers", "0"];

describe("unseen discover", () => {
  test("says, draws and lists: the verdict, the toys, the levels, the place", async () => {
    const [output, save] = [at("rows.csv"), at("f.onnx")];
    const { code, stdout, stderr } = await capturedRun(["discover", window, ...quick, "-o", output, "--save", save]);
    expect(stderr).toContain(`${output}: 150 rows with f and what each kernel adds to it`);
    expect(code).toBe(0);
    expect(stdout).toContain("p ≤ 0.05, Z ≥ 1.64");
    expect(stdout).toMatch(/toys {2,}[▁▂▃▄▅▆▇█ ]+\n {2}window +▲/);
    expect(stdout).toMatch(/excess 1 +about \d+\.\d rows too many/);
    expect(stdout).toMatch(/protocol +odd +tcp +·+\|·+[●▶]/);
    expect(stdout).toContain("window rows that carry most:");
    expect(stdout).toContain("arXiv 2511.03095");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100 + folder.length);
    expect(readFileSync(output, "utf8").split("\n", 1)[0]).toMatch(/^x,y,protocol,f,kernel_1,/);
    expect(existsSync(save)).toBe(true);
  });

  test("--json: one object, equal for equal keys", async () => {
    const run = async () =>
      JSON.parse((await capturedRun(["discover", window, ...quick, "--json", "--key", "3"])).stdout);
    const [{ seconds: _, ...one }, { seconds: __, ...two }] = [await run(), await run()];
    expect(one.sparker.pValue).toBe(0.05);
    expect(one.sparker.f).toHaveLength(150);
    expect(two).toEqual(one);
  });

  test("a peer alone", async () => {
    const { stdout } = await capturedRun(["discover", window, "--reference", reference, "--method", "c2st"]);
    expect(stdout).toMatch(/^(the window|nothing new).*: p /);
    expect(stdout).toContain("AUROC on rows held out");
  });

  test.each([
    [
      ["discover", window],
      "discover: --reference: expected a file of usual rows, got none; pass --reference normal.csv",
    ],
    [
      ["discover", window, ...quick, "--quick"],
      "discover: expected one of --toys, --quick and --precise, got more; pass one",
    ],
    [
      ["discover", window, ...quick, "--kernels", "many"],
      'discover: kernels: expected an integer from 0 to 200, got "many"',
    ],
    [
      ["discover", window, ...quick, "-o", window],
      "expected another path than that of the window, which would be lost",
    ],
    [["discover", window, "--reference", at("none.csv")], "none.csv"],
    [
      ["discover", window, ...quick, "--power", "2"],
      "discover: power: expected a share between 0 and 1, as in 0.01, got 2",
    ],
    [
      ["discover", window, "--reference", reference, "--method", "c2st", "-o", at("x.csv")],
      "discover: --output: expected sparker among the methods",
    ],
  ])("%j is refused", async (argv, message) => {
    const { code, stderr } = await capturedRun(argv);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
