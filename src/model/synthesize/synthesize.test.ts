import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inferSchema, openSource } from "../../data/index.ts";
import { InputError } from "../../errors/index.ts";
import { key, normal, quantileSorted, rowOf, type Table, uniform } from "../../numeric/index.ts";
import { fitFile } from "../fit.ts";
import { readReferenceRows } from "../read-reference-rows.ts";
import { writeMade } from "./made-file.ts";
import { fitRowSpace } from "./row-space.ts";
import { synthesize } from "./synthesize.ts";

const COUNTRIES = ["de", "fr", "Côte, d'Ivoire"];
const kinds = {
  when: "timestamp",
  amount: "numeric",
  items: "numeric",
  country: "category",
  member: "boolean",
} as const;

/** Orders: dates, amounts with two decimals and some missing, counts, categories, booleans, many shops, a constant. */
function orders(n: number): Record<string, unknown[]> {
  const [u, z] = [uniform(key(1)), normal(key(2))];
  const rows = Array.from({ length: n }, () => {
    const k = Math.floor(3 * u());
    return {
      when: new Date(Date.UTC(2024, 0, 1 + Math.floor(200 * u()))),
      amount: u() < 0.1 ? null : Number(Math.exp(2 + k + 0.4 * z()).toFixed(2)),
      items: 2 + 3 * k + Math.floor(3 * u()),
      country: COUNTRIES[k],
      member: u() < 0.3,
      shop: `shop ${Math.floor(30 * u())}`,
      constant: 7,
    };
  });
  return Object.fromEntries(Object.keys(rows[0]).map((name) => [name, rows.map((row) => row[name as "amount"])]));
}

const columns = orders(300);
const file = await fitFile(columns, { key: 1, detector: "mahalanobis", columns: { ...kinds, shop: "category" } });

/** What a value of each column must be. */
function requireValid(table: Table): void {
  const of = (name: string) => table.columns.find((column) => column.name === name)!.values;
  const shops = new Set(columns["shop"]);
  for (let i = 0; i < table.rows; i++) {
    expect((of("when")[i] as number) % 86_400).toBe(0);
    const amount = of("amount")[i] as number;
    if (!Number.isNaN(amount)) {
      expect(amount).toBeGreaterThanOrEqual(0);
      expect(Number(amount.toFixed(2))).toBe(amount);
    }
    expect(Number.isSafeInteger(of("items")[i])).toBe(true);
    expect(of("items")[i]).toBeGreaterThanOrEqual(0);
    expect(COUNTRIES).toContain(of("country")[i]);
    expect([0, 1]).toContain(of("member")[i]);
    expect(shops.has(of("shop")[i])).toBe(true);
  }
}

