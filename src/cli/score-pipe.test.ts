import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { key, normal } from "../numeric/index.ts";
import { capturedRun } from "./captured-run.ts";
import { runCli } from "./run-cli.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-pipe-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const model = at("model.onnx");

beforeAll(async () => {
  const draw = normal(key(1));
  const lines = Array.from({ length: 1500 }, () => `${draw().toFixed(4)},${draw().toFixed(4)}`);
  const train = at("train.csv");
  writeFileSync(train, `x,y\n${lines.join("\n")}\n`);
  const { code } = await capturedRun([
    "fit",
    train,
    "--detector",
    "mahalanobis",
    "--calibration",
    "split",
    "-o",
    model,
  ]);
  expect(code).toBe(0);
});

describe("unseen score on a pipe", () => {
  const line = '{"id":12345678901234567890,"x":0.5,"y":0}';
  const pipe = (lines: Iterable<string> | AsyncIterable<string>, ...argv: string[]) =>
    capturedRun(["score", "-", "-m", model, ...argv], { stdin: lines });

  test("appends to each object as it came, digits and all", async () => {
    const { code, stdout, stderr } = await pipe([`${line}\n{ "y": 99, "x": 99 }\r\n`]);
    expect(code).toBe(0);
    const [first, second] = stdout.trim().split("\n");
    expect(first).toMatch(
      /^\{"id":12345678901234567890,"x":0.5,"y":0,"score":[\d.]+,"p_value":[\d.]+,"flagged":false\}$/,
    );
    expect(second).toMatch(/^\{ "y": 99, "x": 99,"score":[\d.]+,"p_value":0.00[\d]+,"flagged":true\}$/);
    expect(stderr).toContain("flagged 1 of 2 rows");
  });

  test("answers each row before the next one comes", async () => {
    let answered = 0;
    async function* rows() {
      for (let i = 0; i < 3; i++) {
        yield `${line}\n`;
        while (answered <= i) await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        answered++;
        done();
      },
    });
    const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
    expect(await runCli(["score", "-", "-m", model], { stdin: Readable.from(rows()), stdout, stderr })).toBe(0);
    expect(answered).toBe(3);
  });

  test("a slow reader holds the writer back", async () => {
    let [read, written] = [0, 0];
    async function* rows() {
      for (; read < 200; read++) yield `${line}\n`.repeat(500);
    }
    let ahead = 0;
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        written += String(chunk).split("\n").length - 1;
        ahead = Math.max(ahead, read * 500 - written);
        setTimeout(done, 1);
      },
    });
    const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
    const stdin = Readable.from(rows(), { highWaterMark: 2 });
    expect(await runCli(["score", "-", "-m", model], { stdin, stdout, stderr })).toBe(0);
    expect(written).toBe(100_000);
    expect(ahead).toBeLessThan(5_000);
  });

  test("a bad line is named after the rows before it were written", async () => {
    for (const [bad, message] of [
      [
        "oops",
        'read: standard input: line 4: expected one JSON object, got "oops"; write each row as one object on one line (jq -c . makes that of JSON)',
      ],
      [
        '{"x":1,"y":"wet"}',
        'score: standard input: line 4: column "y": expected a number, got "wet"; write null for a missing value, leave such rows out, or fit anew with --column y=category or --ignore y',
      ],
      [
        '{"x":1}',
        'score: standard input: line 4: expected a value for "y", got none; add it, with null for a missing value',
      ],
      [
        '{"x":1,"y":1,"score":2}',
        'score: standard input: line 4: column "score": expected a free name, got one that the row has; pass --prefix unseen_',
      ],
    ]) {
      const { code, stdout, stderr } = await pipe([`${line}\n\n${line}\n${bad}\n${line}\n`]);
      expect(stderr).toBe(`error: ${message}\n`);
      expect(code).toBe(2);
      expect(stdout.split("\n").length - 1).toBe(2);
    }
  });

  test.each([
    [
      ["--fdr", "0.05"],
      "score: --fdr: expected a file, for it looks at all rows at once, got a pipe; pass --false-alarm-rate 0.05, or score a file",
    ],
    [
      ["--label", "label"],
      "score: --label: expected a file, for it compares all rows, got a pipe; score a file, or drop --label",
    ],
    [
      ["--where", "x > 1"],
      "score: --where: expected a file as input, got a pipe; save the rows in a file and score it, or drop --where",
    ],
    [
      ["-o", "out.jsonl"],
      "score: --output: expected a file as input, for rows of a pipe go to standard output, got a pipe; write > out.jsonl instead",
    ],
    [
      ["--keep", "id"],
      'score: standard input: line 1: --keep: column "id": expected integers of at most 2^53, got a larger one; drop --keep, which leaves rows as they came',
    ],
  ])("%j is refused on a pipe", async (argv, message) => {
    expect(await pipe([`${line}\n`], ...argv)).toEqual({ code: 2, stdout: "", stderr: `error: ${message}\n` });
  });

  test("an empty pipe is refused", async () => {
    expect((await pipe([])).stderr).toBe(
      "error: score: standard input: expected rows, got none; write each row as one JSON object on one line\n",
    );
  });

  test("--keep, --prefix, --only and --json choose what is written", async () => {
    const { stdout, stderr } = await pipe(
      ['{"x":0,"y":0}\n{"x":99,"y":0}\n'],
      "--keep",
      "none",
      "--prefix",
      "u_",
      "--only",
      "flagged",
      "--json",
    );
    expect(JSON.parse(stdout)).toEqual({
      u_row: 2,
      u_score: expect.any(Number),
      u_p_value: expect.any(Number),
      u_flagged: true,
    });
    expect(JSON.parse(stderr.trim().split("\n").at(-1)!)).toMatchObject({ rows: 2, flagged: 1, rowsWritten: 1 });
  });

  test("Ctrl-C ends a pipe that waits, with 130", async () => {
    const abort = new AbortController();
    const stdin = new PassThrough();
    stdin.write(`${line}\n`);
    setTimeout(() => abort.abort(), 500);
    const { code, stdout, stderr } = await capturedRun(["score", "-", "-m", model], { stdin, signal: abort.signal });
    expect(code).toBe(130);
    expect(stdout.split("\n").length - 1).toBe(1);
    expect(stderr).toBe("1 row scored, 0 flagged\ninterrupted\n");
  });
});
