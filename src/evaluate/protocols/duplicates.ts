import { z } from "zod";
import type { Split } from "../split.ts";
import type { Rows } from "./protocol.ts";

/** The option of protocols whose split the data give. */
export const duplicates = z
  .enum(["keep", "drop"])
  .default("keep")
  .describe("Test rows that equal a training row in every used column: kept and reported, or dropped from the test.");

/** Places of the test rows that are in one unit with a row that is learned from. */
export function straddling({ train, known, test, apart = new Uint32Array(0) }: Split, { units }: Rows): Uint32Array {
  const learned = new Set([...train, ...known].map((row) => units[row]));
  return Uint32Array.from([...test, ...apart].filter((row) => learned.has(units[row])));
}

/** A split as it is, or without those rows. */
export function withDuplicates(split: Split, rows: Rows, duplicates: "keep" | "drop"): Split {
  if (duplicates === "keep") return split;
  const gone = new Set(straddling(split, rows));
  return { ...split, test: split.test.filter((row) => !gone.has(row)) };
}
