import fc from "fast-check";
import { expect, test } from "vitest";
import { type Column, key, matrix, normal, type Table, uniform } from "../../numeric/index.ts";
import { fitRowSpace } from "./row-space.ts";

const DAY = 86_400;
const KINDS = {
  day: "timestamp",
  minute: "timestamp",
  whole: "numeric",
  cents: "numeric",
  skewed: "numeric",
  signed: "numeric",
  share: "numeric",
  few: "numeric",
  yes: "boolean",
  kind: "category",
  shop: "category",
} as const;
const COLUMNS = Object.entries(KINDS).map(([name, kind]) => ({ name, kind }));

/** Mixed rows: days, minutes, whole numbers, cents, decades, both signs, a share that ends at 1, few values, booleans, texts. */
function mixed(n: number, seed: number, missing: number): Table {
  const [u, z] = [uniform(key(seed)), normal(key(seed).for("z"))];
  const below = (k: number) => Math.floor(k * u());
  const draw: Readonly<Record<keyof typeof KINDS, () => number | string | null>> = {
    day: () => DAY * (19_000 + below(400)),
    minute: () => 60 * (28_333_333 + below(1e5)),
    whole: () => 100 + below(900),
    cents: () => Number((20 + 10 * u()).toFixed(2)),
    skewed: () => Math.round(Math.exp(8 + 2 * z())),
    signed: () => z() * 1e-7,
    share: () => (u() < 0.2 ? 1 : Number(u().toFixed(2))),
    few: () => [0, 1, 2, 5][below(4)],
    yes: () => below(2),
    kind: () => ["a", "b", null][below(3)],
    shop: () => `shop ${below(60)}`,
  };
  const columns = Object.keys(KINDS).map((name): Column => {
    const values = Array.from({ length: n }, draw[name as keyof typeof KINDS]);
    if (KINDS[name as keyof typeof KINDS] === "category")
      return { name, type: "text", values: values as (string | null)[] };
    return {
      name,
      type: "number",
      values: Float64Array.from(values, (x) => (u() < missing ? Number.NaN : (x as number))),
    };
  });
  return { rows: n, columns };
}

test("whatever numbers are made: every value is valid in its column", () => {
  const anything = fc.record({
    n: fc.integer({ min: 40, max: 150 }),
    seed: fc.nat(1e6),
    missing: fc.constantFrom(0, 0.1),
    size: fc.constantFrom(0.3, 3, 1000),
  });
  fc.assert(
    fc.property(anything, ({ n, seed, missing, size }) => {
      const table = mixed(n, seed, missing);
      const space = fitRowSpace(table, COLUMNS);
      const noise = normal(key(seed).for("noise"));
      const made = matrix(
        60,
        space.rows.columns,
        Float64Array.from({ length: 60 * space.rows.columns }, () => size * noise()),
      );
      const began = Int32Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? i % n : -1));
      const out = space.decode(made, began, key(1));
      out.columns.forEach(({ name, values }, c) => {
        const own = table.columns[c].values;
        if (table.columns[c].type === "text") {
          const known = new Set<unknown>(own as readonly (string | null)[]);
          expect([...values].every((value) => known.has(value))).toBe(true);
          return;
        }
        const normals = (own as Float64Array).filter(Number.isFinite);
        const numbers = (values as Float64Array).filter((x) => !Number.isNaN(x));
        if (normals.length === own.length) expect(numbers.length, name).toBe(60);
        const [low, high] = [Math.min(...normals), Math.max(...normals)];
        const room = Math.max((high - low) / 2, name === "skewed" ? 9 * high : 0);
        for (const x of numbers) requireValid(name as keyof typeof KINDS, x, { normals, low, high, room });
      });
    }),
    { numRuns: 25 },
  );
});

function requireValid(
  name: keyof typeof KINDS,
  x: number,
  { normals, low, high, room }: { normals: Float64Array; low: number; high: number; room: number },
): void {
  const grain = { day: DAY, minute: 60, cents: 0.01, signed: Number.MIN_VALUE } as Readonly<Record<string, number>>;
  // Rounding to the grain may go beyond by half of one.
  const slack = (grain[name] ?? 1) / 2 + 1e-9 * Math.abs(high);
  expect(x, name).toBeGreaterThanOrEqual(low - room - slack);
  expect(x, name).toBeLessThanOrEqual(high + room + slack);
  if (low >= 0) expect(x, name).toBeGreaterThanOrEqual(0);
  if (name === "day") expect(x % DAY).toBe(0);
  if (name === "minute") expect(x % 60).toBe(0);
  if (name === "whole" || name === "skewed") expect(Number.isSafeInteger(x)).toBe(true);
  if (name === "cents") expect(Number(x.toFixed(2))).toBe(x);
  if (name === "share") expect(x).toBeLessThanOrEqual(1);
  if (name === "few") expect(normals).toContain(x);
  if (name === "yes") expect([0, 1]).toContain(x);
}

test("numbers of 1e-7 come back to the last bit", () => {
  const table = mixed(100, 5, 0);
  const space = fitRowSpace(table, COLUMNS);
  const same = space.decode(
    space.rows,
    Int32Array.from({ length: 100 }, (_, i) => i),
    key(1),
  );
  expect(same).toEqual(table);
});
