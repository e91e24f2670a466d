import { parseHTML } from "linkedom";
import { beforeAll, describe, expect, test } from "vitest";
import { type Evaluated, evaluate } from "../evaluate/index.ts";
import { key, normal } from "../numeric/index.ts";
import { evaluationReport } from "./index.ts";
import { expectGoodPage } from "./page-laws.ts";

let evaluated: Evaluated;

beforeAll(async () => {
  const draw = normal(key(1));
  const rows = 600;
  const kind = Array.from({ length: rows }, (_, i) => (i % 20 === 0 ? "<b>far</b>" : i % 20 === 10 ? "near" : "fine"));
  const shift = { "<b>far</b>": 8, near: 2, fine: 0 } as Readonly<Record<string, number>>;
  const numbers = () => kind.map((one) => draw() + shift[one]);
  evaluated = await evaluate(
    { x: numbers(), "<i>y</i>": numbers(), kind },
    { label: "kind", normal: "fine", protocol: "unseen-class", detectors: [{ detector: "mahalanobis" }] },
  );
}, 60_000);

describe("a report on an evaluation", () => {
  test("is a good page with every part, and the same text for the same values", async () => {
    const page = await evaluationReport(evaluated, { command: "unseen evaluate rows.csv --label '<kind>'" });
    expectGoodPage(page);
    const { document } = parseHTML(page);
    const parts = [...document.querySelectorAll("main section")].map((section) => section.getAttribute("id"));
    expect(parts).toEqual(["comparison", "protocol", "curves", "classes", "calibration", "data", "method"]);
    const said = document.body.textContent!.replaceAll("\u00a0", " ");
    expect(said).toContain(evaluated.protocol.sentence);
    expect(said).toContain(evaluated.intervals.sentence);
    expect(said).toContain("Means over 2 runs");
    expect(said).toContain("<b>far</b>");
    expect(said).toContain("<i>y</i>");
    expect(document.querySelectorAll("main b, main i").length).toBe(0);
    expect(document.querySelector("pre")!.textContent).toBe("unseen evaluate rows.csv --label '<kind>'");
    for (const { name } of evaluated.candidates) expect(said).toContain(name);
    expect(await evaluationReport(evaluated, { command: "unseen evaluate rows.csv --label '<kind>'" })).toBe(page);
  });

  test("shows each doubt, and counts them", async () => {
    const warnings = ['column "id" <tells> the label', "rows are in order"];
    const page = await evaluationReport({ ...evaluated, warnings });
    expectGoodPage(page);
    const notes = [...parseHTML(page).document.querySelectorAll(".note")].map((note) => note.textContent);
    expect(notes).toEqual(['Note. Column "id" <tells> the label', "Note. Rows are in order"]);
  });
});
