import { beforeAll, describe, expect, test } from "vitest";
import { type Discovered, discover } from "../model/index.ts";
import { key, normal } from "../numeric/index.ts";
import { discoverReport } from "./index.ts";
import { expectGoodPage } from "./page-laws.ts";

const rows = (n: number, count: number, seed: number) => {
  const next = normal(key(seed));
  return Array.from({ length: n }, (_, i) => ({
    "<b>x</b>": i < count ? 3 + next() / 10 : next(),
    kind: i < count ? `<script>alert("${"é".repeat(80)}")</script>` : i % 2 ? "a & b" : "c",
  }));
};
let found: Discovered;
let page: string;
beforeAll(async () => {
  const given = { reference: rows(500, 0, 1), key: 0, toys: 9, workers: 0, options: { steps: 50 } };
  found = {
    ...(await discover(rows(120, 10, 2), { ...given, method: "all" })),
    power: { share: 0.1, alpha: 0.05, windows: 100, found: 72, power: 0.72, low: 0.62, high: 0.81, from: "window" },
    controls: [{ name: "null window", pValue: 0.4, z: 0.25, what: "rows of the reference against the others" }],
  };
  page = await discoverReport({ found, command: "unseen discover '<x>' & more", seconds: 2 });
}, 60_000);

describe("a report on a discovery", () => {
  test("is a good page", () => expectGoodPage(page));

  test("has every part, and quotes no markup of others", () => {
    for (const id of ["meaning", "chance", "place", "beside", "method"]) expect(page).toContain(`<section id="${id}"`);
    for (const id of ["toys", "levels"]) expect(page).toContain(`<figure id="${id}"`);
    expect(page).not.toContain("<script>alert");
    expect(page).not.toContain("<b>x</b>");
    expect(page).toContain("arXiv 2511.03095");
    expect(page).toContain("unseen discover &#39;&#60;x&#62;&#39; &#38; more");
  });

  test("the same facts give the same text; peers alone have a page too", async () => {
    expect(await discoverReport({ found, command: "unseen discover '<x>' & more", seconds: 2 })).toBe(page);
    const alone = await discoverReport({ found: { ...found, sparker: null, power: null, controls: [] } });
    expect(alone).toContain("mmd-fuse");
    expect(alone).not.toContain('<section id="chance"');
  });
});
