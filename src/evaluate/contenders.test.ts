import { expect, test } from "vitest";
import { contendersOf } from "./contenders.ts";

const names = (asked: Parameters<typeof contendersOf>[0]) => contendersOf(asked).map(({ name }) => name);

test("1-NN comes without asking, in the scaling of each detector, and so do untrained twins", () => {
  expect(names(["auto"])).toEqual(["auto", "1-NN"]);
  expect(names(["maf", "mahalanobis", "lof"])).toEqual([
    "maf",
    "mahalanobis",
    "lof",
    "1-NN, signed-log",
    "maf, untrained",
    "1-NN",
  ]);
  expect(names([{ detector: "pca", options: { scaling: "robust" } }])).toEqual(["pca scaling=robust", "1-NN, robust"]);
});

test("each knows what it is compared with", () => {
  const [maf, auto, ...controls] = contendersOf(["maf", "auto"]);
  expect(maf.against).toEqual(["1-NN, signed-log", "maf, untrained"]);
  expect(auto.against).toEqual(["1-NN"]);
  expect(controls.map(({ control }) => control)).toEqual(["nearest neighbor", "untrained twin", "nearest neighbor"]);
  expect(controls[1].options["steps"]).toBe(0);
});

test("what was asked for does not come again as a control", () => {
  const asked = contendersOf(["knn", "auto"]);
  expect(asked.map(({ name, against }) => [name, against])).toEqual([
    ["knn", []],
    ["auto", ["knn"]],
  ]);
  expect(names([{ detector: "maf", options: { steps: 0 } }])).toEqual(["maf steps=0", "1-NN, signed-log"]);
});

test("unknown detectors and options, and one asked for twice, are refused", () => {
  expect(() => contendersOf(["mafs"])).toThrow(
    /evaluate: --detectors: expected auto, knn, .*got "mafs"; did you mean maf/,
  );
  expect(() => contendersOf([{ detector: "knn", options: { neighbors: 3 } }])).toThrow(
    "knn: neighbors: unknown option",
  );
  expect(() => contendersOf(["knn", { detector: "knn", options: { k: 1 } }])).toThrow(
    "evaluate: --detectors: expected each once, got knn k=1 twice; give one other options",
  );
  expect(() => contendersOf([])).toThrow("evaluate: --detectors: expected at least one, got none; pass auto");
});
