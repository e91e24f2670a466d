import { normal } from "../src/numeric/index.ts";
import type { Library } from "./speed-library.ts";
import { quantile, type Speed } from "./speed-result.ts";

const COLUMNS = 20;
/** 10,000 rows are left to learn from once 2,000 are set aside: as many as `auto` keeps. */
const ROWS = 12_000;
const CALLS = 3000;

/** p50 and p99 of `model.score(row)` for one row of 20 numbers after a warm-up, models of 12,000 rows; the target is for the p50. */
export async function oneRowAtATime({ fit, key }: Library): Promise<readonly Speed[]> {
  const next = normal(key("speed").for("rows"));
  const names = Array.from({ length: COLUMNS }, (_, j) => `x${j}`);
  const columns = Object.fromEntries(names.map((name) => [name, Float64Array.from({ length: ROWS }, next)]));
  const out: Speed[] = [];
  for (const [detector, target] of [
    ["mahalanobis", 0.2],
    ["isolation-forest", 0.2],
    ["auto", 5],
  ] as const) {
    using model = await fit(columns, { detector, key: 0 });
    const milliseconds: number[] = [];
    for (let call = 0; call < CALLS; call++) {
      const row = Object.fromEntries(names.map((name) => [name, next()]));
      const started = performance.now();
      await model.score(row, { falseAlarmRate: 0.05 });
      milliseconds.push(performance.now() - started);
    }
    const measured = milliseconds.slice(CALLS / 10);
    for (const [name, share] of [
      ["p50", 0.5],
      ["p99", 0.99],
    ] as const)
      out.push({
        part: "c",
        what: `${detector}, one row of ${COLUMNS}, ${name}`,
        value: quantile(measured, share),
        unit: "ms",
        target: name === "p50" ? target : null,
        scikit: null,
      });
  }
  return out;
}
