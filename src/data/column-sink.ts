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

/**
 * One sink a conversion, with room for `capacity` rows, and more where they come. With `together` the columns of numbers
 * that are taken at once lie in one buffer, one after the other: 80 allocations become one, and none where `spent` holds
 * a buffer of that size.
 */
export function columnSinks(
  plan: readonly Conversion[],
  capacity: number,
  together: boolean,
  spent: ArrayBuffer[] = [],
): readonly ColumnSink[] {
  const numbers = plan.filter(({ vector }) => vector === "double").length;
  let [block, given] = [new Float64Array(0), numbers];
  const newBlock = () => {
    const buffer = spent.pop();
    return buffer?.byteLength === 8 * numbers * capacity
      ? new Float64Array(buffer)
      : new Float64Array(numbers * capacity);
  };
  const room = () => {
    if (!together) return new Float64Array(capacity);
    if (given === numbers) [block, given] = [newBlock(), 0];
    const from = given++ * capacity;
    return block.subarray(from, from + capacity);
  };
  return plan.map((conversion) =>
    conversion.vector === "double" ? numberSink(conversion, room) : textSink(conversion),
  );
}

/** All sinks ask for `room` in turn: each once before any asks again. */
function numberSink({ selected, nullMeans }: Conversion, room: () => Float64Array): ColumnSink {
  let values: Float64Array | undefined;
  let at = 0;
  return {
    append(vector, from, to) {
      values ??= room();
      const items = doubleItems(vector);
      const bits = validBits(vector);
      if (at + to - from > values.length) {
        const larger = new Float64Array(Math.max(2 * values.length, at + to - from));
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
      const all = values ?? new Float64Array(0);
      const taken = 2 * at < all.length ? all.slice(0, at) : all.subarray(0, at);
      [values, at] = [undefined, 0];
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
