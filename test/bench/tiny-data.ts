import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeParquet } from "../../src/data/index.ts";
import { key, normal } from "../../src/numeric/index.ts";

/** Sizes of the training rows: the last is large enough that `fit` would hold rows out. */
const TRAIN: Readonly<Record<string, number>> = { alpha: 60, beta: 80, gamma: 1100 };

/** Writes a data folder with three small sets of OddBench's form, and one of ADBench's, drawn by a key. */
export async function writeTinyData(folder: string, sizes = TRAIN): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const entries: object[] = [];
  for (const [name, train] of Object.entries(sizes)) {
    const rows = [...tinyRows(name, train, 0, "train"), ...tinyRows(`${name} test`, 50, 15, "test")];
    const columns = { x0: "number", x1: "number", x2: "number", label: "integer", split: "text" } as const;
    entries.push(await write(folder, name, columns, rows, { group: "oddbench", train, test: 65, rows: train + 65 }));
  }
  const rows = tinyRows("delta", 81, 9, "").map(({ split, ...row }) => row);
  const columns = { x0: "number", x1: "number", x2: "number", label: "integer" } as const;
  const described = { group: "adbench", classes: { "0": 81, "1": 9 }, rows: 90, source: "datasets/Classical" };
  entries.push(await write(folder, "delta", columns, rows, described));
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(entries));
}

function tinyRows(name: string, normals: number, anomalies: number, split: string) {
  const z = normal(key(name));
  return Array.from({ length: normals + anomalies }, (_, i) => {
    const label = i < normals ? 0 : 1;
    const shift = label * 1.5;
    return { x0: z() + shift, x1: z() - shift, x2: z(), label, split };
  });
}

async function write(
  folder: string,
  name: string,
  columns: Parameters<typeof writeParquet>[1],
  rows: Parameters<typeof writeParquet>[2],
  described: object,
): Promise<object> {
  const file = `${name}.parquet`;
  await writeParquet(join(folder, file), columns, rows);
  const sha256 = createHash("sha256")
    .update(readFileSync(join(folder, file)))
    .digest("hex");
  return { name, file, columns: 3, label: "label", sha256, ...described };
}
