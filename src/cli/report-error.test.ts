import { expect, test } from "vitest";
import { InputError, Interrupted } from "../errors/index.ts";
import { reportError } from "./report-error.ts";
import type { Terminal } from "./terminal.ts";

function report(error: unknown, json = false): { code: number; said: string } {
  const lines: string[] = [];
  const terminal = {
    say: (line: string) => void lines.push(line),
    err: { red: (text: string) => text },
    signal: new AbortController().signal,
  } as Partial<Terminal> as Terminal;
  return { code: reportError(error, terminal, json), said: lines.join("\n") };
}

test("what the caller can fix exits with 2 and one line", () => {
  expect(report(new InputError("read: x.csv: expected rows"))).toEqual({
    code: 2,
    said: "error: read: x.csv: expected rows",
  });
});

test("an interruption exits with 130", () => {
  expect(report(new Interrupted("score: interrupted"))).toEqual({ code: 130, said: "interrupted" });
});

test("our bug exits with 70, with the stack, its cause, and what to report", () => {
  const { code, said } = report(new Error("broken", { cause: new Error("the root") }));
  expect(code).toBe(70);
  for (const part of [
    "error: Error: broken",
    "report-error.test.ts",
    "caused by Error: the root",
    "This is a bug in unseen",
  ])
    expect(said).toContain(part);
});

test("with --json each is one JSON line", () => {
  for (const error of [new InputError("a"), new Interrupted("b"), new Error("c")]) {
    const { code, said } = report(error, true);
    expect(JSON.parse(said)).toMatchObject({ exitCode: code, error: expect.any(String) });
  }
});
