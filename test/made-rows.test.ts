import { expect, test } from "vitest";
import { synthesisOf } from "../src/detect/outlier-synthesis/synthesis.ts";
import { fitRowSpace } from "../src/model/synthesize/row-space.ts";
import { key, normal, rowOf, type Table, takeTableRows, uniform } from "../src/numeric/index.ts";

const N = 240;
const [u, z] = [uniform(key(1)), normal(key(2))];
const below = (k: number) => Math.floor(k * u());
const numbers = (name: string, draw: () => number) => ({
  name,
  type: "number" as const,
  values: Float64Array.from({ length: N }, draw),
});
const texts = (name: string, draw: () => string | null) => ({
  name,
  type: "text" as const,
  values: Array.from({ length: N }, draw),
});

test("s = a = 0: outskirts give the generator rows back, features to 1e-5, whole numbers, dates and categories exactly", async () => {
  const table: Table = {
    rows: N,
    columns: [
      numbers("amount", () => (u() < 0.1 ? Number.NaN : Number(Math.exp(3 + z()).toFixed(2)))),
      numbers("count", () => below(500)),
      numbers("day", () => 86_400 * (19_000 + below(300))),
      numbers("member", () => below(2)),
      texts("country", () => ["de", "fr", null][below(3)]),
      texts("shop", () => `shop ${below(60)}`),
    ],
  };
  const kinds = ["numeric", "numeric", "timestamp", "boolean", "category", "category"] as const;
  const space = fitRowSpace(
    table,
    kinds.map((kind, c) => ({ name: table.columns[c].name, kind })),
  );
  using synthesis = await synthesisOf(
    space.rows,
    null,
    space.snapped,
    {
      steps: 60,
      latentSteps: 60,
      features: "full",
      levels: "both",
      negatives: "outskirts",
      route: "features",
      reject: 0,
      latent: true,
      outskirts: { quantile: 0.9, push: 0, spreads: [0], radius: "ellipsoid", residual: "kept" },
    },
    { key: key(3), workers: 0 },
  );
  const made = await synthesis.negatives(80, key(4));
  expect(new Set(made.families)).toEqual(new Set(["outskirts"]));
  for (const [i, from] of made.from.entries())
    rowOf(made.h, i).forEach((value, j) => {
      expect(Math.abs(value - rowOf(synthesis.h, from)[j])).toBeLessThan(1e-5);
    });
  expect(space.decode(made.x, made.from, key(5))).toEqual(takeTableRows(table, Uint32Array.from(made.from)));
});
