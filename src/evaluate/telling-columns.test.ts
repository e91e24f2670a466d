import { expect, test } from "vitest";
import { key, normal, type Table, uniform } from "../numeric/index.ts";
import { canTell, tellingColumns } from "./telling-columns.ts";

const n = 2000;
const draw = normal(key("columns"));
const u = uniform(key("labels"));
/** Anomalies come in bursts of 40 rows, as attacks do. */
const anomalous = Uint8Array.from({ length: n }, (_, row) => (row % 400 >= 200 && row % 400 < 240 ? 1 : 0));
const ids = Float64Array.from({ length: n }, (_, row) => row);
const shuffled = Float64Array.from({ length: n }, u);
const numbers = (name: string, values: ArrayLike<number>) =>
  ({ name, type: "number", values: Float64Array.from(values) }) as const;

const table: Table = {
  rows: n,
  columns: [
    numbers("noise", shuffled),
    numbers(
      "informative",
      Array.from(anomalous, (kind) => draw() + 2 * kind),
    ),
    numbers("id", ids),
    numbers(
      "second",
      ids.map((id) => 1.6e9 + 3 * id),
    ),
    numbers(
      "severity",
      Array.from(anomalous, (kind) => (kind ? 1 + Math.floor(3 * u()) : 0)),
    ),
    numbers(
      "missing where anomalous",
      Array.from(anomalous, (kind) => (kind ? Number.NaN : draw())),
    ),
    numbers(
      "copy with holes",
      Array.from(anomalous, (kind) => (u() < 0.1 ? Number.NaN : kind)),
    ),
    { name: "tag", type: "text", values: Array.from(anomalous, (kind, row) => (kind ? null : `n${row % 5}`)) },
    { name: "unique text", type: "text", values: Array.from(ids, String) },
  ],
};

test("an id and a time stamp that run through bursts of anomalies tell the label, noise and what informs do not", () => {
  const found = tellingColumns(table, anomalous, key(0));
  expect(found.map(({ name }) => name).sort()).toEqual([
    "copy with holes",
    "id",
    "missing where anomalous",
    "second",
    "severity",
    "tag",
    "unique text",
  ]);
  for (const { auroc } of found) expect(auroc).toBeGreaterThanOrEqual(0.99);
});

test("the same columns tell nothing about labels drawn at random", () => {
  const random = Uint8Array.from({ length: n }, () => (u() < 0.1 ? 1 : 0));
  expect(tellingColumns(table, random, key(0))).toEqual([]);
});

test("fewer than 20 rows of a kind tell nothing", () => {
  const few = Uint8Array.from({ length: 500 }, (_, row) => (row < 19 ? 1 : 0));
  expect(canTell(few)).toBe(false);
  expect(tellingColumns({ rows: 500, columns: [numbers("x", few)] }, few, key(0))).toEqual([]);
});

test("texts that differ in every row tell by how they begin, and random ones do not", () => {
  const text = (name: string, value: (kind: number, row: number) => string) =>
    ({ name, type: "text", values: Array.from(anomalous, value) }) as const;
  const columns = [
    text("id", (kind, row) => `${kind ? "attack" : "flow"}-${String((row * 7919) % n).padStart(5, "0")}`),
    text("random", (_, row) => `flow-${shuffled[row]}`),
  ];
  expect(tellingColumns({ rows: n, columns }, anomalous, key("texts")).map(({ name }) => name)).toEqual(["id"]);
});
