import type { DuckDBVector } from "@duckdb/node-api";
import type { Column } from "../numeric/index.ts";
import type { Conversion } from "./conversion.ts";
import { doubleItems, validBits } from "./vectors.ts";

/** Collects the values of one column from vectors. */
export interface ColumnSink {
  /** Takes entries `from` (inclusive) to `to` of a vector; returns the first that must not be there, or −1. */
  append(vector: DuckDBVector, from: number, to: number): number;
  /** The column collected so far. The sink starts anew, with room for as many. */
  take(): Column;
}

export function columnSink(conversion: Conversion, capacity: number): ColumnSink {
  return conversion.vector === "double" ? numberSink(conversion, capacity) : textSink(conversion);
}

function numberSink({ selected, nullMeans }: Conversion, capacity: number): ColumnSink {
  let values = new Float64Array(0);
  let at = 0;
  return {
    append(vector, from, to) {
      const items = doubleItems(vector);
      const bits = validBits(vector);
      if (at + to - from > values.length) {
        const larger = new Float64Array(Math.max(2 * values.length, capacity, at + to - from));
        larger.set(values.subarray(0, at));
        values = larger;
      }
      values.set(from === 0 && to === items.length ? items : items.subarray(from, to), at);
      if (bits)
        for (let i = from; i < to; i++)
          if (!((bits[i >> 3] >> (i & 7)) & 1)) {
            if (nullMeans === "bad") return i;
            values[at + i - from] = Number.NaN;
          }
      at += to - from;
      return -1;
    },
    take() {
      const taken = at === values.length ? values : values.slice(0, at);
      [values, at] = [new Float64Array(0), 0];
      return { name: selected.name, type: "number", values: taken };
    },
  };
}

/** Equal strings are kept once, up to so many different ones: columns of categories then cost a pointer a row. */
const internedTexts = 20_000;

function textSink({ selected, vector: kind }: Conversion): ColumnSink {
  let values: (string | null)[] = [];
  const interned = new Map<string, string>();
  const intern = (text: string) => {
    const known = interned.get(text);
    if (known !== undefined) return known;
    if (interned.size < internedTexts) interned.set(text, text);
    return text;
  };
  return {
    append(vector, from, to) {
      for (let i = from; i < to; i++) {
        const value = vector.getItem(i);
        if (value === null || Number.isNaN(value)) values.push(null);
        else values.push(intern(kind === "number-text" ? String(value) : (value as string)));
      }
      return -1;
    },
    take() {
      const taken = values;
      values = [];
      return { name: selected.name, type: "text", values: taken };
    },
  };
}
