import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { randomGraphs } from "./graphs.ts";
import { bentBytes, bentManifests, bentMessages, loadAndScore } from "./models.ts";
import { readEverything, readerInputs } from "./readers.ts";

/** What is thrown at the program, and how often in 20. */
export const KINDS = { reader: 7, manifest: 3, bytes: 4, message: 4, graph: 2 } as const;
export type Kind = keyof typeof KINDS;

/** The kind of the input of a number. */
export function kindOf(index: number): Kind {
  const kinds = Object.entries(KINDS).flatMap(([kind, times]) => new Array<Kind>(times).fill(kind as Kind));
  return kinds[index % kinds.length];
}

/** What makes the input of a number, and runs it in a folder that holds the models and a table to start from. */
export function prepared(
  folder: string,
): (seed: number, index: number) => { bytes: Uint8Array; run: () => Promise<void> } {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".onnx"))
    .toSorted()
    .map((name) => readFileSync(join(folder, name)));
  const readers = readerInputs(readFileSync(join(folder, "table.parquet")));
  const models = {
    manifest: bentManifests(files),
    bytes: bentBytes(files),
    message: bentMessages(files),
    graph: randomGraphs(files),
  };
  return (seed, index) => {
    const kind = kindOf(index);
    const one = <T>(arbitrary: fc.Arbitrary<T>) =>
      fc.sample(arbitrary, { seed: seed * 1_000_003 + index, numRuns: 1 })[0];
    if (kind === "reader") {
      const input = one(readers);
      return { bytes: input.bytes, run: () => readEverything(input, folder) };
    }
    const bytes = one(models[kind]);
    return { bytes, run: () => loadAndScore(bytes) };
  };
}
