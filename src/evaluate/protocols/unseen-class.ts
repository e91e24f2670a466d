import { z } from "zod";
import { InputError } from "../../errors/index.ts";
import { count, counted, percent } from "../../numeric/index.ts";
import { drawUnits, placesWhere } from "../draw.ts";
import type { Split } from "../split.ts";
import { anomaliesOf, countAnomalies, divideNormals, joined, type Protocol, type Rows } from "./protocol.ts";
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
    const { train, rest } = divideNormals("unseen-class", rows, trainShare, key);
    const drawn = drawUnits(rows.units, ofOneClass(rows), knownShare, key.for("known"));
    const anomalies = anomaliesOf(rows);
    return held.map((name): Split => {
      const out = placesWhere(rows.classes.length, (row) => rows.classes[row] === name);
      return {
        name: `held out: ${name}`,
        train,
        known: anomalies.filter((row) => drawn[row] === 1 && rows.classes[row] !== name),
        test: joined(rest, out),
        apart: anomalies.filter((row) => drawn[row] === 0 && rows.classes[row] !== name),
      };
    });
  },
  sentence(splits, rows, { trainShare, knownShare, leastRows }) {
    const [{ train, test }] = splits;
    const small = [...classSizes(rows).values()].filter((size) => size < leastRows).length;
    const left =
      small === 0
        ? ""
        : ` (${counted(small, "class", "classes")} with fewer than ${leastRows} rows ${small === 1 ? "is" : "are"} not)`;
    return `${counted(splits.length, "class", "classes")} of anomalies ${splits.length === 1 ? "is" : "are"} held out in turn${left}; detectors that take labels know ${percent(knownShare)} of the rows of the other classes. ${percent(trainShare)} of the normal rows (${count(train.length)}) are learned from and calibrated on; a test has the class held out and ${count(test.length - countAnomalies(test, rows))} other normal rows, and what is left of the known classes is measured class by class.`;
  },
};

/** The class of each row, null where rows of its unit are of several: those cannot be known without telling of another. */
function ofOneClass({ units, classes }: Rows): readonly (string | null)[] {
  const mixed = new Set<number>();
  classes.forEach((name, row) => {
    if (name !== classes[units[row]]) mixed.add(units[row]);
  });
  return classes.map((name, row) => (mixed.has(units[row]) ? null : name));
}

function classSizes({ classes }: Rows): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const name of classes) if (name !== null) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  return new Map([...sizes].sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1)));
}
