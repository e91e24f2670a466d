import { expect, test } from "vitest";
import { bytes, count, counted, duration, percent, short, upToOne } from "./number-text.ts";

test.each([
  [count(1234567), "1,234,567"],
  [counted(1, "row"), "1 row"],
  [counted(2000, "row"), "2,000 rows"],
  [percent(0.0523), "5.2 %"],
  [percent(0.0095), "0.95 %"],
  [percent(0.65), "65 %"],
  [percent(0), "0 %"],
  [percent(1), "100 %"],
  [percent(0.9999), "more than 99.9 %"],
  [upToOne(0.9582), "0.958"],
  [upToOne(0.99971), "more than 0.999"],
  [upToOne(1), "1.000"],
  [bytes(512), "512 bytes"],
  [bytes(239190), "239 kB"],
  [bytes(7251674), "7.3 MB"],
  [duration(0.42), "0.4 s"],
  [duration(75), "1 min 15 s"],
  [duration(4000), "1 h 6 min"],
  [short(1 / 2001), "0.0005"],
])("a number is written as %s", (got, expected) => {
  expect(got).toBe(expected);
});
