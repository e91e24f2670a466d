import fc from "fast-check";
import { expect, test } from "vitest";
import { key } from "../../numeric/index.ts";
import { describeOptions, parseOptions } from "../../options/index.ts";
import { type Protocol, protocolNamed, protocols, type Rows } from "./index.ts";

/** Rows of normals and three classes, many of them twins of one another, across classes too. */
const rowSets = fc
  .array(
    fc.record({
      name: fc.constantFrom(null, null, null, null, "a", "b", "c"),
      unit: fc.nat(120),
      time: fc.nat(20),
      part: fc.constantFrom("train", "test"),
    }),
    { minLength: 150, maxLength: 250 },
  )
  .map((rows): Rows => {
    const units = rows.map(({ unit }) => unit);
    return {
      anomalous: Uint8Array.from(rows, ({ name }) => (name === null ? 0 : 1)),
      classes: rows.map(({ name }) => name),
      units: Uint32Array.from(units, (unit) => units.indexOf(unit)),
      time: Float64Array.from(rows, ({ time }) => time),
      parts: rows.map(({ part }) => part),
    };
  });

const small: Record<string, object> = { "few-labels": { labels: "2,4" }, "unseen-class": { leastRows: 2 } };
const drop = { duplicates: "drop" };

function splitsOf(protocol: Protocol, rows: Rows, seed: number, options: object = {}) {
  const given = { ...small[protocol.name], ...options };
  return protocol.splits(rows, parseOptions(protocol.name, protocol.options, given), key(seed));
}

test.each(protocols)("$name: no row is in two parts, and what is learned from never equals what tests", (protocol) => {
  fc.assert(
    fc.property(rowSets, fc.nat(9), (rows, seed) => {
      for (const split of splitsOf(protocol, rows, seed, protocol.given && drop)) {
        const { train, known, test, apart = new Uint32Array(0) } = split;
        const all = [...train, ...known, ...test, ...apart];
        expect(new Set(all).size).toBe(all.length);
        const learned = new Set([...train, ...known].map((row) => rows.units[row]));
        for (const row of [...test, ...(protocol.given ? [] : apart)]) expect(learned.has(rows.units[row])).toBe(false);
        expect([...known, ...apart].every((row) => rows.anomalous[row] === 1)).toBe(true);
        const hidden = train.filter((row) => rows.anomalous[row] === 1).length;
        expect(hidden > 0).toBe(protocol.name === "contaminated");
      }
    }),
    { numRuns: 40 },
  );
});

test.each(protocols)("$name: equal key, equal splits, and another key draws others unless the data say", (protocol) => {
  const parts = Array.from({ length: 140 }, (_, row) => (row % 2 === 0 ? "train" : "test"));
  const rows = { ...plain(100, { a: 20, b: 20 }), parts };
  const [once, again, other] = [1, 1, 2].map((seed) => JSON.stringify(splitsOf(protocol, rows, seed)));
  expect(again).toBe(once);
  expect(other === once).toBe(protocol.given === true);
});

test.each(protocols)("$name: a sentence says what was done", (protocol) => {
  const parts = Array.from({ length: 140 }, (_, row) => (row % 2 === 0 ? "train" : "test"));
  const rows = { ...plain(100, { a: 20, b: 20 }), time: Float64Array.from(parts.keys(), (row) => row % 7), parts };
  const options = parseOptions(protocol.name, protocol.options, small[protocol.name] ?? {});
  const sentence = protocol.sentence(protocol.splits(rows, options, key(0)), rows, options);
  expect(sentence).toMatch(/^[A-Z0-9].*\.$/);
  expect(sentence).toMatch(/\d/);
  expect(sentence).not.toMatch(/NaN|undefined/);
});

test("options of one name are one option, so that they can share a flag", () => {
  const sentences = new Map<string, string>();
  for (const { options } of protocols)
    for (const { name, sentence, type } of describeOptions(options)) {
      const said = `${type}: ${sentence}`;
      expect(sentences.get(name) ?? said).toBe(said);
      sentences.set(name, said);
    }
});

/** `normals` normal rows and some of each class, all different. */
function plain(normals: number, classes: Record<string, number>): Rows {
  const names = [
    ...Array.from({ length: normals }, () => null),
    ...Object.entries(classes).flatMap(([name, size]) => Array.from({ length: size }, () => name)),
  ];
  return {
    anomalous: Uint8Array.from(names, (name) => (name === null ? 0 : 1)),
    classes: names,
    units: Uint32Array.from(names.keys()),
    time: Float64Array.from(names.keys()),
    parts: null,
  };
}

const counted = (rows: Rows, part: Uint32Array) => {
  const counts: Record<string, number> = {};
  for (const row of part) counts[rows.classes[row] ?? "normal"] = (counts[rows.classes[row] ?? "normal"] ?? 0) + 1;
  return counts;
};

test("one-class: half of the normals train, the rest and all anomalies test", () => {
  const rows = plain(100, { a: 7, b: 3 });
  const [split] = splitsOf(protocolNamed("one-class"), rows, 0);
  expect([counted(rows, split.train), split.known.length]).toEqual([{ normal: 50 }, 0]);
  expect(counted(rows, split.test)).toEqual({ normal: 50, a: 7, b: 3 });
  const [most] = splitsOf(protocolNamed("one-class"), rows, 0, { trainShare: 0.6 });
  expect(most.train.length).toBe(60);
});

