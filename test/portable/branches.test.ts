import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { fit } from "../../src/index.ts";
import { key, normal } from "../../src/numeric/index.ts";
import { python } from "./python.ts";

const runtimes = [
  { runtime: "onnxruntime-node", command: process.execPath, script: "score.mjs" },
  { runtime: "onnxruntime-web", command: process.execPath, script: "score-web.mjs" },
  ...(python === null ? [] : [{ runtime: "Python", command: python, script: "score.py" }]),
];

function columns(rows: number, seed: number, value: (x: number, row: number) => number) {
  const next = normal(key(seed));
  const column = () => Array.from({ length: rows }, (_, i) => value(next(), i));
  return { a: column(), b: column(), c: column() };
}

test("knn on 8000 rows: single precision where it is certain, double where it is not, the same scores in every runtime", async () => {
  const folder = mkdtempSync(join(tmpdir(), "unseen-branches-"));
  const [columnsFile, modelFile] = [join(folder, "columns.json"), join(folder, "knn.onnx")];
  try {
    using model = await fit(
      columns(8000, 1, (x) => x),
      { key: 7, detector: "knn" },
    );
    await model.save(modelFile);
    expect(readFileSync(modelFile).includes("else_branch")).toBe(true);
    // Rows so far out that float32 cannot tell the stored rows apart: every tenth, and a call of 1 or 7 has none or some.
    const fresh = columns(60, 2, (x, row) => (row % 10 === 3 ? 1e9 * x : x));
    writeFileSync(columnsFile, JSON.stringify(fresh));
    const { scores } = await model.score(fresh);
    for (const { command, script } of runtimes) {
      const path = fileURLToPath(new URL(script, import.meta.url));
      const out = JSON.parse(execFileSync(command, [path, columnsFile, modelFile], { encoding: "utf8" }));
      for (const { score } of Object.values<{ score: number[] }>(out))
        score.forEach((s, row) => {
          expect(Math.abs(s - scores[row])).toBeLessThanOrEqual(1e-14 * scores[row]);
        });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);
