/**
 * Protocol B: X four equal normals at (±20, ±20), Y the same but for the one at (−20, −20), whose deviation is s; n rows
 * each. SparKer against toys of X and X; MMD-FUSE by permutation.
 */
import {
  combineLevels,
  memberFitter,
  mmdFuse,
  planToys,
  sparkerOptions,
  statisticsOfLevels,
} from "../src/discover/index.ts";
import {
  binomialInterval,
  type Key,
  key as keyOf,
  type Matrix,
  matrix,
  normal,
  uniform,
} from "../src/numeric/index.ts";
import { parseOptions } from "../src/options/index.ts";
import { type Measurement, openJournal } from "./results.ts";

const CASES = [
  { s: 1.3, n: 2000, toys: 150, mmdWindows: 16, published: 0.765 },
  { s: 0.5, n: 500, toys: 150, mmdWindows: 60, published: 0.995 },
  { s: 2, n: 500, toys: 150, mmdWindows: 60, published: 0.905 },
] as const;

function mixture(n: number, s: number, key: Key): Matrix {
  const [next, u] = [normal(key.for("noise")), uniform(key.for("which"))];
  const values = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    const which = Math.floor(4 * u());
    const spread = which === 0 ? s : 1;
    values[2 * i] = (which & 1 ? 20 : -20) + spread * next();
    values[2 * i + 1] = (which & 2 ? 20 : -20) + spread * next();
  }
  return matrix(n, 2, values);
}

export async function mixtureBenchmark(
  seed: number,
  windows: number,
  fresh: boolean,
  say: (text: string) => void,
): Promise<readonly Measurement[]> {
  const journal = openJournal<Measurement>("discover-mixture", fresh);
  const options = parseOptions("sparker", sparkerOptions, { scaling: "standard", deal: "permute" });
  const { starts, ridge, steps, alone } = options;
  const out: Measurement[] = [];
  for (const { s, n, toys, mmdWindows, published } of CASES) {
    const pair = (kind: string, i: number) => {
      const key = keyOf(seed).for(`mixture ${kind} ${s} ${n}`).for(i);
      return { key, window: mixture(n, kind === "null" ? 1 : s, key.for("Y")), reference: mixture(n, 1, key.for("X")) };
    };
    const statistics = async (kind: string, count: number) => {
      const all: number[][] = [];
      for (let i = 0; i < count; i++) {
        const { t } = await journal.once(
          { protocol: "B", kind, s, n, i, seed, steps, starts, ridge, alone },
          async () => {
            const { key, ...samples } = pair(kind, i);
            const { plan, settings } = await planToys(samples, options, null, key);
            using fitter = memberFitter(plan, settings, key);
            const { levels } = await fitter.window();
            return { t: JSON.stringify(statisticsOfLevels(levels)) };
          },
        );
        all.push(JSON.parse(t as string));
        if (i % 20 === 19) say(`mixture s ${s} n ${n}: ${kind} ${i + 1} of ${count}`);
      }
      return all;
    };
    const nulls = Float64Array.from((await statistics("null", toys)).flat());
    const signals = await statistics("signal", windows);
    const found = signals.filter((t) => combineLevels(t, nulls).pValue <= 0.05).length;
    const { low, high } = binomialInterval(found, windows);
    const peers = Math.min(windows, mmdWindows);
    let byMmd = 0;
    for (let i = 0; i < peers; i++) {
      const { p } = await journal.once(
        { protocol: "B", kind: "mmd", sharp: true, ...(n > 1000 && { exact: true }), s, n, i, seed },
        async () => {
          const { key, ...samples } = pair("signal", i);
          const { pValue } = await mmdFuse({ ...samples, blocks: null }, { key: key.for("mmd"), permutations: 199 });
          return { p: pValue };
        },
      );
      if ((p as number) <= 0.05) byMmd++;
      say(`mixture s ${s} n ${n}: mmd-fuse ${i + 1} of ${peers}`);
    }
    out.push({
      protocol: "B",
      s,
      n,
      toys,
      windows,
      sparker_power: found / windows,
      low,
      high,
      mmd_power: byMmd / peers,
      mmd_windows: peers,
      published_mmd_fuse: published,
    });
  }
  return out;
}
