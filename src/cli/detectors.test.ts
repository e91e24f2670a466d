import { expect, test } from "vitest";
import { detectors } from "../detect/index.ts";
import { describeOptions } from "../options/index.ts";
import { capturedRun } from "./captured-run.ts";

test("detectors lists every detector in a line, with what its model holds", async () => {
  const { code, stdout, stderr } = await capturedRun(["detectors"]);
  expect([code, stderr]).toEqual([0, ""]);
  const held = { rows: "rows", values: "values of columns", summaries: "summaries" };
  for (const { name, summary, holds, labels } of detectors) {
    const needs = { required: " \\(needs --label\\)", optional: " \\(can use --label\\)", none: "" }[labels ?? "none"];
    expect(stdout).toMatch(new RegExp(`^ {2}${name} +${held[holds]} +${summary}${needs}$`, "m"));
  }
});

test.each(detectors.map(({ name }) => name))("detectors %s tells all its options and its paper", async (name) => {
  const { code, stdout, stderr } = await capturedRun(["detectors", name]);
  expect([code, stderr]).toEqual([0, ""]);
  const { options, citation } = detectors.find((detector) => detector.name === name)!;
  for (const { flag, default: byDefault } of describeOptions(options))
    expect(stdout).toMatch(new RegExp(`${flag}: [^;]*;\\s+default\\s+${byDefault}\\b`));
  if (citation) expect(stdout).toContain(citation.url);
});

test("detectors NAME says whether it learns from labels, and how", async () => {
  const [logistic, knn] = [await capturedRun(["detectors", "logistic"]), await capturedRun(["detectors", "knn"])];
  expect(logistic.stdout).toMatch(/labels +needs some known anomalous rows/);
  expect(logistic.stdout).toContain("unseen fit labelled.csv --label Label --normal BENIGN --detector logistic");
  expect(knn.stdout).not.toMatch(/^ *labels/m);
  const { detectors: shelf } = JSON.parse((await capturedRun(["detectors", "--json"])).stdout);
  expect(shelf.map(({ labels }: { labels: string }) => labels)).toEqual(detectors.map(({ labels = "none" }) => labels));
});

test("detectors NAME lists one", async () => {
  const { stdout } = await capturedRun(["detectors", "knn"]);
  expect(stdout).toContain("--metric");
  expect(stdout).not.toContain("--trees");
});

test("detectors --json is one object with options as data", async () => {
  const { stdout } = await capturedRun(["detectors", "--json"]);
  const shelf = JSON.parse(stdout).detectors as { name: string; default: boolean; options: { name: string }[] }[];
  expect(shelf.map(({ name }) => name)).toEqual(detectors.map(({ name }) => name));
  expect(shelf.filter((detector) => detector.default).map(({ name }) => name)).toEqual(["auto"]);
});

test("an unknown name is refused with the shelf", async () => {
  expect(await capturedRun(["detectors", "nobody"])).toEqual({
    code: 2,
    stdout: "",
    stderr: `error: detectors: name: expected ${detectors.map(({ name }) => name).join(", ")}, got "nobody"\n`,
  });
});