describe("made rows", () => {
  test("every value is valid in its column, and no row that was looked at is among normal ones", async () => {
    const made = await synthesize(file.bytes, { key: 3, rows: 120, workers: 0 });
    expect(made.table.rows).toBe(120);
    requireValid(made.table);
    expect(new Set(made.families)).toEqual(
      new Set(["subspace", "ladder", "shuffle", "extrapolate", "box", "partial-box"]),
    );
    // By distances in loops: what is nearer to a normal row than half of them was taken unseen; 1 is their 0.95-quantile.
    const stored = readReferenceRows(file)!;
    const { rows: normals, encode } = fitRowSpace(stored, file.manifest.columns);
    const nearest = (x: Float64Array, but: number) =>
      Math.min(
        ...Array.from({ length: normals.rows }, (_, i) =>
          i === but ? Number.POSITIVE_INFINITY : Math.hypot(...rowOf(normals, i).map((value, j) => value - x[j])),
        ),
      );
    const own = Float64Array.from({ length: normals.rows }, (_, i) => nearest(rowOf(normals, i), i)).sort();
    const encoded = encode(made.table);
    const distances = Array.from({ length: 120 }, (_, i) => nearest(rowOf(encoded, i), -1));
    distances.forEach((distance, i) => {
      expect(made.radii[i]).toBeCloseTo(distance / quantileSorted(own, 0.95), 6);
    });
    const inside = distances.filter((distance) => distance < quantileSorted(own, 0.5) - 1e-9);
    expect(inside.length).toBeLessThanOrEqual(made.filled);
    expect(made.scores.every(Number.isFinite)).toBe(true);
    made.families.forEach((family, i) => {
      expect(made.generatorRows[i] === 0).toBe(family === "box");
    });
    // What is said to have changed has, what is not has not, and the furthest moved comes first.
    for (const [i, changes] of made.changes.entries()) {
      const began = made.generatorRows[i] - 1;
      if (began < 0) {
        expect(changes).toEqual([]);
        continue;
      }
      made.table.columns.forEach(({ values }, column) => {
        const change = changes.find((one) => one.column === column);
        const [from, to] = [stored.columns[column].values[began], values[i]];
        expect(change === undefined).toBe(Object.is(from, to));
        if (change) expect([change.from, change.to]).toEqual([from, to]);
      });
      expect(changes.length).toBeGreaterThan(0);
      const sizes = changes.map(({ size }) => size);
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    }
  });

  test("outskirts too, of rows passed as reference; equal keys, equal rows", async () => {
    // The levels of a model that knows how to make them are trained by its own options, here short ones without a classifier.
    const options = { steps: 120, latentSteps: 120, score: "radius" };
    const { bytes } = await fitFile(columns, {
      key: 1,
      detector: "outlier-synthesis",
      options,
      calibration: "split",
      columns: { ...kinds, shop: "category" },
    });
    const given = { key: 3, rows: 20, families: ["outskirts"] as const, reference: columns, workers: 0 };
    const [one, two] = [await synthesize(bytes, given), await synthesize(bytes, given)];
    requireValid(one.table);
    expect(one.families.every((family) => family === "outskirts")).toBe(true);
    expect(one.radii.every((radius) => radius > 0)).toBe(true);
    expect(two).toEqual(one);
    expect([one.source, one.normals]).toEqual(["columns in memory", 300]);
  });

  test("written, and read again: kinds are those of the file, and the model gives the same scores", async () => {
    const folder = await mkdtemp(join(tmpdir(), "unseen-made-"));
    try {
      const made = await synthesize(file.bytes, { key: 3, rows: 60, workers: 0 });
      const path = join(folder, "made.csv");
      await writeMade(path, made);
      using source = await openSource(path);
      const schema = inferSchema(await source.profile());
      const kindOf = (name: string) => schema.find((column) => column.name === name)?.kind;
      expect([kindOf("amount"), kindOf("country"), kindOf("when")]).toEqual(["numeric", "category", "timestamp"]);
      const { openModel } = await import("../model.ts");
      using model = await openModel(file);
      const scored = await model.score(path, { workers: 0 });
      scored.scores.forEach((score, i) => {
        expect(Math.abs(score - made.scores[i])).toBeLessThanOrEqual(1e-9 * Math.abs(score));
      });
      await writeMade(join(folder, "made.jsonl"), made, "made_");
      const lines = (await readFile(join(folder, "made.jsonl"), "utf8")).trim().split("\n");
      expect(lines.length).toBe(60);
      const first = JSON.parse(lines[0]);
      expect(typeof first.member).toBe("boolean");
      expect(first.when).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(first.made_family).toBe(made.families[0]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test("what was not moved comes back: decode ∘ encode = identity", () => {
    const n = 200;
    const [u, z] = [uniform(key(8)), normal(key(9))];
    const table: Table = {
      rows: n,
      columns: [
        {
          name: "x",
          type: "number",
          values: Float64Array.from({ length: n }, () => (u() < 0.1 ? Number.NaN : z() * 1e5)),
        },
        { name: "count", type: "number", values: Float64Array.from({ length: n }, () => Math.floor(1e6 * u())) },
        { name: "yes", type: "number", values: Float64Array.from({ length: n }, () => Math.round(u())) },
        { name: "at", type: "number", values: Float64Array.from({ length: n }, () => 1.7e9 + Math.floor(1e7 * u())) },
        {
          name: "c",
          type: "text",
          values: Array.from({ length: n }, () => [null, "", "a", `b${Math.floor(40 * u())}`][Math.floor(4 * u())]),
        },
        { name: "constant", type: "number", values: new Float64Array(n).fill(3) },
      ],
    };
    const kinds = ["numeric", "numeric", "boolean", "timestamp", "category", "numeric"] as const;
    const space = fitRowSpace(
      table,
      kinds.map((kind, c) => ({ name: table.columns[c].name, kind })),
    );
    const back = space.decode(
      space.rows,
      Int32Array.from({ length: n }, (_, i) => i),
      key(1),
    );
    expect(back).toEqual(table);
  });
});

test("refusals", async () => {
  const rejects = (work: Promise<unknown>, message: string) => expect(work).rejects.toThrow(new InputError(message));
  const bare = await fitFile(
    { x: Array.from({ length: 40 }, (_, i) => i / 8) },
    { key: 1, detector: "mahalanobis", rows: false },
  );
  await rejects(
    synthesize(bare.bytes, { key: 1 }),
    "synthesize: --reference: expected normal rows, for the model stores none (--no-rows at fit); pass --reference normal.csv",
  );
  await rejects(
    synthesize(bare.bytes, { key: 1, reference: { x: [1, 2, 3] } }),
    "synthesize: --reference: expected at least 20 normal rows, got 3 (columns in memory); pass --reference with more of them",
  );
  await rejects(
    synthesize(bare.bytes, { key: 1, reference: { x: new Array(30).fill(1) } }),
    "synthesize: normal rows: expected a column that varies, got none; pass --reference with more rows",
  );
  await rejects(
    synthesize(bare.bytes, { key: 1, families: ["boxes" as "box"] }),
    'synthesize: families: expected a list of outskirts, subspace, ladder, shuffle, extrapolate, box, partial-box, got ["boxes"]',
  );
  const made = await synthesize(bare.bytes, {
    key: 1,
    rows: 5,
    reference: { x: Array.from({ length: 30 }, (_, i) => i / 8) },
  });
  await rejects(
    writeMade("made.parquet", made),
    'synthesize: --output: expected a path that ends in .csv or .jsonl, got "made.parquet"; change the ending',
  );
  const named = { ...made, columns: [{ name: "score", kind: "numeric" as const }] };
  await rejects(
    writeMade("made.csv", named),
    'synthesize: column "score": expected a free name, got one that the rows have; pass --prefix made_',
  );
});
