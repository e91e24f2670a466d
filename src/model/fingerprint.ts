import { createHash, type Hash } from "node:crypto";
import type { Table } from "../numeric/index.ts";
import type { KnownTable } from "./learn.ts";

/**
 * A hash of all names and values of a table, and of known anomalous rows with their classes where there are some:
 * SHA-256 in hexadecimal digits. O(n d).
 */
export function fingerprint(table: Table, known: KnownTable | null = null): string {
  const hash = createHash("sha256");
  add(hash, table);
  if (known !== null) {
    hash.update("known\n");
    add(hash, known.table);
    for (const name of known.classes) hash.update(`${name.length}:${name}`);
  }
  return hash.digest("hex");
}

function add(hash: Hash, table: Table): void {
  if (table.images) {
    const { name, shape, values } = table.images;
    hash.update(`image:${name}:${shape.height}:${shape.width}:${shape.channels}\n`).update(values);
  }
  for (const column of table.columns) {
    hash.update(`${column.type}:${column.name}\n`);
    if (column.type === "number") hash.update(column.values);
    else for (const text of column.values) hash.update(text === null ? "-" : `${text.length}:${text}`);
  }
}
