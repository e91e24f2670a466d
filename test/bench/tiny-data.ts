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

const LEAKS = ["id", "Flow ID", "Src IP", "Src Port", "Dst IP", "Timestamp", "Attempted Category"];

/** Writes a data folder with the sets of the intrusion suite, few rows of few columns each, drawn by a key. */
export async function writeTinyTraffic(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const rowsOf = (name: string, counts: Readonly<Record<string, number>>, label: string, more: readonly string[]) => {
    const z = normal(key(name));
    return Object.entries(counts).flatMap(([kind, count], place) =>
      Array.from({ length: count }, (_, i) => ({
        duration: z() + 2 * place,
        bytes: z(),
        protocol: i % 3 === 0 ? "udp" : "tcp",
        ...Object.fromEntries(more.map((column) => [column, 1000 * place + i])),
        [label]: kind,
      })),
    );
  };
  const files = [
    ["cicids2017-improved", { BENIGN: 120, DDoS: 30, Botnet: 12, Rare: 3 }, "Label", LEAKS],
    ["nsl-kdd-train-20", { normal: 90, neptune: 20 }, "label", ["difficulty"]],
    ["nsl-kdd-test", { normal: 40, neptune: 10, mscan: 5 }, "label", ["difficulty"]],
    ["kddcup99-10-percent", { normal: 80, smurf: 25 }, "label", []],
  ] as const;
  const entries: object[] = [];
  for (const [name, counts, label, more] of files) {
    const rows = rowsOf(name, counts, label, more);
    const numbers = Object.fromEntries(["duration", "bytes", ...more].map((column) => [column, "number" as const]));
    const columns = { ...numbers, protocol: "text", [label]: "text" } as const;
    entries.push(await write(folder, name, columns, rows, { group: "intrusion", rows: rows.length, label }));
  }
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(entries));
}
