import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { capturedRun } from "../src/cli/captured-run.ts";
import { InputError } from "../src/errors/index.ts";
import { decode, encode, LIMITS } from "../src/graph/index.ts";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
} from "../src/graph/onnx/gen/onnx_pb.ts";
import { type Manifest, readModelFile } from "../src/model/index.ts";
import { key, normal, uniform } from "../src/numeric/index.ts";

/** Model files that are not what they say: refused by name before anything of them runs, in the library and by score. */

const folder = mkdtempSync(join(tmpdir(), "unseen-bad-models-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
let bytes: Uint8Array;

beforeAll(async () => {
  const draw = normal(key(1));
  const rows = Array.from({ length: 60 }, (_, i) => `${draw()},${draw()},${i % 3 ? "red" : "blue"}`);
  writeFileSync(at("rows.csv"), `a,b,color\n${rows.join("\n")}\n`);
  const { code } = await capturedRun(["fit", at("rows.csv"), "--detector", "knn", "-o", at("model.onnx")]);
  expect(code).toBe(0);
  bytes = readFileSync(at("model.onnx"));
});

/** The file with its messages changed. */
function bent(change: (graph: GraphProto, model: ModelProto) => void): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  change(model.graph!, model);
  return toBinary(ModelProtoSchema, model);
}

/** The file with its manifest changed. */
function lying(change: (manifest: Manifest) => object): Uint8Array {
  const { outputs, metadata } = decode(bytes);
  const manifest = JSON.parse(metadata["unseen"]) as Manifest;
  return encode(outputs, { metadata: { ...metadata, unseen: JSON.stringify({ ...manifest, ...change(manifest) }) } });
}

const node = (shape: MessageInitShape<typeof NodeProtoSchema>): NodeProto => create(NodeProtoSchema, shape);

/** A choice whose branches are choices again, so many levels deep. */
function nested(levels: number): NodeProto {
  let inner = node({ opType: "Identity", input: ["a"], output: ["r"] });
  for (let level = 0; level < levels; level++) {
    const branch = (name: string) =>
      create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: { node: [inner], output: [{ name: "r" }] } });
    inner = node({
      opType: "If",
      input: ["a"],
      output: ["r"],
      attribute: [branch("then_branch"), branch("else_branch")],
    });
  }
  return inner;
}

