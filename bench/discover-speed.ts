/** How long fits take: one of protocol A, 300 toys of it, and `discover` of 500 against 5,000 rows of 80 columns. */
import { availableParallelism } from "node:os";
import { memberFitter, planToys, sparker, sparkerOptions } from "../src/discover/index.ts";
import { key as keyOf, matrix, normal, uniform } from "../src/numeric/index.ts";
import { parseOptions } from "../src/options/index.ts";
import type { Measurement } from "./results.ts";

/** Seconds of each; on as many cores as there are. */
export async function speedBenchmark(seed: number): Promise<readonly Measurement[]> {
  const key = keyOf(seed).for("speed");
  const cores = availableParallelism();
  const u = uniform(key.for("rows"));
  const exponentials = (n: number) =>
    matrix(
      n,
      1,
      Float64Array.from({ length: n }, () => -Math.log(1 - u())),
    );
  const [window, reference] = [exponentials(2000), exponentials(200_000)];
  const out: Measurement[] = [];
  const clock = async (what: string, limit: number, work: () => Promise<unknown>) => {
    const started = performance.now();
    await work();
    out.push({ what, seconds: Number(((performance.now() - started) / 1000).toFixed(2)), limit, cores });
  };
  const standard = { scaling: "standard", widest: 9.2, narrowest: 0.05, mostReference: 200_000 } as const;
  const options = parseOptions("sparker", sparkerOptions, { ...standard, deal: "permute" });
  const { plan, settings } = await planToys({ window, reference }, options, null, key);
  using fitter = memberFitter(plan, settings, key);
  await fitter.window(); // compiles
  await clock("one fit of 2,000 against 200,000 rows in 1 column", 0.5, () => fitter.window());
  await clock("300 toys of it, workers, from start to p-value", 120, () =>
    sparker({ window, reference }, options, { key, toys: 300 }),
  );
  const next = normal(key.for("wide"));
  const wide = (n: number) =>
    matrix(
      n,
      80,
      Float64Array.from({ length: 80 * n }, () => Math.exp(next())),
    );
  const samples = { window: wide(500), reference: wide(5000) };
  await clock("500 against 5,000 rows in 80 columns, 99 toys", 120, () =>
    sparker(samples, parseOptions("sparker", sparkerOptions, {}), { key, toys: 99 }),
  );
  return out;
}
