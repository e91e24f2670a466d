import { expect, expectTypeOf, test } from "vitest";
import {
  type FileScores,
  type FileSummary,
  fit,
  load,
  type Manifest,
  type Model,
  type Row,
  type RowScore,
  type Scores,
} from "./index.ts";

test("the types of the public interface", () => {
  const typed = (model: Model, rows: Row[]) => [
    expectTypeOf(model.score("rows.csv")).resolves.toEqualTypeOf<FileScores>(),
    expectTypeOf(
      model.score("rows.csv", { output: "out.csv", keep: ["a"], label: "y" }),
    ).resolves.toEqualTypeOf<FileSummary>(),
    expectTypeOf(model.score([{ a: 1, b: "x", c: null }])).resolves.toEqualTypeOf<Scores>(),
    expectTypeOf(model.score({ a: [1, 2], b: new Float64Array(2), c: ["x", null] })).resolves.toEqualTypeOf<Scores>(),
    expectTypeOf(model.score({ a: 1, b: "x" })).resolves.toEqualTypeOf<RowScore>(),
    expectTypeOf(model.score(stream())).toEqualTypeOf<AsyncIterable<RowScore & { readonly row: Row }>>(),
    expectTypeOf(load).parameter(0).toEqualTypeOf<string | Uint8Array>(),
    expectTypeOf(load("model.onnx")).resolves.toEqualTypeOf<Model>(),
    expectTypeOf(fit([{ a: 1 }], { key: 7 })).resolves.toEqualTypeOf<Model>(),
    expectTypeOf(model.manifest).toEqualTypeOf<Manifest>(),
    // @ts-expect-error a key is required
    fit("rows.csv", {}),
    // @ts-expect-error unknown options are refused
    model.score(rows, { fdr: 0.05 }),
    // @ts-expect-error an output needs a file
    model.score(rows, { output: "out.csv" }),
  ];
  expect(typeof typed).toBe("function"); // checked by the compiler, never run

  async function* stream(): AsyncGenerator<Row> {}
});