const files: readonly (readonly [string, () => Uint8Array, RegExp])[] = [
  [
    "an operator that is foreign",
    () => bent(({ node }) => void Object.assign(node[0], { opType: "Loop" })),
    /uses the operator Loop, which Unseen never writes/,
  ],
  [
    "an operator of a foreign domain",
    () => bent(({ node }) => void Object.assign(node[0], { domain: "com.microsoft" })),
    /uses the operator/,
  ],
  [
    "a function of its own",
    () => bent((_, model) => void model.functions.push({ $typeName: "onnx.FunctionProto" } as never)),
    /defines functions of its own/,
  ],
  [
    "a constant of 10^12 elements",
    () => bent(({ initializer }) => void Object.assign(initializer[0], { dims: [10n ** 12n] })),
    /constant .*shape \[1000000000000\] with missing data/,
  ],
  [
    "a constant of 2^63 elements",
    () => bent(({ initializer }) => void Object.assign(initializer[0], { dims: [2n ** 62n, 2n] })),
    /constant of shape/,
  ],
  [
    "a constant without elements",
    () => bent(({ initializer }) => void Object.assign(initializer[0], { dims: [0n] })),
    /shape \[0\]/,
  ],
  [
    "data outside the file",
    () =>
      bent(({ initializer }) => {
        initializer[0].dataLocation = 1;
        initializer[0].externalData = [
          { $typeName: "onnx.StringStringEntryProto", key: "location", value: "/etc/passwd" },
        ];
      }),
    /points to data outside itself/,
  ],
  [
    "an input of another shape",
    () =>
      bent(({ input }) => {
        const { value } = input[0].type!;
        if (value.case === "tensorType") value.value.shape!.dim[0].value = { case: "dimValue", value: 10n ** 12n };
      }),
    /float64 \[1000000000000\]/,
  ],
  [
    "a later operator set",
    () => bent((_, model) => void Object.assign(model.opsetImport[0], { version: 22n })),
    /needs version 22/,
  ],
  ["a later IR version", () => bent((_, model) => void Object.assign(model, { irVersion: 99n })), /has IR version 99/],
  ["a choice within a choice", () => bent(({ node }) => void node.unshift(nested(2))), /nests a choice in another/],
  ["choices twelve levels deep", () => bent(({ node }) => void node.unshift(nested(12))), /nests a choice in another/],
  [
    "a choice that uses what comes later",
    () =>
      bent(({ node: nodes }) => {
        const later = nested(1);
        later.attribute[0].g!.node[0].input[0] = nodes.at(-1)!.output[0];
        nodes.unshift(later);
      }),
    /uses ".*" before it is there/,
  ],
  [
    "nodes in a circle",
    () => bent(({ node }) => void node[0].input.splice(0, 1, node.at(-1)!.output[0])),
    /uses ".*" before it is there/,
  ],
  ["a value that is defined twice", () => bent(({ node }) => void node.push(node[0])), /defines ".*" twice/],
  [
    "messages nested 100,000 levels deep",
    () => {
      const parts: Uint8Array[] = [];
      let size = 0;
      for (let level = 0; level < 100_000; level++) {
        const tag = [0x0a, 0x32, 0x2a][level % 3]; // from within: node, the graph of an attribute, attribute
        const head = Uint8Array.from([tag, ...varint(size)]);
        parts.push(head);
        size += head.length;
      }
      const graph = Buffer.concat(parts.reverse());
      const rest = bent((_, model) => void Object.assign(model, { graph: undefined }));
      return Buffer.concat([rest, Uint8Array.from([0x3a, ...varint(graph.length)]), graph]);
    },
    /not an ONNX model, or is damaged/,
  ],
  [
    "a manifest of more than 64 MB",
    () => lying(() => ({ version: "x".repeat(LIMITS.manifest) })),
    /manifest of more than 67108864 characters/,
  ],
  [
    "columns that the graph does not take",
    () => lying(({ columns }) => ({ columns: columns.slice(1) })),
    /takes other columns/,
  ],
  [
    "a column of another kind",
    () => lying(({ columns }) => ({ columns: columns.map((column) => ({ ...column, kind: "category" })) })),
    /takes column "a" in another form/,
  ],
  [
    "more calibration rows than it holds",
    () => lying(({ calibration }) => ({ calibration: { ...calibration, rows: 1_000_000, units: 1_000_000 } })),
    /other calibration rows/,
  ],
  [
    "reference rows that are not there",
    () => lying(() => ({ referenceRows: { rows: 0, heldOut: false } })),
    /other reference rows/,
  ],
  [
    "a detector without a name",
    () => lying(({ detector }) => ({ detector: { ...detector, name: 7 } })),
    /manifest: detector\.name/,
  ],
  ["a part that nobody knows", () => lying(() => ({ command: "rm -rf /" })), /manifest: whole/],
  ["a later format", () => lying(() => ({ format: 99 })), /has format 99.*install a newer version/],
];

function varint(value: number): number[] {
  const out: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) out.push((value % 128) | 128);
  return [...out, value];
}

describe("a model file is refused that holds", () => {
  test.each(files)("%s", async (_name, file, pattern) => {
    const bad = file();
    const error = await readModelFile(bad).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(pattern);
    writeFileSync(at("bad.onnx"), bad);
    const argv = ["score", at("rows.csv"), "-m", at("bad.onnx"), "-o", at("out.csv")];
    const { code, stdout, stderr } = await capturedRun(argv);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^error: load: [^\n]*\n$/);
    expect(readdirSync(folder)).not.toContain("out.csv");
  });
});

test("a detector that this version does not know is no reason to refuse: the graph is all that runs", async () => {
  const bad = lying(({ detector }) => ({ detector: { ...detector, name: "of-tomorrow" } }));
  expect((await readModelFile(bad)).manifest.detector.name).toBe("of-tomorrow");
});

test("100 MB of metadata that nobody knows are passed over", async () => {
  const { outputs, metadata } = decode(bytes);
  const large = encode(outputs, { metadata: { ...metadata, other: "x".repeat(100_000_000) } });
  expect((await readModelFile(large)).runnable.length).toBeLessThan(1_000_000);
});

test("a file cut off anywhere is refused", async () => {
  const place = uniform(key("cut"));
  for (let i = 0; i < 300; i++) {
    const cut = bytes.subarray(0, Math.floor(place() * bytes.length));
    await expect(readModelFile(cut), `${cut.length} of ${bytes.length} bytes`).rejects.toBeInstanceOf(InputError);
  }
});
