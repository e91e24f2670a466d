import fc from "fast-check";
import { expect, test } from "vitest";
import { key } from "../numeric/index.ts";
import { capSplits } from "./cap.ts";
import { drawUnits, onePerUnit, placesWhere, stratifiedOrder } from "./draw.ts";

const classes = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 60 });

test("the first m rows of a stratified order hold m/n of each class, to less than one row", () => {
  fc.assert(
    fc.property(classes, fc.nat(), (names, seed) => {
      const order = stratifiedOrder(Uint32Array.from(names.keys()), names, key(seed));
      expect([...order].sort((a, b) => a - b)).toEqual([...names.keys()]);
      for (const name of new Set(names)) {
        const size = names.filter((other) => other === name).length;
        for (let m = 1; m <= names.length; m++) {
          const got = [...order.subarray(0, m)].filter((row) => names[row] === name).length;
          expect(Math.abs(got - (m * size) / names.length)).toBeLessThan(new Set(names).size);
        }
      }
    }),
  );
});

test("whole units are drawn, none without a row in a stratum, each stratum within half a unit of its share", () => {
  const rows = fc.array(fc.record({ stratum: fc.constantFrom("a", "b", null), unit: fc.nat(200) }), {
    minLength: 1,
    maxLength: 80,
  });
  fc.assert(
    fc.property(rows, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (rows, share) => {
      const names = rows.map(({ unit }) => unit);
      const units = Uint32Array.from(names, (unit) => names.indexOf(unit));
      const strata = rows.map(({ stratum }) => stratum);
      const drawn = drawUnits(units, strata, share, key(1));
      units.forEach((unit, row) => {
        expect(drawn[row]).toBe(drawn[unit]);
      });
      units.forEach((unit) => {
        const none = strata.every((stratum, row) => units[row] !== unit || stratum === null);
        if (none) expect(drawn[unit]).toBe(0);
      });
    }),
  );
  const alone = Uint32Array.from({ length: 100 }, (_, row) => row);
  const strata = Array.from(alone, (row) => (row < 30 ? "a" : "b"));
  const drawn = drawUnits(alone, strata, 0.4, key(2));
  expect([drawn.subarray(0, 30), drawn.subarray(30)].map((part) => part.reduce((sum, x) => sum + x, 0))).toEqual([
    12, 28,
  ]);
});

test("one row a unit is the first of each", () => {
  expect([...onePerUnit(Uint32Array.of(3, 1, 2, 0), Uint32Array.of(0, 1, 1, 0))]).toEqual([3, 1]);
  expect([...placesWhere(4, (row) => row % 2 === 1)]).toEqual([1, 3]);
});

test("capped splits keep classes in proportion, and rows that were shared stay shared", () => {
  const names = Array.from({ length: 300 }, (_, row) => (row < 200 ? null : row < 280 ? "a" : "b"));
  const labels = { classes: names, anomalous: Uint8Array.from(names, (name) => (name === null ? 0 : 1)) };
  const train = Uint32Array.from({ length: 100 }, (_, row) => row);
  const test_ = Uint32Array.from({ length: 200 }, (_, row) => 100 + row);
  const none = new Uint32Array(0);
  const splits = ["x", "y"].map((name) => ({ name, train, known: none, test: test_ }));
  const [x, y] = capSplits(splits, { maxTrain: 50, maxTest: 100 }, labels, key(0));
  expect([x.train.length, x.test.length, y.train === x.train]).toEqual([50, 100, true]);
  const counts = [null, "a", "b"].map((name) => x.test.filter((row) => names[row] === name).length);
  expect(counts.map((count, i) => Math.abs(count - [50, 40, 10][i]) <= 1)).toEqual([true, true, true]);
  expect(capSplits(splits, {}, labels, key(0))).toEqual(splits);
});
