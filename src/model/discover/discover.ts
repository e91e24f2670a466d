import type { Input, Source } from "../../data/index.ts";
import { type SparkerOptions, type SparkerResult, sparker, sparkerOptions } from "../../discover/index.ts";
import { InputError } from "../../errors/index.ts";
import { distinctRows, type Key, key as keyOf, type Matrix, percent } from "../../numeric/index.ts";
import { parseOptions } from "../../options/index.ts";
import type { Features } from "../../prepare/index.ts";
import { checkOptions } from "../check-options.ts";
import { type DiscoverOptions, discoverForms } from "./discover-options.ts";
import type { Discovered, DiscoveredSparker } from "./discovered.ts";
import { type Encoded, encoded } from "./encoded.ts";
import { citationsOf, discoverGuarantee } from "./guarantee.ts";
import { kernelModel } from "./kernel-model.ts";
import { numbered, placeInColumns } from "./place-in-columns.ts";
import { openBoth, type ReadSamples, readSamples } from "./read-samples.ts";
import { runControls } from "./run-controls.ts";
import { runPeers } from "./run-peers.ts";
import { powerOf } from "./run-power.ts";
import { openToys, runIdentity } from "./toy-journal.ts";

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
  checkOptions("discover", discoverForms, options, ["key", "reference"]);
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
