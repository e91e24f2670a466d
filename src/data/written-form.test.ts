import fc from "fast-check";
import { expect, test } from "vitest";
import { secondsOf } from "./spellings.ts";
import { writeTime, writtenForm } from "./written-form.ts";

test.each([
  [["2024-01-31", "2024-02-01"], "YYYY-MM-DD"],
  [["2001/01/01 06:55", "2001/12/31 23:00"], "YYYY/MM/DD hh:mm"],
  [["2001/10/11", "2001/1/2"], "YYYY/M/D"],
  [["2024-01-31T10:20:30Z"], "YYYY-MM-DDThh:mm:ssZ"],
  [["2024-01-31 10:20:30.250+02:00"], "YYYY-MM-DD hh:mm:ss.fff+02:00"],
  [["2024-01-31", "2024-02-01 10:30"], "YYYY-MM-DD hh:mm"],
])("times written as %s have the form %s", (texts, form) => {
  expect(writtenForm("timestamp", texts)).toBe(form);
});

test.each([
  [["Yes", "No"], "No/Yes"],
  [["f"], "f/t"],
  [["TRUE"], "FALSE/TRUE"],
  [["1", "0"], "0/1"],
])("booleans written as %s have the form %s", (texts, form) => {
  expect(writtenForm("boolean", texts)).toBe(form);
});

test("other kinds, and texts that are no times, have none", () => {
  expect(writtenForm("numeric", ["1"])).toBeUndefined();
  expect(writtenForm("timestamp", ["Jun 12 1998"])).toBeUndefined();
  expect(writtenForm("boolean", ["maybe"])).toBeUndefined();
});

test("what is written in a form is read as the same time, and has the form", () => {
  const forms = ["YYYY-MM-DD hh:mm:ss", "YYYY/M/D h:mm:ss", "YYYY-MM-DDThh:mm:ssZ", "YYYY-MM-DD hh:mm:ss-05:30"];
  fc.assert(
    fc.property(fc.constantFrom(...forms), fc.integer({ min: 0, max: 4e9 }), (form, seconds) => {
      const text = writeTime(seconds, form);
      expect(secondsOf(text)).toBe(seconds);
      if (!/[MDh]/.test(form.replace(/MM|DD|hh/g, ""))) expect(writtenForm("timestamp", [text])).toBe(form);
    }),
  );
});

test("where a form would lose seconds, ISO 8601 keeps them", () => {
  expect(writeTime(90, "YYYY-MM-DD hh:mm")).toBe("1970-01-01T00:01:30.000Z");
  expect(writeTime(0.25, "YYYY-MM-DD hh:mm:ss.ff")).toBe("1970-01-01 00:00:00.25");
});
