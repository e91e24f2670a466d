import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { InputError } from "../../errors/index.ts";
import type { DType, NdArray } from "../nd-array.ts";
import { type Branch, firstBranch, placementOf } from "../placement.ts";
import { ONNX_DTYPE } from "../primitives/cast.ts";
import { constantValue, inputName } from "../primitives/leaf.ts";
import { type OnnxAttribute, type Shape, type Tensor, topologicalOrder } from "../tensor.ts";
import { verify } from "../verify.ts";
import {
  type AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  ModelProtoSchema,
  type NodeProtoSchema,
  TensorProto_DataType,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from "./gen/onnx_pb.ts";
import { LIMITS } from "./limits.ts";

/** The versions that we write, and the only ones that we read: ONNX 1.16. */
export const IR_VERSION = 10;
export const OPSET = 21;
export const ML_OPSET = 5;

export interface EncodeOptions {
  readonly producer?: string;
  readonly producerVersion?: string;
  readonly description?: string;
  /** Texts by name, in the model's metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
}

type Node = MessageInitShape<typeof NodeProtoSchema>;
type Initializer = MessageInitShape<typeof TensorProtoSchema>;

/**
 * The graph of named outputs as the bytes of an ONNX file (IR 10, opset 21, ai.onnx.ml 5). Inputs keep their names;
 * every other value is numbered, so equal graphs give equal bytes. Throws on an illegal graph, and an InputError on one
 * that would be larger than may be read again. O(nodes + constants).
 */
export function encode(outputs: Readonly<Record<string, Tensor>>, options: EncodeOptions = {}): Uint8Array {
  verify(Object.values(outputs));
  const names = nameValues(outputs);
  const free = freeNames(names.values());
  const nodes: Node[] = [];
  const placement = placementOf(Object.values(outputs));
  const branches = new Map<Branch, Node[]>();
  const initializers: Initializer[] = [];
  const inputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
  for (const tensor of topologicalOrder(Object.values(outputs))) {
    const name = names.get(tensor)!;
    const value = constantValue(tensor);
    if (value !== null) initializers.push({ name, ...tensorMessage(value) });
    else if (inputName(tensor) !== null) inputs.push(valueInfo(name, tensor.dtype, tensor.shape));
    else {
      const branch = placement.get(tensor)!;
      const place = branch === null ? nodes : nodesOf(branches, branch);
      place.push(
        nodeMessage(tensor, names, initializers, free, (i) => branches.get(placement.get(tensor.inputs[i])!)!),
      );
    }
  }
  const size = initializers.reduce((bytes, { rawData }) => bytes + (rawData?.length ?? 0), 0);
  if (size > LIMITS.bytes)
    throw new InputError(
      `encode: the model: expected at most ${LIMITS.bytes} bytes, got ${size}; keep fewer rows (--max-rows)`,
    );
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(IR_VERSION),
    opsetImport: [
      { domain: "", version: BigInt(OPSET) },
      { domain: "ai.onnx.ml", version: BigInt(ML_OPSET) },
    ],
    producerName: options.producer ?? "unseen",
    producerVersion: options.producerVersion ?? "",
    docString: options.description ?? "",
    metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
    graph: {
      name: "unseen",
      node: nodes,
      initializer: initializers,
      input: inputs,
      output: Object.entries(outputs).map(([name, tensor]) => valueInfo(name, tensor.dtype, tensor.shape)),
    },
  });
  return toBinary(ModelProtoSchema, model);
}

function nameValues(outputs: Readonly<Record<string, Tensor>>): Map<Tensor, string> {
  const names = new Map<Tensor, string>();
  for (const [name, tensor] of Object.entries(outputs)) {
    if (names.has(tensor) || tensor.inputs.length === 0)
      throw new Error(`encode: output "${name}" is a leaf or has two names; use identity()`);
    names.set(tensor, name);
  }
  const taken = new Set(names.values());
  const order = topologicalOrder(Object.values(outputs));
  for (const tensor of order) {
    const name = inputName(tensor);
    if (name === null) continue;
    if (taken.has(name)) throw new Error(`encode: input "${name}" has the name of an output`);
    taken.add(name);
    names.set(tensor, name);
  }
  let count = 0;
  const fresh = () => {
    let name = `v${count++}`;
    while (taken.has(name)) name = `v${count++}`;
    return name;
  };
  for (const tensor of order) if (!names.has(tensor)) names.set(tensor, fresh());
  return names;
}

