import { z } from "zod";
import type { ColumnKind, Input, Source, SourceOptions } from "../../data/index.ts";
import {
  blocksOf,
  c2st,
  estimatePower,
  fitPreparation,
  medianWidth,
  mmdFuse,
  prepareRows,
  type SparkerOptions,
  type SparkerResult,
  sparker,
  sparkerOptions,
  stacked,
  type TwoSampleResult,
  toyKind,
} from "../../discover/index.ts";
import { InputError } from "../../errors/index.ts";
import {
  distinctRows,
  type Key,
  key as keyOf,
  type Matrix,
  percent,
  permutation,
  sliceRows,
  takeRows,
} from "../../numeric/index.ts";
import { describeOptions, parseOptions } from "../../options/index.ts";
import { type Features, fitFeatures } from "../../prepare/index.ts";
import { checkOptions, fitForms } from "../check-options.ts";
import { prepared } from "../learn.ts";
import type { Control, Discovered, DiscoveredSparker } from "./discovered.ts";
import { citationsOf, discoverGuarantee } from "./guarantee.ts";
import { kernelModel } from "./kernel-model.ts";
import { numbered, placeInColumns } from "./place-in-columns.ts";
import { openBoth, type ReadSamples, readSamples, stackedTables } from "./read-samples.ts";
import { openToys, runIdentity } from "./toy-journal.ts";

export const DISCOVER_METHODS = ["sparker", "mmd-fuse", "c2st", "all"] as const;

/** The test's own options, as flags and help are made of them. */
export const discoverOptionList = () => describeOptions(sparkerOptions);

export interface DiscoverOptions extends SourceOptions {
  /** Rows that are normal, or as they usually are: a path or glob, rows or columns. */
  readonly reference: Input;
  /** An SQL condition on the rows of the reference; `where` is one on those of the window. */
  readonly referenceWhere?: string;
  /** Whatever is drawn is drawn by it: equal key and rows, equal answer. */
  readonly key: number | string;
  /** Which test answers; `all` sets the peers beside SparKer. SparKer when left out. */
  readonly method?: (typeof DISCOVER_METHODS)[number];
  /** SparKer's own options. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** How many toys tell the law of the statistic where nothing is new: 300 when left out. */
  readonly toys?: number;
  /** How many rows a normal window has, where the exposure is known: a surplus of rows then counts. */
  readonly expected?: number;
  readonly columns?: Readonly<Record<string, ColumnKind>>;
  readonly ignore?: readonly string[];
  /** A column whose equal values mark rows that hang together: whole groups are dealt. */
  readonly group?: string;
  /** A share of anomalous rows: how often would as many be found? */
  readonly power?: number;
  /** Rows of the signal that `power` plants; rows of the window that the fit names when left out. */
  readonly powerSignal?: Input;
  /** Also run the test with a part taken away, and on rows where nothing is new. */
  readonly controls?: boolean;
  /** A file that toys are written to as they come; the same run goes on from it, and takes it away at the end. */
  readonly checkpoint?: string;
  readonly signal?: AbortSignal;
  readonly workers?: number;
  readonly onProgress?: (progress: { readonly stage: string; readonly done: number; readonly total: number }) => void;
}

const forms = {
  ...Object.fromEntries(
    [
      "key",
      "options",
      "columns",
      "ignore",
      "group",
      "checkpoint",
      "signal",
      "onProgress",
      "workers",
      "sql",
      "where",
      "delimiter",
      "header",
      "missing",
      "format",
    ].map((name) => [name, fitForms[name]]),
  ),
  reference: z
    .custom((value) => typeof value === "string" || (typeof value === "object" && value !== null))
    .describe("a path, rows or columns"),
  powerSignal: z
    .custom((value) => typeof value === "string" || (typeof value === "object" && value !== null))
    .describe("a path, rows or columns"),
  referenceWhere: z.string().describe("a text"),
  method: z.enum(DISCOVER_METHODS).describe(DISCOVER_METHODS.join(" or ")),
  toys: z.int().min(1).describe("a whole number ≥ 1"),
  expected: z.number().positive().describe("a number above 0"),
  power: z.number().gt(0).lt(1).describe("a share between 0 and 1, as in 0.01"),
  controls: z.boolean().describe("true or false"),
};

/** What came of a discovery, with what a file of the window's rows and a graph of f are made of. */
export interface Discovery {
  readonly found: Discovered;
  /** The window, open; dispose of it. */
  readonly source: Source;
  /** f of a row as an ONNX file; null without SparKer. */
  readonly model: () => Uint8Array | null;
}

