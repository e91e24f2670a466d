/**
 * What was tried to find planted rows (protocols C and D) more often: each step from the fits as specified to those of
 * `discover`, and principal components in front. To save time a window is judged among windows where nothing is planted,
 * not among toys of its own, so power is only comparable within this table.
 */
import {
  combineLevels,
  fitPreparation,
  kernelValues,
  memberFitter,
  planToys,
  prepareRows,
  type Samples,
  type SparkerOptions,
  sparkerOptions,
  statisticsOfLevels,
} from "../src/discover/index.ts";
import {
  key as keyOf,
  type Matrix,
  matrix,
  median,
  stackRows,
  symmetricEigen,
  takeRows,
} from "../src/numeric/index.ts";
import { parseOptions } from "../src/options/index.ts";
import { higgsPlantings, intrusionPlantings, type Planting, recall, samplesOf } from "./discover-planted.ts";
import { type Measurement, openJournal } from "./results.ts";

const NULLS = 20;
const TOGETHER = { alone: "none", begin: "rows", ladder: "pairs" } as const;

interface Remedy {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly components?: boolean;
}

const remedies = (specifiedKernels: number): readonly Remedy[] => [
  { name: "as specified", options: { ...TOGETHER, kernels: specifiedKernels, starts: 1, ridge: 0.1 } },
  { name: "5 or 4 kernels, λ .03, 3 starts", options: TOGETHER },
  { name: "…, principal components in front", options: { ...TOGETHER, scaling: "standard" }, components: true },
  { name: "…, the strongest kernel also alone", options: { ...TOGETHER, alone: "strongest" } },
  { name: "…, and starts in clumps", options: { ...TOGETHER, alone: "strongest", begin: "clumps" } },
  { name: "…, and near widths instead", options: { ...TOGETHER, alone: "strongest", ladder: "near" } },
  { name: "**all three** (default)", options: {} },
  { name: "…, without the strongest alone", options: { alone: "none" } },
];

export async function plantedRemediesBenchmark(
  seed: number,
  windows: number,
  fresh: boolean,
  say: (text: string) => void,
): Promise<readonly Measurement[]> {
  const journal = openJournal<Measurement>("discover-planted-remedies", fresh);
  const out: Measurement[] = [];
  const sets = [(await higgsPlantings()).slice(0, 1), await intrusionPlantings()];
  for (const plantings of sets)
    for (const { name, options: given, components = false } of remedies(plantings[0].specifiedKernels)) {
      const options = parseOptions("sparker", sparkerOptions, { deal: "permute", ...given });
      const measure = async (planting: Planting, kind: string, i: number) => {
        const { data, count } = planting;
        const measured = await journal.once({ data, kind, count, i, seed, components, ...options }, () =>
          fitted(planting, keyOf(seed).for(data).for(kind).for(i), options, components),
        );
        return { t: JSON.parse(measured["t"] as string), recalls: JSON.parse(measured["recalls"] as string) };
      };
      const nulls: number[] = [];
      const nothing = { ...plantings[0], plant: () => matrix(0, plantings[0].pool.columns), count: 0 };
      for (let i = 0; i < NULLS; i++) nulls.push(...(await measure(nothing, "nothing", i)).t);
      for (const planting of plantings) {
        const all: { readonly p: number; readonly recall: number }[] = [];
        for (let i = 0; i < windows; i++) {
          const { t, recalls } = await measure(planting, planting.kind, i);
          const { pValue, levelPValues } = combineLevels(t, Float64Array.from(nulls));
          const joint = Array.from(levelPValues.subarray(0, options.levels));
          all.push({ p: pValue, recall: recalls[joint.indexOf(Math.min(...joint))] });
        }
        out.push({
          data: planting.data,
          remedy: name,
          kind: planting.kind,
          windows,
          power: all.filter(({ p }) => p <= 0.05).length / windows,
          median_p: median(all.map(({ p }) => p)),
          recall: all.reduce((sum, one) => sum + one.recall, 0) / windows,
        });
        say(`${name}, ${planting.kind}: ${JSON.stringify(out.at(-1))}`);
      }
    }
  return out;
}

/** The statistics of a window, and at each level the recall of its planted rows by f. */
async function fitted(
  planting: Planting,
  key: ReturnType<typeof keyOf>,
  options: SparkerOptions,
  components: boolean,
): Promise<Measurement> {
  const drawn = samplesOf(planting, key);
  const samples = components ? await inComponents(drawn) : drawn;
  const { plan, settings } = await planToys(samples, options, null, key);
  using fitter = memberFitter(plan, settings, key);
  const { levels, window } = await fitter.window();
  const recalls: number[] = [];
  for (const { kernels } of levels)
    recalls.push(planting.count === 0 ? 0 : recall((await kernelValues(window, kernels)).logRatios, planting.count));
  return { t: JSON.stringify(statisticsOfLevels(levels)), recalls: JSON.stringify(recalls) };
}

/** Both samples in the principal components of all rows, prepared: those of 95 % of the variance, at most 20. */
async function inComponents({ window, reference }: Samples): Promise<Samples> {
  const pooled = stackRows(window, reference);
  const rows = await prepareRows(fitPreparation("signed-log", pooled), pooled);
  const { rows: n, columns: d, values } = rows;
  const covariance = matrix(d, d);
  for (let i = 0; i < n; i++)
    for (let a = 0; a < d; a++)
      for (let b = 0; b <= a; b++) covariance.values[a * d + b] += (values[i * d + a] * values[i * d + b]) / n;
  for (let a = 0; a < d; a++) for (let b = 0; b < a; b++) covariance.values[b * d + a] = covariance.values[a * d + b];
  const { values: variances, vectors } = symmetricEigen(covariance);
  const total = variances.reduce((sum, x) => sum + x, 0);
  let [k, kept] = [0, 0];
  while (k < 20 && kept < 0.95 * total) kept += variances[k++];
  const out: Matrix = matrix(n, k);
  for (let i = 0; i < n; i++)
    for (let c = 0; c < k; c++)
      for (let j = 0; j < d; j++) out.values[i * k + c] += values[i * d + j] * vectors.values[j * d + c];
  const part = (from: number, count: number) =>
    takeRows(
      out,
      Array.from({ length: count }, (_, i) => from + i),
    );
  return { window: part(0, window.rows), reference: part(window.rows, reference.rows) };
}