/** Names beside those taken: the one wanted, with as many primes as it needs. */
function freeNames(names: Iterable<string>): (wanted: string) => string {
  const taken = new Set(names);
  return (wanted) => {
    let name = wanted;
    while (taken.has(name)) name += "'";
    taken.add(name);
    return name;
  };
}

/** The nodes of a branch, none at first. */
function nodesOf(branches: Map<Branch, Node[]>, branch: Branch): Node[] {
  const nodes = branches.get(branch) ?? [];
  branches.set(branch, nodes);
  return nodes;
}

/** `branchNodes`: the nodes of the branch that computes the i-th input of a choice. */
function nodeMessage(
  tensor: Tensor,
  names: Map<Tensor, string>,
  initializers: Initializer[],
  free: (wanted: string) => string,
  branchNodes: (input: number) => Node[],
): Node {
  const form = tensor.primitive.onnx!;
  const parts = form.encode?.(tensor.attributes, tensor.inputs) ?? {};
  const result = names.get(tensor)!;
  const further = (parts.constants ?? []).map((constant, i) => {
    const name = free(`${result}/${i}`);
    initializers.push({ name, ...tensorMessage(constant) });
    return name;
  });
  const { index, count } = form.output ?? { index: 0, count: 1 };
  const first = firstBranch(tensor);
  // A branch sees every value that stands before it: it has no inputs or constants of its own.
  const graphs = (form.branches ?? []).map((name, i) => {
    const end = tensor.inputs[first + i];
    const output = [valueInfo(names.get(end)!, end.dtype, end.shape)];
    return { name, type: AttributeType.GRAPH, g: { name, node: branchNodes(first + i), output } };
  });
  return {
    opType: form.operator,
    domain: form.domain ?? "",
    input: [...tensor.inputs.slice(0, first).map((input) => names.get(input)!), ...further],
    output: Array.from({ length: count }, (_, i) => (i === index ? result : free(`${result}/unused${i}`))),
    attribute: [
      ...Object.entries(parts.attributes ?? {}).map(([name, value]) => ({ name, ...attributeMessage(value) })),
      ...graphs,
    ],
  };
}

function attributeMessage(value: OnnxAttribute): MessageInitShape<typeof AttributeProtoSchema> {
  if ("int" in value) return { type: AttributeType.INT, i: BigInt(value.int) };
  if ("ints" in value) return { type: AttributeType.INTS, ints: Array.from(value.ints, BigInt) };
  if ("float" in value) return { type: AttributeType.FLOAT, f: value.float };
  if ("string" in value) return { type: AttributeType.STRING, s: utf8(value.string) };
  if ("strings" in value) return { type: AttributeType.STRINGS, strings: value.strings.map(utf8) };
  return { type: AttributeType.TENSOR, t: tensorMessage(value.tensor) };
}

function tensorMessage(value: NdArray | { readonly uint8: Uint8Array }): Initializer {
  if ("uint8" in value)
    return { dims: [BigInt(value.uint8.length)], dataType: TensorProto_DataType.UINT8, rawData: value.uint8.slice() };
  const dims = value.shape.map(BigInt);
  if (value.dtype === "string") return { dims, dataType: ONNX_DTYPE.string, stringData: value.data.map(utf8) };
  const { buffer, byteOffset, byteLength } = value.data;
  return {
    dims,
    dataType: ONNX_DTYPE[value.dtype],
    rawData: new Uint8Array(buffer, byteOffset, byteLength) as Uint8Array<ArrayBuffer>,
  };
}

function valueInfo(name: string, dtype: DType, shape: Shape): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = shape.map((size) =>
    typeof size === "string"
      ? { value: { case: "dimParam" as const, value: size } }
      : { value: { case: "dimValue" as const, value: BigInt(size) } },
  );
  return { name, type: { value: { case: "tensorType", value: { elemType: ONNX_DTYPE[dtype], shape: { dim } } } } };
}

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
