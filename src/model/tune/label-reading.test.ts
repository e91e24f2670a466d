import { expect, test } from "vitest";
import { readMarks } from "./label-reading.ts";

const read = (texts: (string | null)[], normal?: string | string[]) => readMarks(texts, "label", normal);

test("common spellings say by themselves what they mean; empty and missing ones are not marked", () => {
  const texts = ["yes", "No", "1", "0.0", "TRUE", "false", "anomalous", "normal", " ", "-", "n/a", null, "1.0"];
  expect(read(texts).marks).toEqual([1, 0, 1, 0, 1, 0, 1, 0, null, null, null, null, 1]);
});

test("the reading is stated", () => {
  expect(read(["yes", "yes", "no"]).sentence).toBe('column "label": yes (2) as anomalous, no (1) as normal');
  expect(read(["1", null]).sentence).toBe('column "label": 1 (1) as anomalous');
});

test("with normal, those texts are normal and all others anomalous; a missing one is not marked", () => {
  expect(read(["ddos", "BENIGN", null, "scan", "?"], "BENIGN").marks).toEqual([1, 0, null, 1, null]);
  expect(read(["ddos", "scan"], "none of them").marks).toEqual([1, 1]);
  expect(read(["-", "x"], "-").marks).toEqual([0, 1]);
  expect(read(["0.0", "2"], ["0"]).marks).toEqual([0, 1]);
});

test("a text that could mean either is asked about", () => {
  expect(() => read(["ddos", "ddos", "fp", "yes"])).toThrow(
    'tune: --label: column "label" says ddos (2), fp (1), which could mean either; say which texts are normal, as in --normal normal: all others are anomalous then',
  );
});

test("a column without a mark is refused", () => {
  expect(() => read([null, "-"])).toThrow(
    'tune: --label: column "label": expected some rows that are marked, got none of 2; write yes or no beside the rows you know',
  );
});