/**
 * Is there anything in the window that the reference does not have, or anything missing that it has? Asks for the window
 * as a whole: one p-value, and where the excess or deficit sits, even if no single row stands out. No labels, no model.
 *
 * Numbers are scaled by the signed logarithm, missing values become medians with a mark, categories columns of 0 and 1.
 * The p-value comes from toys: the same test on rows dealt anew (or drawn from a large reference). See {@link sparker}.
 * Throws an InputError that names column and remedy, Interrupted when the signal fires. Some 20 s for 500 against 5,000
 * rows of 80 columns and 99 toys on 2 cores.
 *
 * @example
 * const { sparker } = await discover("window.csv", { reference: "normal.parquet", key: 0 });
 * console.log(sparker.pValue, sparker.kernels[0].columns);
 */
export async function discover(window: Input, options: DiscoverOptions): Promise<Discovered> {
  const { found, source } = await discoverFile(window, options);
  source[Symbol.dispose]();
  return found;
}

/** {@link discover}, with the window open and f as a file. */
export async function discoverFile(window: Input, options: DiscoverOptions): Promise<Discovery> {
  checkOptions("discover", forms, options, ["key", "reference"]);
  const { method = "sparker", key, group, signal, onProgress } = options;
  const own = parseOptions("discover", sparkerOptions, options.options);
  onProgress?.({ stage: "read", done: 0, total: 1 });
  const [source, referenceSource] = await openBoth(window, options.reference, options);
  try {
    using reference = referenceSource;
    const read = await readSamples(source, reference, { ...options, signal });
    const root = keyOf(key).for("discover");
    const { features, samples } = await encoded(read, own, options);
    const warnings = [...read.warnings, ...copyWarnings(samples.window)];
    const wanted = method === "all" ? (["sparker", "mmd-fuse", "c2st"] as const) : ([method] as const);

    let result: SparkerResult | null = null;
    if (wanted.includes("sparker")) result = await runSparker(samples, own, root, options);
    const peers = await runPeers(samples, own, wanted, root, options);
    const power =
      result && options.power !== undefined ? await powerOf(samples, read, features, result, own, root, options) : null;
    const controls = result && options.controls ? await runControls(samples, own, root, options) : [];
    const found: Discovered = {
      window: { source: source.description, rows: read.window.rows },
      reference: { source: reference.description, rows: read.reference.rows },
      columns: read.columns.map(({ name }) => name),
      ignored: read.ignored,
      key,
      sparker: result && (await described(result, features, read, own, options)),
      peers,
      power,
      controls,
      warnings: [...warnings, ...(result?.notes ?? [])],
      guarantee: discoverGuarantee(result, peers, group !== undefined),
      citations: citationsOf(wanted),
    };
    const facts = { window: found.window, reference: found.reference, key, inputs: read.columns };
    return { found, source, model: () => result && kernelModel(features, result, facts) };
  } catch (error) {
    source[Symbol.dispose]();
    throw error;
  }
}

interface Encoded {
  readonly window: Matrix;
  readonly reference: Matrix;
  readonly groups: ReadSamples["groups"];
}

/** Raw columns as numbers: encoders learn from both samples where toys deal them anew, else from the reference alone. */
async function encoded(
  read: ReadSamples,
  own: SparkerOptions,
  { group, signal }: DiscoverOptions,
): Promise<{ features: Features; samples: Encoded }> {
  const { toys } = toyKind(
    read.window.rows,
    read.reference.rows,
    group === undefined ? own.deal : "permute",
    own.mostReference,
  );
  const all = stackedTables(read.window, read.reference);
  const features = fitFeatures(toys === "permute" ? all : read.reference, read.columns, "one-hot");
  const rows = await prepared(features, all, { ...(signal && { signal }) });
  const window = sliceRows(rows, 0, read.window.rows);
  const reference = sliceRows(rows, read.window.rows, rows.rows);
  return { features, samples: { window, reference, groups: read.groups } };
}

const COPIES = 0.05;

function copyWarnings(window: Matrix): readonly string[] {
  const share = 1 - distinctRows(window).rows.rows / window.rows;
  return share > COPIES
    ? [
        `${percent(share)} of the window's rows are copies of others: bursts of copies break exchangeability, and the p-value may be too small; pass --group with what makes them hang together`,
      ]
    : [];
}

async function runSparker(
  samples: Encoded,
  own: SparkerOptions,
  root: Key,
  options: DiscoverOptions,
): Promise<SparkerResult> {
  const { toys = 300, expected, checkpoint, signal, workers, onProgress } = options;
  const facts = { own, expected: expected ?? null, key: options.key, groups: samples.groups };
  const journal =
    checkpoint === undefined ? null : openToys(checkpoint, runIdentity([samples.window, samples.reference], facts));
  const result = await sparker(samples, own, {
    key: root.for("sparker"),
    toys,
    expected: expected ?? null,
    signal,
    workers,
    onProgress,
    known: journal?.known,
    onToy: journal?.add,
  });
  journal?.remove();
  return result;
}

