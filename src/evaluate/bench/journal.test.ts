import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Entry, openJournal } from "./journal.ts";

const folder = mkdtempSync(join(tmpdir(), "journal-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const entry = (measured: number, code = "a"): Entry<number> => ({
  measured,
  error: null,
  code,
  machine: "2 cores",
  node: "20",
  at_once: 1,
});
const [one, two] = [{ set: "one" }, { set: "two" }];

test("what was added is found by the next who opens it, the later of two", () => {
  const path = join(folder, "plain/suite.jsonl");
  {
    using journal = openJournal<number>(path, { code: "a" });
    journal.add(one, entry(1));
    journal.add(two, entry(2));
    journal.add(one, entry(3));
    expect(journal.find(one)).toEqual(entry(3));
  }
  using journal = openJournal<number>(path, { code: "a" });
  expect([journal.find(one), journal.find(two), journal.find({ set: "three" })]).toEqual([
    entry(3),
    entry(2),
    undefined,
  ]);
  using fresh = openJournal<number>(path, { code: "a", fresh: true });
  expect(fresh.find(one)).toBe(undefined);
});

test("what other code measured is found only on request", () => {
  const path = join(folder, "code.jsonl");
  using journal = openJournal<number>(path, { code: "a" });
  journal.add(one, entry(1, "a"));
  using other = openJournal<number>(path, { code: "b" });
  expect([other.find(one), other.byOtherCode([one, two])]).toEqual([undefined, 1]);
  other.add(one, entry(2, "b"));
  using any = openJournal<number>(path, { code: "c", anyCode: true });
  expect(any.find(one)).toEqual(entry(2, "b"));
  using first = openJournal<number>(path, { code: "a" });
  expect(first.find(one)).toEqual(entry(1, "a"));
});

test("a torn last line is taken away, wherever it was torn", () => {
  const path = join(folder, "torn.jsonl");
  {
    using journal = openJournal<number>(path, { code: "a" });
    journal.add(one, entry(1));
    journal.add(two, entry(2));
  }
  const whole = readFileSync(path);
  const first = whole.indexOf("\n") + 1;
  for (let cut = first; cut < whole.length; cut += 7) {
    writeFileSync(path, whole.subarray(0, cut));
    using journal = openJournal<number>(path, { code: "a" });
    expect([journal.find(one)?.measured, journal.find(two)]).toEqual([1, undefined]);
    expect(readFileSync(path).length).toBe(first);
    journal.add(two, entry(2));
    expect(readFileSync(path)).toEqual(whole);
  }
});

test("a place that cannot be written is an error with a remedy", () => {
  const path = join(folder, "file");
  writeFileSync(path, "");
  expect(() => openJournal(join(path, "in/suite.jsonl"), { code: "a" })).toThrow(
    `bench: --results: expected a folder that can be written, got ${path}/in (ENOTDIR); pass another`,
  );
});

test("a line that cannot be read is an error with its place", () => {
  const path = join(folder, "damaged.jsonl");
  appendFileSync(path, '{"id":"x"}\n');
  expect(() => openJournal(path, { code: "a" })).toThrow(
    `bench: ${path}: line 1: expected a measurement in JSON, got "{\\"id\\":\\"x\\"}"; take the line out, or pass another --results`,
  );
});
