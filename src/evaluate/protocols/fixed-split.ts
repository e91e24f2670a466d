import { z } from "zod";
import { InputError } from "../../errors/index.ts";
import { count } from "../../numeric/index.ts";
import { placesWhere } from "../draw.ts";
import { duplicates, withDuplicates } from "./duplicates.ts";
import { countAnomalies, type Protocol } from "./protocol.ts";

const options = z.object({
  splitColumn: z.string().min(1).default("split").describe("The column that says which rows train and which test."),
  train: z.string().min(1).default("train").describe("What it says of rows to learn from."),
  test: z.string().min(1).default("test").describe("What it says of rows that test."),
  duplicates,
});

/** A column says which rows are learned from and which test, as published splits do. */
export const fixedSplit: Protocol<typeof options> = {
  name: "fixed-split",
  summary: "a column says which rows train and which test",
  options,
  given: true,
  column: ({ splitColumn }) => splitColumn,
  splits(rows, { splitColumn, train, test, duplicates }) {
    const { parts, anomalous } = rows;
    if (parts === null) throw new Error("fixedSplit: expected what the column says, got nothing");
    if (train === test)
      throw new InputError(`fixed-split: --test: expected another value than --train, got ${test} for both`);
    const of = (part: string, kind?: number) =>
      placesWhere(parts.length, (row) => parts[row] === part && (kind === undefined || anomalous[row] === kind));
    for (const [flag, value] of [
      ["--train", train],
      ["--test", test],
    ])
      if (!parts.includes(value))
        throw new InputError(
          `fixed-split: ${flag}: expected a value of column "${splitColumn}", which says ${listed(parts)}; got ${value}`,
        );
    const split = { name: "", train: of(train, 0), known: of(train, 1), test: of(test) };
    if (split.train.length < 3)
      throw new InputError(
        `fixed-split: --train: expected at least 3 normal rows to learn from, got ${split.train.length} where column "${splitColumn}" says ${train}`,
      );
    return [withDuplicates(split, rows, duplicates)];
  },
  sentence([{ train, known, test }], rows, { splitColumn, ...values }) {
    const anomalies = countAnomalies(test, rows);
    const others = (rows.parts ?? []).filter((part) => part !== values.train && part !== values.test).length;
    const unused = others === 0 ? "" : ` ${count(others)} rows of which it says something else are not used.`;
    const more =
      known.length === 0
        ? ""
        : ` Detectors that take labels know the ${count(known.length)} anomalies of the training part.`;
    return `Column "${splitColumn}" says it: ${count(train.length)} normal rows are learned from and calibrated on; the test has ${count(test.length - anomalies)} normal rows and ${count(anomalies)} anomalies.${more}${unused}`;
  },
};

function listed(parts: readonly (string | null)[]): string {
  const different = [...new Set(parts)].map((part) => part ?? "nothing (missing)");
  return `${different.slice(0, 8).join(", ")}${different.length > 8 ? ", …" : ""}`;
}
