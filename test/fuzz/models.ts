import { fromBinary, toBinary } from "@bufbuild/protobuf";
import * as fc from "fast-check";
import { decode, encode } from "../../src/graph/index.ts";
import { ModelProtoSchema } from "../../src/graph/onnx/gen/onnx_pb.ts";
import { load, type Manifest } from "../../src/model/index.ts";
import { edited, edits } from "./edits.ts";

/** Model files whose manifest is bent: values changed, left out, put in. */
export function bentManifests(files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const value = fc.oneof(
    fc.constantFrom(null, 0, 1, -1, 2, 1e9, 1e308, "", "x", "__proto__", [], {}, true, "split", "category", "numeric"),
    fc.jsonValue({ maxDepth: 2 }),
  );
  return fc.record({ file: fc.constantFrom(...files), steps: bends(value) }).map(({ file, steps }) => {
    const { outputs, metadata } = decode(file);
    const manifest: unknown = JSON.parse(metadata["unseen"]);
    for (const { path, how, value } of steps) bendJson(manifest, path, how, value);
    return encode(outputs, { metadata: { ...metadata, unseen: JSON.stringify(manifest) } });
  });
}

/** Model files with bent bytes. */
export function bentBytes(files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc.tuple(fc.constantFrom(...files), edits(3)).map(([file, changes]) => edited(file, changes));
}

/** Model files whose messages are bent: well-formed protobuf that says something else. */
export function bentMessages(files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc.record({ file: fc.constantFrom(...files), steps: bends(fc.nat()) }).map(({ file, steps }) => {
    const model = fromBinary(ModelProtoSchema, file);
    for (const { path, how, value } of steps) {
      const words = [...model.graph!.node.flatMap(({ output, opType }) => [...output, opType]), "x", "rows", ""];
      // Most of what is interesting is in the graph; its nodes and constants are one step deeper.
      const [top, ...deeper] = path;
      bendMessage(top % 4 === 0 ? model : model.graph!, deeper, how, value, words);
    }
    return toBinary(ModelProtoSchema, model);
  });
}

const bends = <T>(value: fc.Arbitrary<T>) =>
  fc.array(fc.record({ path: fc.array(fc.nat(9999), { minLength: 2, maxLength: 9 }), how: fc.nat(9), value }), {
    minLength: 1,
    maxLength: 3,
  });

function bendJson(at: unknown, path: readonly number[], how: number, value: unknown): void {
  const object = at as Record<string, unknown>;
  const keys = Object.keys(object);
  if (keys.length === 0) return;
  const name = keys[path[0] % keys.length];
  const inside = object[name];
  if (path.length > 1 && typeof inside === "object" && inside !== null && how < 9)
    bendJson(inside, path.slice(1), how, value);
  else if (how % 3 === 0 && Array.isArray(object)) object.splice(path[0] % object.length, 1);
  else if (how % 3 === 0) delete object[name];
  else if (how % 3 === 1) object[name] = value;
  else if (typeof inside === "number") object[name] = [0, -inside, inside + 1, inside / 2, 1e300][path[0] % 5];
  else if (Array.isArray(object)) object.push(inside);
  else object[`${name}${how}`] = value;
}

const integers = [0, 1, -1, 2, 3, 7, 8, 11, 255, 4096, 2 ** 31 - 1, -(2 ** 31)];
const longs = [...integers.map(BigInt), 2n ** 40n, 10n ** 12n, 2n ** 63n - 1n, -(2n ** 63n)];
const doubles = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, -0, 5e-324];

function bendMessage(at: object, path: readonly number[], how: number, value: number, words: readonly string[]): void {
  const message = at as Record<string, unknown>;
  const keys = Object.keys(message).filter((key) => !key.startsWith("$"));
  if (keys.length === 0) return;
  const name = keys[(path[0] ?? 0) % keys.length];
  const inside = message[name];
  const descend = path.length > 1 && typeof inside === "object" && inside !== null && !(inside instanceof Uint8Array);
  if (descend && !(Array.isArray(inside) && (inside.length === 0 || how === 9)))
    bendMessage(inside, path.slice(1), how, value, words);
  else if (Array.isArray(inside)) message[name] = bentList(inside, value);
  else if (Array.isArray(at) && how === 8) at.splice(Number(name), 1);
  else if (typeof inside === "number") message[name] = integers[value % integers.length];
  else if (typeof inside === "bigint") message[name] = longs[value % longs.length];
  else if (typeof inside === "string") message[name] = words[value % words.length];
  else if (inside instanceof Uint8Array) message[name] = bentData(inside, value);
  else if (typeof inside === "boolean") message[name] = !inside;
}

function bentList(list: readonly unknown[], value: number): unknown[] {
  if (list.length === 0) return [];
  const [at, how] = [value % list.length, value % 5];
  if (how === 0) return list.filter((_, i) => i !== at);
  if (how === 1) return [...list, list[at]];
  if (how === 2) return list.toReversed();
  if (how === 3) return list.slice(0, at);
  return list.with(at, list[(at + 1) % list.length]);
}

function bentData(bytes: Uint8Array, value: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  if (value % 4 === 0 && copy.length % 8 === 0 && copy.length > 0)
    new Float64Array(copy.buffer).fill(doubles[value % doubles.length], value % (copy.length / 8));
  else if (value % 4 === 1 && copy.length % 8 === 0 && copy.length > 0)
    new BigInt64Array(copy.buffer)[value % (copy.length / 8)] = longs[value % longs.length];
  else if (value % 4 === 2) return copy.subarray(0, value % (copy.length + 1));
  else if (copy.length > 0) copy[value % copy.length] ^= 1 << (value % 8);
  return copy;
}

const numbers = [0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, -1e-300, 3.5];
const texts = ["DE", "", null, "card", "日本", "x"];

/** Loads a model and scores 1 and 7 rows of odd values with it. Throws what `load` and `score` throw. */
export async function loadAndScore(bytes: Uint8Array): Promise<void> {
  using model = await load(bytes);
  const { columns } = model.manifest;
  for (const rows of [1, 7]) {
    const table = columns.map(({ name, kind }, j) => [name, valuesOf(kind, rows, j)] as const);
    await model.score(Object.fromEntries(table), { workers: 0 });
  }
}

function valuesOf(kind: Manifest["columns"][number]["kind"], rows: number, column: number): unknown[] {
  const from = kind === "category" ? texts : kind === "boolean" ? [true, false, null] : numbers;
  return Array.from({ length: rows }, (_, i) => from[(i + column) % from.length]);
}
