import { createHash } from "node:crypto";
import type { Table } from "../numeric/index.ts";

/** SHA-256 of the rows of each segment: whether computed rows came again in the same order. */
export interface RowMarks {
  /** Adds the next rows; tables end where segments end. */
  add(table: Table): void;
  /** The mark of a segment that was read to its end, or is the last; null of others. */
  of(segment: number): string | null;
}

export function rowMarks(segmentRows: number): RowMarks {
  const marks: string[] = [];
  let [hash, held] = [createHash("sha256"), 0];
  return {
    add({ rows, columns, images }) {
      if (images) hash.update(images.values);
      for (const column of columns) {
        if (column.type === "text") hash.update(JSON.stringify(column.values));
        else hash.update(new Uint8Array(column.values.buffer, column.values.byteOffset, column.values.byteLength));
      }
      held += rows;
      if (held < segmentRows) return;
      marks.push(hash.digest("hex"));
      [hash, held] = [createHash("sha256"), 0];
    },
    of: (segment) => marks[segment] ?? (segment === marks.length && held > 0 ? hash.copy().digest("hex") : null),
  };
}
