import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { normal } from "../src/numeric/index.ts";
import { dist, type Library } from "./speed-library.ts";
import { median, type Speed } from "./speed-result.ts";

/** `unseen score` from start to end on 1,000 rows of 10 columns, models of 2,000 rows: medians of `runs`. */
export async function wholeProcess({ fit, key }: Library, runs: number): Promise<readonly Speed[]> {
  const main = `${dist}cli/main.js`;
  if (!existsSync(main)) {
    process.stderr.write("speed: part a: no dist/cli/main.js yet; skipped\n");
    return [];
  }
  const folder = mkdtempSync(join(tmpdir(), "unseen-speed-"));
  const next = normal(key("speed").for("process"));
  const csv = (rows: number) => {
    const cells = Array.from({ length: rows }, () => Array.from({ length: 10 }, () => next().toFixed(6)).join(","));
    return [Array.from({ length: 10 }, (_, j) => `x${j}`).join(","), ...cells, ""].join("\n");
  };
  const place = (name: string) => join(folder, name);
  try {
    writeFileSync(place("normal.csv"), csv(2000));
    writeFileSync(place("new.csv"), csv(1000));
    const out: Speed[] = [];
    for (const detector of ["mahalanobis", "auto"]) {
      using model = await fit(place("normal.csv"), { detector, key: 0 });
      await model.save(place("model.onnx"));
      const seconds = Array.from({ length: runs }, () => {
        const started = performance.now();
        const options = ["score", place("new.csv"), "-m", place("model.onnx"), "-o", place("scored.csv")];
        execFileSync(process.execPath, [main, ...options, "--fdr", "0.05"], { stdio: "ignore" });
        return (performance.now() - started) / 1000;
      });
      const what = `unseen score, 1000 × 10, ${detector}, whole process`;
      out.push({ part: "a", what, value: median(seconds), unit: "s", target: 0.7, scikit: null });
    }
    return out;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `auto` in processes of their own: the target workload, and the largest fit of its default cap. */
export function autoAlone(runs: number): readonly Speed[] {
  const measure = (what: string, rows: number, scored: number): { seconds: number; megabytes: number } => {
    const script = fileURLToPath(new URL("speed-auto.mjs", import.meta.url));
    const options = [what, rows, 20, scored].map(String);
    return JSON.parse(execFileSync(process.execPath, [script, ...options], { encoding: "utf8" }));
  };
  const small = Array.from({ length: runs }, () => measure("detector", 2000, 3000).seconds);
  const out: Speed[] = [
    {
      part: "b",
      what: "auto, fit 2000 × 20 and score 3000, cold",
      value: median(small),
      unit: "s",
      target: 1.2,
      scikit: null,
    },
  ];
  for (const [what, name, rows] of [
    ["detector", "auto, fit 10000 × 20", 10_000],
    ["fit", "fit() of 10000 × 20 from columns in memory", 10_000],
    ["fit", "fit() of 20000 × 20 from columns in memory", 20_000],
  ] as const) {
    const { seconds, megabytes } = measure(what, rows, 0);
    const about = { part: "b", scikit: null };
    out.push({ ...about, what: name, value: seconds, unit: "s", target: 15 });
    out.push({ ...about, what: `${name}, most memory of the process`, value: megabytes, unit: "MB", target: 500 });
  }
  return out;
}