/** The peers, on pooled rows prepared as SparKer's are. */
async function runPeers(
  { window, reference, groups }: Encoded,
  own: SparkerOptions,
  wanted: readonly string[],
  root: Key,
  { signal, onProgress }: DiscoverOptions,
): Promise<readonly TwoSampleResult[]> {
  if (!wanted.includes("mmd-fuse") && !wanted.includes("c2st")) return [];
  const pooled = stacked(window, reference);
  const rows = await prepareRows(fitPreparation(own.scaling, pooled), pooled);
  const blocks = groups && blocksOf([...groups.window, ...groups.reference], window.rows);
  const both = { window: sliceRows(rows, 0, window.rows), reference: sliceRows(rows, window.rows, rows.rows), blocks };
  const context = { signal, onProgress };
  return [
    ...(wanted.includes("mmd-fuse") ? [await mmdFuse(both, { ...context, key: root.for("mmd-fuse") })] : []),
    ...(wanted.includes("c2st") ? [await c2st(both, { ...context, key: root.for("c2st") })] : []),
  ];
}

async function powerOf(
  samples: Encoded,
  read: ReadSamples,
  features: Features,
  result: SparkerResult,
  own: SparkerOptions,
  root: Key,
  options: DiscoverOptions,
) {
  let signalRows: Matrix | null = null;
  if (options.powerSignal !== undefined) {
    const [source, again] = await openBoth(options.powerSignal, options.reference, { ...options, where: undefined });
    using planted = source;
    using reference = again;
    const given = await readSamples(planted, reference, { ...options, signal: options.signal });
    signalRows = await prepared(features, given.window, {});
    if (given.columns.length !== read.columns.length) throw new Error("discover: columns of the signal differ");
  }
  const { signal, onProgress } = options;
  return estimatePower(samples, result, own, {
    key: root.for("power"),
    share: options.power!,
    signalRows,
    signal,
    onProgress,
  });
}

/** The test with centers that stay, with one width, and of a window of reference rows. */
async function runControls(
  samples: Encoded,
  own: SparkerOptions,
  root: Key,
  options: DiscoverOptions,
): Promise<readonly Control[]> {
  const { toys = 300, signal, workers, onProgress } = options;
  const { window, reference, groups } = samples;
  const run = async (name: string, what: string, of: Encoded, changed: Partial<SparkerOptions>): Promise<Control> => {
    const context = { key: root.for("control").for(name), toys, signal, workers };
    const { pValue, z } = await sparker(
      of,
      { ...own, ...changed },
      {
        ...context,
        onProgress: (progress) => onProgress?.({ ...progress, stage: `control, ${name}: ${progress.stage}` }),
      },
    );
    return { name, pValue, z, what };
  };
  const pooled = stacked(window, reference);
  const rows = await prepareRows(fitPreparation(own.scaling, pooled), pooled);
  const width = medianWidth(rows, root.for("control width")) ?? 1;
  const order = permutation(root.for("null window"), reference.rows);
  const size = Math.min(window.rows, Math.floor(reference.rows / 2));
  const nothing = {
    window: takeRows(reference, order.subarray(0, size)),
    reference: takeRows(reference, order.subarray(size)),
    groups: null,
  };
  return [
    await run(
      "centers that stay",
      "kernels stay at the rows where they start",
      { window, reference, groups },
      { centers: "stay" },
    ),
    await run(
      "one width",
      "the width is the median distance throughout",
      { window, reference, groups },
      { widest: width, narrowest: width, levels: 1 },
    ),
    await run("null window", "rows of the reference against the others: nothing is new", nothing, {}),
  ];
}

async function described(
  result: SparkerResult,
  features: Features,
  read: ReadSamples,
  own: SparkerOptions,
  { expected }: DiscoverOptions,
): Promise<DiscoveredSparker> {
  const { place, toyStatistics, levels, level, toyKind, failures, extrapolation, countPValue } = result;
  const { kernels, dimension, weight, referenceRows, window, toys, pValue, z, resolution } = result;
  if (place.kernels.length === 0) throw new InputError("discover: kernels: expected at least one, got none");
  return {
    window,
    toys,
    pValue,
    z,
    resolution,
    count: toys.length,
    levels,
    level,
    toyKind,
    toyStatistics,
    failures,
    extrapolation,
    countPValue,
    kernelCount: kernels,
    dimension,
    weight,
    referenceRows,
    options: { ...own, expected: expected ?? null },
    kernels: await placeInColumns(result, features.names, read.columns),
    surplus: place.surplus,
    highest: place.highest.map((row) => numbered(row, null)),
    lowest: place.lowest.map((row) => numbered(row, result.referencePlaces)),
    logRatios: place.logRatios,
    contributions: place.contributions,
  };
}
