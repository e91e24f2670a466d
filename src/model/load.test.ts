import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { orders } from "../../test/portable/orders.ts";
import { InputError } from "../errors/index.ts";
import { decode, encode, identity, input, type Tensor } from "../graph/index.ts";
import { fit } from "./fit.ts";
import { readModelFile } from "./load.ts";
import { MANIFEST_KEY, type Manifest } from "./manifest.ts";
import { load } from "./model.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-load-"));
afterAll(() => rmSync(folder, { recursive: true }));

let bytes: Uint8Array;
let outputs: Readonly<Record<string, Tensor>>;
let metadata: Readonly<Record<string, string>>;
let manifest: Manifest;

beforeAll(async () => {
  using model = await fit(orders(1, 60), { key: 7, detector: "mahalanobis" });
  ({ bytes } = model);
  ({ outputs, metadata } = decode(bytes));
  manifest = model.manifest;
});

/** What `load` throws, as text; "" when it loads. Anything but an InputError is thrown on. */
async function refusal(file: Uint8Array | string): Promise<string> {
  try {
    using _ = await load(file);
    return "";
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** The file with another manifest. */
const withManifest = (changed: object) =>
  encode(outputs, { metadata: { ...metadata, [MANIFEST_KEY]: JSON.stringify({ ...manifest, ...changed }) } });

test("the file that fit wrote is read, and the same when written again", async () => {
  expect(await refusal(bytes)).toBe("");
  expect(await refusal(withManifest({}))).toBe("");
});

describe("files that are no models", () => {
  test("random bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (random) => {
        expect(await refusal(random)).toContain("`unseen fit`");
      }),
    );
  });

  test("files cut at every 1/50 of their length", async () => {
    for (let part = 0; part < 50; part++)
      expect(await refusal(bytes.subarray(0, Math.floor((bytes.length * part) / 50))), `${part}/50`).not.toBe("");
    expect(await refusal(bytes.subarray(0, -1))).not.toBe("");
  });

  test("a model followed by something else", async () => {
    const followed = (end: Uint8Array) => Buffer.concat([bytes, end]);
    expect(await refusal(followed(Buffer.from("garbage")))).not.toBe("");
    expect(await refusal(followed(new Uint8Array(100)))).not.toBe("");
    expect(await refusal(followed(Buffer.from([0xfa, 0x7f, 0x01, 0x00])))).toContain("holds more than a model");
    expect(await refusal(followed(bytes))).not.toBe("");
  });

  test("paths: no such file, a folder, a text", async () => {
    const text = join(folder, "notes.onnx");
    writeFileSync(text, "not a model");
    expect(await refusal(join(folder, "none.onnx"))).toContain(
      "none.onnx: expected a model file, but there is no such file",
    );
    expect(await refusal(folder)).toContain("it is a folder");
    expect(await refusal(text)).toContain(`${text}: the file is not an ONNX model`);
  });
});

describe("ONNX files whose manifest does not fit", () => {
  test.each<[string, () => Uint8Array, string]>([
    ["no manifest", () => encode(outputs), "without Unseen's manifest"],
    ["no JSON", () => encode(outputs, { metadata: { [MANIFEST_KEY]: "{" } }), "without Unseen's manifest"],
    ["a list", () => encode(outputs, { metadata: { [MANIFEST_KEY]: "[]" } }), "manifest"],
    [
      "a later format",
      () => withManifest({ format: 2 }),
      "has format 2, and this version reads format 1; install a newer",
    ],
    ["an earlier format", () => withManifest({ format: 0 }), "manifest: format"],
    ["a part too many", () => withManifest({ script: "rm -rf /" }), "manifest: whole"],
    ["other names", () => withManifest({ columns: rename(manifest) }), "takes other columns than its manifest says"],
    ["another order", () => withManifest({ columns: manifest.columns.toReversed() }), "takes other columns"],
    ["fewer columns", () => withManifest({ columns: manifest.columns.slice(1) }), "takes other columns"],
    ["other kinds", () => withManifest({ columns: retype(manifest) }), 'takes column "amount" in another form'],
    [
      "other calibration rows",
      () => withManifest({ calibration: { ...manifest.calibration, rows: 61 } }),
      "other calibration rows",
    ],
    ["no reference rows", () => withManifest({ referenceRows: { rows: 0, heldOut: false } }), "other reference rows"],
    ["no rows a call", () => withManifest({ chunk: 0 }), "manifest: chunk"],
  ])("%s", async (_, file, message) => {
    expect(await refusal(file())).toContain(message);
  });

  test.each<[string, (x: Tensor) => Record<string, Tensor>, string]>([
    ["one output", (x) => ({ score: identity(x) }), "does not compute score and p_value"],
    ["three outputs", (x) => ({ score: identity(x), p_value: identity(x), more: identity(x) }), "does not compute"],
    ["no calibration", (x) => ({ score: identity(x), p_value: identity(x) }), "other calibration rows"],
  ])("a graph with %s", async (_, make, message) => {
    const columns = [{ name: "x", kind: "numeric" }];
    const file = encode(make(input("x", "float64", ["rows"])), {
      metadata: { ...metadata, [MANIFEST_KEY]: JSON.stringify({ ...manifest, columns }) },
    });
    expect(await refusal(file)).toContain(message);
  });

  function rename({ columns }: Manifest): Manifest["columns"] {
    return columns.map((column) => (column.name === "amount" ? { ...column, name: "price" } : column));
  }
  function retype({ columns }: Manifest): Manifest["columns"] {
    return columns.map((column) => (column.name === "amount" ? { ...column, kind: "category" } : column));
  }
});

test("flipped bytes of the manifest: an InputError, or a model that works; never another error", async () => {
  const start = Buffer.from(bytes).indexOf('{"format":1');
  const length = Buffer.byteLength(metadata[MANIFEST_KEY]);
  expect(start).toBeGreaterThan(0);
  const row = Object.fromEntries(Object.entries(orders(1, 60)).map(([name, [first]]) => [name, first]));
  let worked = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(length - 1), fc.integer({ min: 1, max: 255 }), async (place, flip) => {
      const damaged = bytes.slice();
      damaged[start + place] ^= flip;
      if ((await refusal(damaged)) !== "") return;
      using model = await load(damaged);
      expect((await model.score(row)).score).toBeGreaterThan(0);
      worked++;
    }),
    { numRuns: 150 },
  );
  expect(worked).toBeGreaterThan(0);
});

test("flipped bytes anywhere: verified, or an InputError", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (place, flip) => {
      const damaged = bytes.slice();
      damaged[place] ^= flip;
      try {
        await readModelFile(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
    { numRuns: 300 },
  );
});
