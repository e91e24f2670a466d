import { describe, expect, test } from "vitest";
import { capturedRun } from "./captured-run.ts";
import { version } from "./version.ts";

describe("the command line", () => {
  test("--version prints the version alone", async () => {
    expect(await capturedRun(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("without a command prints help on stderr and exits with 2", async () => {
    const { code, stdout, stderr } = await capturedRun([]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("Start here:");
    expect(stderr).not.toContain("error:");
  });

  test.each(["inspect", "fit", "score", "detectors"])("%s --help has at least 3 examples", async (command) => {
    const { code, stdout, stderr } = await capturedRun([command, "--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.split("Examples:")[1].match(/\$ .*unseen /g)!.length).toBeGreaterThanOrEqual(3);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  test.each([
    [["scroe", "x.csv"], "error: unknown command 'scroe'; did you mean score?\n"],
    [["score", "x.csv", "--modle", "m.onnx"], "error: unknown option '--modle'; did you mean --model?\n"],
    [["score"], "error: missing required argument 'file'; --help shows what is expected\n"],
    [
      ["inspect", "a.csv", "b.csv"],
      `error: too many arguments for 'inspect': expected 1 argument but got 2; quote a pattern, so that the shell leaves it whole: "*.csv"\n`,
    ],
    [["score", "x.csv"], "error: score: --model: expected a model file, got none; pass -m model.onnx\n"],
    [
      ["score", "x.csv", "-m", "m.onnx", "--fdr", "5%"],
      'error: score: --fdr: expected a number between 0 and 1, got "5%"; give --fdr 0.05 for 5 %\n',
    ],
    [
      ["score", "x.csv", "-m", "m.onnx", "--ties", "maybe"],
      'error: score: --ties: expected conservative or random, got "maybe"\n',
    ],
    [
      ["fit", "x.csv", "--column", "zip"],
      'error: fit: --column: expected name=kind, got "zip"; pass --column zip=category\n',
    ],
    [
      ["fit", "x.csv", "--workers", "many"],
      'error: fit: --workers: expected a whole number ≥ 0, got "many"; pass --workers 2\n',
    ],
  ])("%j exits with 2 and says what to do", async (argv, message) => {
    expect(await capturedRun(argv)).toEqual({ code: 2, stdout: "", stderr: message });
  });

  test("an error with --json is one JSON line on stderr", async () => {
    const { code, stdout, stderr } = await capturedRun(["inspect", "nothing.csv", "--json"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(JSON.parse(stderr)).toEqual({
      error: expect.stringMatching(/^read: nothing\.csv: no such file/),
      exitCode: 2,
    });
  });

  test("colors appear on a terminal only", async () => {
    expect((await capturedRun(["inspect", "nothing.csv"], { tty: true })).stderr).toContain("\x1b[31merror");
    expect((await capturedRun(["inspect", "nothing.csv"])).stderr).toMatch(/^error: /);
  });
});