test("unseen-class: the class held out is in the test and not known, half of the others is known, the rest apart", () => {
  const rows = plain(100, { a: 20, b: 10, c: 1 });
  const splits = splitsOf(protocolNamed("unseen-class"), rows, 0);
  expect(splits.map(({ name }) => name)).toEqual(["held out: a", "held out: b"]);
  expect(counted(rows, splits[0].test)).toEqual({ normal: 50, a: 20 });
  expect(counted(rows, splits[0].known)).toMatchObject({ b: 5 });
  expect(counted(rows, splits[1].known)).toMatchObject({ a: 10 });
  expect(counted(rows, splits[1].apart!)).toMatchObject({ a: 10 });
  expect(splits[1].train).toBe(splits[0].train);
});

test("groups of both kinds train too: their anomalies are left out of the test, or known", () => {
  const rows = plain(200, { a: 40, b: 40 });
  const units = Uint32Array.from(rows.classes.keys(), (row) => row % 20);
  const grouped = { ...rows, units };
  const [split] = splitsOf(protocolNamed("one-class"), grouped, 0);
  expect(split.train.length).toBe(100);
  expect(counted(grouped, split.test)).toEqual({ normal: 100, a: 20, b: 20 });
  const sentence = protocolNamed("one-class").sentence([split], grouped, { trainShare: 0.5 });
  expect(sentence).toContain(
    "40 anomalies that would be on both sides of the split, by twins or groups, are left out.",
  );
  const [held] = splitsOf(protocolNamed("unseen-class"), grouped, 0);
  expect(held.known.length).toBeGreaterThan(5);
  expect([...held.known].every((row) => held.train.some((other) => units[other] === units[row]))).toBe(true);
});

test("few-labels: numbers are nested, classes in proportion, and one test serves all", () => {
  const rows = plain(100, { a: 60, b: 30, c: 10 });
  const splits = splitsOf(protocolNamed("few-labels"), rows, 0, { labels: "20,10" });
  expect(splits.map(({ name }) => name)).toEqual(["10 labelled", "20 labelled"]);
  expect(counted(rows, splits[1].known)).toEqual({ a: 12, b: 6, c: 2 });
  expect([...splits[0].known].every((row) => splits[1].known.includes(row))).toBe(true);
  expect(splits[0].test).toBe(splits[1].test);
  expect(counted(rows, splits[0].test)).toEqual({ normal: 50, a: 48, b: 24, c: 8 });
});

test("contaminated: the share of anomalies among the rows learned from is the one asked for", () => {
  const rows = plain(200, { a: 60, b: 30 });
  const [split] = splitsOf(protocolNamed("contaminated"), rows, 0, { contamination: 0.2 });
  const { normal, a, b } = counted(rows, split.train);
  expect([normal, a + b, split.test.length]).toEqual([100, 25, 165]);
  expect(Math.abs(a - (25 * 60) / 90)).toBeLessThan(1);
});

test("shift: all that is learned from is earlier than all that tests, whatever the ties", () => {
  fc.assert(
    fc.property(rowSets, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (rows, pastShare) => {
      const [{ train, known, test }] = splitsOf(protocolNamed("shift"), rows, 0, { pastShare });
      const latest = Math.max(...[...train, ...known].map((row) => rows.time![row]));
      expect(latest).toBeLessThan(Math.min(...[...test].map((row) => rows.time![row])));
      expect(train.length + known.length + test.length).toBe(rows.anomalous.length);
    }),
    { numRuns: 40 },
  );
});

const refused: [string, Rows, object, string][] = [
  ["one-class", plain(4, { a: 1 }), {}, "one-class: normal rows: expected at least 3 to learn from"],
  [
    "one-class",
    plain(9, { a: 1 }),
    { trainShare: 1 },
    "one-class: trainShare: expected a number above 0 and below 1, got 1",
  ],
  ["unseen-class", plain(9, { a: 40 }), {}, "unseen-class: classes: expected at least two of anomalies"],
  ["few-labels", plain(9, { a: 20 }), { labels: "5,20" }, "few-labels: labels: expected numbers that leave anomalies"],
  ["few-labels", plain(9, { a: 20 }), { labels: "5;6" }, "few-labels: labels: expected text"],
  ["contaminated", plain(400, { a: 5 }), {}, "contaminated: contamination: expected a share that leaves anomalies"],
  ["shift", { ...plain(9, { a: 1 }), time: null }, {}, "shift: --time: expected a column of times or numbers"],
  [
    "shift",
    { ...plain(9, { a: 1 }), time: new Float64Array(10) },
    {},
    "shift: --time: expected at least two different",
  ],
  [
    "fixed-split",
    { ...plain(3, { a: 1 }), parts: ["learn", "learn", null, "test"] },
    {},
    'fixed-split: --train: expected a value of column "split", which says learn, nothing (missing), test; got train',
  ],
];
test.each(refused)("%s refuses by name: %#", (name, rows, options, message) => {
  expect(() => splitsOf(protocolNamed(name), rows, 0, options)).toThrow(message);
});

test("an unknown protocol is refused with the list", () => {
  expect(() => protocolNamed("leave-one-out")).toThrow(
    'evaluate: --protocol: expected one-class, unseen-class, few-labels, contaminated, shift, fixed-split, got "leave-one-out"',
  );
});
