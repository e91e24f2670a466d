/**
 * Segments of scores as Parquet files that DuckDB reads: the columns `score` and `p_value`, and `class` where rows are
 * likened to known classes; doubles that are never null, one row group, one plain page a column, not packed. Written by hand because the bytes of a few arrays between a
 * head and a foot are all there is to it: no copy into a table, no query, and the arrays can be read back by position.
 *
 * Source: github.com/apache/parquet-format, parquet.thrift; Thrift's compact protocol.
 */

const NAMES = ["score", "p_value", "class"] as const;
const MAGIC = Buffer.from("PAR1");
const [DOUBLE, PLAIN, RLE, REQUIRED, UNCOMPRESSED] = [5, 0, 3, 0, 0];

export interface Segment {
  readonly scores: Float64Array;
  readonly pValues: Float64Array;
  /** The place of the class that each row is likened to; empty where none are. */
  readonly classes: Float64Array;
}

/** A segment of one row or more as the parts of its file, in order; the arrays' own bytes are among them. */
export function segmentParts({ scores, pValues, classes }: Segment): readonly Uint8Array[] {
  const columns = classes.length > 0 ? [scores, pValues, classes] : [scores, pValues];
  const head = pageHeader(scores.length);
  const pages = columns.flatMap(({ buffer, byteOffset, byteLength }) => [
    head,
    new Uint8Array(buffer, byteOffset, byteLength),
  ]);
  const foot = footer(scores.length, head.length, NAMES.slice(0, columns.length));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(foot.length);
  return [MAGIC, ...pages, foot, size, MAGIC];
}

/** The segment of so many rows that {@link segmentParts} made the file of, with classes or without. */
export function segmentOf(file: Uint8Array, rows: number, classed: boolean): Segment {
  const page = pageHeader(rows).length;
  const column = (j: number) => {
    const from = file.byteOffset + MAGIC.length + page + j * (page + 8 * rows);
    return new Float64Array(file.buffer.slice(from, from + 8 * rows) as ArrayBuffer);
  };
  return { scores: column(0), pValues: column(1), classes: classed ? column(2) : new Float64Array(0) };
}

function pageHeader(rows: number): Uint8Array {
  const data = struct([1, int(rows)], [2, int(PLAIN)], [3, int(RLE)], [4, int(RLE)]);
  return struct([1, int(0)], [2, int(8 * rows)], [3, int(8 * rows)], [5, data]).bytes;
}

function footer(rows: number, page: number, names: readonly string[]): Uint8Array {
  const size = page + 8 * rows;
  const leaf = (name: string) => struct([1, int(DOUBLE)], [3, int(REQUIRED)], [4, text(name)]);
  const schema = [struct([4, text("schema")], [5, int(names.length)]), ...names.map(leaf)];
  const chunks = names.map((name, j) => {
    const at = long(MAGIC.length + j * size);
    const about = struct(
      [1, int(DOUBLE)],
      [2, list([int(PLAIN)])],
      [3, list([text(name)])],
      [4, int(UNCOMPRESSED)],
      [5, long(rows)],
      [6, long(size)],
      [7, long(size)],
      [9, at],
    );
    return struct([2, at], [3, about]);
  });
  const group = struct([1, list(chunks)], [2, long(names.length * size)], [3, long(rows)]);
  return struct([1, int(1)], [2, list(schema)], [3, long(rows)], [4, list([group])], [6, text("unseen")]).bytes;
}

/** A value of Thrift's compact protocol with its type. */
interface Thrift {
  readonly type: number;
  readonly bytes: Uint8Array;
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}

/** Whole numbers ≥ 0 in zigzag form. */
const int = (value: number): Thrift => ({ type: 5, bytes: varint(2n * BigInt(value)) });
const long = (value: number): Thrift => ({ ...int(value), type: 6 });

function text(value: string): Thrift {
  const bytes = Buffer.from(value);
  return { type: 8, bytes: Buffer.concat([varint(BigInt(bytes.length)), bytes]) };
}

/** Fewer than 15 values of one type. */
function list(values: readonly Thrift[]): Thrift {
  const head = Uint8Array.of((values.length << 4) | values[0].type);
  return { type: 9, bytes: Buffer.concat([head, ...values.map(({ bytes }) => bytes)]) };
}

/** Fields by increasing number, which differ by less than 16. */
function struct(...fields: readonly (readonly [number: number, value: Thrift])[]): Thrift {
  const parts = fields.flatMap(([number, { type, bytes }], i) => [
    Uint8Array.of(((number - (i === 0 ? 0 : fields[i - 1][0])) << 4) | type),
    bytes,
  ]);
  return { type: 12, bytes: Buffer.concat([...parts, Uint8Array.of(0)]) };
}
