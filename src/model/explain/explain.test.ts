import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { key, normal, uniform } from "../../numeric/index.ts";
import type { Explanation } from "../explanation.ts";
import { fit } from "../fit.ts";
import type { Model } from "../model.ts";
import type { ExplainRowsOptions } from "./explain-file.ts";

type Cells = Record<string, unknown>;

/** Rows of every kind: amount and fee go together, a country, a truth value, a time by day, a count that is sometimes missing. */
function rows(count: number, seed: number): Cells[] {
  const [draw, u] = [normal(key(seed)), uniform(key(seed).for("u"))];
  return Array.from({ length: count }, () => {
    const amount = Math.exp(3 + 0.5 * draw());
    return {
      amount,
      fee: 0.02 * amount + 0.05 * draw(),
      age: 20 + Math.floor(50 * u()),
      visits: u() < 0.1 ? null : Math.floor(8 * u()),
      country: u() < 0.7 ? "DE" : u() < 0.7 ? "FR" : "NL",
      online: u() < 0.97,
      at: new Date(Date.UTC(2024, 0, 1 + Math.floor(28 * u()), 9 + Math.floor(8 * u()), Math.floor(60 * u()))),
    };
  });
}

const usual: Cells = {
  amount: 20,
  fee: 0.4,
  age: 40,
  visits: 3,
  country: "DE",
  online: true,
  at: new Date(Date.UTC(2024, 0, 9, 12)),
};
const odd: readonly [string, Cells][] = [
  ["amount", { amount: 9000, fee: 180 }],
  ["age", { age: 300 }],
  ["country", { country: "XX" }],
  ["at", { at: new Date(Date.UTC(2024, 0, 9, 2)) }],
  ["fee", { fee: 3 }],
];
const options = { key: 1, columns: { at: "timestamp" } } as const;

/** The row as the change makes it. */
function changed(row: Cells, { change }: Explanation): Cells {
  const to = change!.changes.map(({ column, to }) => [column, to === "missing" ? null : to]);
  return { ...row, ...Object.fromEntries(to) };
}

describe.each(["mahalanobis", "knn", "isolation-forest", "hbos", "auto"])("%s", (detector) => {
  let model: Model;
  beforeAll(async () => {
    model = await fit(rows(1200, 1), { ...options, detector });
  });
  afterAll(() => model[Symbol.dispose]());

  test("names the column that was changed in a usual row", async () => {
    const asked = odd.map(([, cells]) => ({ ...usual, ...cells }));
    const explained = await model.explain(asked);
    // Whether a fee fits its amount, single columns cannot tell, nor can a forest of few splits.
    const told = detector === "hbos" || detector === "isolation-forest" ? odd.slice(0, 4) : odd;
    told.forEach(([column], i) => {
      const named = explained[i].contributions.slice(0, column === "amount" ? 2 : 1).map((one) => one.column);
      expect(named, `${column}: ${JSON.stringify(explained[i].contributions.slice(0, 3))}`).toContain(column);
    });
  });

  test("gives a change that the model scores normal, and the decisions of scoring", async () => {
    const all = Object.assign({}, usual, ...odd.map(([, cells]) => cells)) as Cells;
    const asked = [...odd.map(([, cells]) => ({ ...usual, ...cells })), { ...all, fee: 180 }, { ...all, fee: 3 }];
    const [explained, scored] = [await model.explain(asked), await model.score(asked)];
    expect(explained.map(({ score }) => score)).toEqual(Array.from(scored.scores));
    expect(explained.map(({ flagged }) => flagged)).toEqual(Array.from(scored.flagged, Boolean));
    const flagged = explained.filter(({ flagged }) => flagged);
    expect(flagged.length).toBeGreaterThan(1);
    for (const one of flagged) {
      expect(one.change!.small).toBe(one.change!.changes.length <= 3);
      const again = await model.score(changed(asked[one.row - 1], one));
      expect(again.flagged).toBe(false);
      expect(again.pValue).toBeCloseTo(one.change!.pValue, 6);
    }
    expect(explained.filter(({ flagged, change }) => !flagged && change !== null)).toEqual([]);
  });

  test("has one contribution a column, and nearest normal rows in their order", async () => {
    const [one] = await model.explain([{ ...usual, age: 300, visits: null }], { nearest: 4 });
    expect(one.contributions.map(({ column }) => column).toSorted()).toEqual(Object.keys(usual).toSorted());
    expect(one.contributions.find(({ column }) => column === "visits")!.value).toBe("missing");
    const distances = one.nearest.map(({ distance }) => distance);
    expect(distances).toEqual(distances.toSorted((a, b) => a - b));
    expect(distances.length).toBe(4);
    expect(Object.keys(one.nearest[0].values)).toEqual(model.manifest.columns.map(({ name }) => name));
  });
});

describe("a model without rows", () => {
  let model: Model;
  beforeAll(async () => {
    model = await fit(rows(1200, 1), { ...options, detector: "mahalanobis", rows: false });
  });
  afterAll(() => model[Symbol.dispose]());

  test("is refused with the remedy", async () => {
    await expect(model.explain(usual)).rejects.toThrow(
      "explain: the model: expected one that stores normal rows, got one without (fit --no-rows); pass --reference normal.csv",
    );
  });

  test("is explained against rows that are passed", async () => {
    const [one] = await model.explain({ ...usual, age: 300 }, { reference: rows(200, 2) });
    expect(one.contributions[0]).toMatchObject({ column: "age", value: "300" });
    expect(one.contributions[0].direction).toMatch(/^higher than all of 200 normal rows \(typical \d+ to \d+\)$/);
    expect(one.change!.changes).toMatchObject([{ column: "age", from: "300", to: expect.stringMatching(/^\d+$/) }]);
  });

  test("one row to compare with is enough to say something", async () => {
    const [one] = await model.explain({ ...usual, age: 300 }, { reference: [usual] });
    expect(one.contributions[0].column).toBe("age");
    expect(one.nearest.length).toBe(1);
  });

  test.each([
    [{ nearest: -1 }, "explain: nearest: expected a whole number ≥ 0, got -1"],
    [{ rows: [1] }, "explain: rows: unknown option"],
    [{ falseAlarmRate: 1e-9, reference: [usual] }, "explain: --false-alarm-rate"],
  ])("%o is refused", async (given, message) => {
    await expect(model.explain([usual], given as ExplainRowsOptions)).rejects.toThrow(message);
  });

  test("an aborted explanation is Interrupted", async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(model.explain([usual], { reference: [usual], signal: abort.signal })).rejects.toThrow("interrupted");
  });

  test("no rows, no explanations", async () => {
    expect(await model.explain([], { reference: [usual] })).toEqual([]);
  });
});
