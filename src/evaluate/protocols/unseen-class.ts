import { z } from "zod";
import { InputError } from "../../errors/index.ts";
import { count, counted, type Key, percent } from "../../numeric/index.ts";
import { drawUnits } from "../draw.ts";
import type { Split } from "../split.ts";
import { besideText, countAnomalies, divideNormals, joined, type Protocol, type Rows } from "./protocol.ts";
import { trainShare } from "./train-share.ts";

const options = z.object({
  trainShare,
  knownShare: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.5)
    .describe("The share of the rows of the other classes that detectors which take labels know."),
  leastRows: z.int().min(1).max(1_000_000).default(10).describe("Classes with fewer rows are not held out."),
});

/** Each class of anomalies is held out in turn: how well is found what no one has seen, by those who know the others? */
export const unseenClass: Protocol<typeof options> = {
  name: "unseen-class",
  summary: "holds each class of anomalies out in turn; the others are known to detectors that take labels",
  options,
  splits(rows, { trainShare, knownShare, leastRows }, key) {
    const sizes = classSizes(rows);
    const held = [...sizes].filter(([, size]) => size >= leastRows).map(([name]) => name);
    if (sizes.size < 2 || held.length === 0)
      throw new InputError(
        `unseen-class: classes: expected at least two of anomalies, one of them with ${leastRows} rows or more, got ${[...sizes].map(([name, size]) => `${name} (${size})`).join(", ") || "none"}; name a label column that tells classes apart, or choose one-class or few-labels`,
      );
    const { train, rest, free, beside } = divideNormals("unseen-class", rows, trainShare, key);
    const known = drawKnown(rows, beside, knownShare, key.for("known"));
    const of = (part: Uint32Array, name: string, same: boolean) =>
      part.filter((row) => (rows.classes[row] === name) === same);
    const left = free.filter((row) => known[row] === 0);
    const learned = joined(free, beside).filter((row) => known[row] === 1);
    const split = (name: string): Split => ({
      name: `held out: ${name}`,
      train,
      known: of(learned, name, false),
      test: joined(rest, of(free, name, true)),
      apart: of(left, name, false),
    });
    // A class that is all in units learned from cannot be held out.
    const splits = held.filter((name) => of(free, name, true).length > 0).map(split);
    if (splits.length > 0) return splits;
    throw new InputError(
      `unseen-class: classes: expected one of ${leastRows} rows or more outside the twins and groups that are learned from, got none; use a smaller --train-share, or a --group of smaller groups`,
    );
  },
  sentence(splits, rows, { trainShare, knownShare, leastRows }) {
    const [{ train, test }] = splits;
    const small = [...classSizes(rows).values()].filter((size) => size < leastRows).length;
    const left =
      small === 0
        ? ""
        : ` (${counted(small, "class", "classes")} with fewer than ${leastRows} rows ${small === 1 ? "is" : "are"} not)`;
    return `${counted(splits.length, "class", "classes")} of anomalies ${splits.length === 1 ? "is" : "are"} held out in turn${left}; detectors that take labels know ${percent(knownShare)} of the rows of the other classes. ${percent(trainShare)} of the normal rows (${count(train.length)}) are learned from and calibrated on; a test has the class held out and ${count(test.length - countAnomalies(test, rows))} other normal rows, and what is left of the known classes is measured class by class.${besideText(splits[0], rows)}`;
  },
};

/**
 * Which anomalies are known, 1 for those: a share of each class, whole units of one class. What is beside the rows learned
 * from never tests, so that single rows of it can be known.
 */
function drawKnown({ units, classes }: Rows, beside: Uint32Array, share: number, key: Key): Uint8Array {
  const single = units.slice();
  for (const row of beside) single[row] = row;
  const mixed = new Set<number>();
  classes.forEach((name, row) => {
    if (name !== classes[single[row]]) mixed.add(single[row]);
  });
  const strata = classes.map((name, row) => (mixed.has(single[row]) ? null : name));
  const drawn = drawUnits(single, strata, share, key);
  return drawn.map((side, row) => (classes[row] === null ? 0 : side));
}

function classSizes({ classes }: Rows): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const name of classes) if (name !== null) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  return new Map([...sizes].sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1)));
}
