import { fromBinary } from "@bufbuild/protobuf";
import { InputError } from "../../errors/index.ts";
import { type DType, type NdArray, ndArray, type Storage, sizeOf } from "../nd-array.ts";
import { dtypeOf } from "../primitives/cast.ts";
import { primitives } from "../primitives/index.ts";
import { constant, constantValue, input } from "../primitives/leaf.ts";
import { apply, describeTensor, type OnnxAttribute, type Primitive, type Size, type Tensor } from "../tensor.ts";
import { verify } from "../verify.ts";
import { IR_VERSION, ML_OPSET, OPSET } from "./encode.ts";
import {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as Location,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  TensorProto_DataType,
  type ValueInfoProto,
} from "./gen/onnx_pb.ts";
import { LIMITS } from "./limits.ts";

type Metadata = Readonly<Record<string, string>>;

const VERSIONS = new Map([
  ["", OPSET],
  ["ai.onnx.ml", ML_OPSET],
]);

export interface Decoded {
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** In the order of the file. */
  readonly inputs: readonly Tensor[];
  readonly metadata: Metadata;
  readonly producer: string;
}

/**
 * An ONNX file that `encode` wrote, as an expression again. Only our operators, versions and forms are read: anything
 * else, and any graph that `verify` or the limits refuse, throws an InputError, and nothing of the file has run.
 * `inspect` sees the metadata before anything else is looked at, and may throw.
 */
export function decode(bytes: Uint8Array, inspect?: (metadata: Metadata) => void): Decoded {
  if (bytes.length > LIMITS.bytes) refuse(`is larger than ${LIMITS.bytes} bytes`);
  const model = parse(bytes);
  const metadata = Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value]));
  inspect?.(metadata);
  const graph = model.graph;
  if (!graph) return refuse("has no graph");
  if (model.functions.length > 0) refuse("defines functions of its own");
  if (model.irVersion !== BigInt(IR_VERSION)) refuse(`has IR version ${model.irVersion}, expected ${IR_VERSION}`);
  if (model.$unknown?.length) refuse("holds more than a model");
  if (model.opsetImport.length !== 2) refuse(`names ${model.opsetImport.length} operator sets, expected 2`);
  for (const { domain, version } of model.opsetImport) {
    const expected = VERSIONS.get(domain);
    if (expected === undefined) refuse(`needs the operator set "${domain}"`);
    if (version !== BigInt(expected!))
      refuse(`needs version ${version} of operator set "${domain}", expected ${expected}`);
  }
  if (nodesOf(graph.node) > LIMITS.nodes) refuse(`has more than ${LIMITS.nodes} nodes`);
  if (graph.input.length > LIMITS.inputs) refuse(`has more than ${LIMITS.inputs} inputs`);

  const scope: Scope = { values: new Map(), around: null };
  const inputs: Tensor[] = [];
  for (const info of graph.input) {
    const tensor = attempt(`input "${info.name}"`, () => input(info.name, ...typeOf(info)));
    inputs.push(tensor);
    define(scope, info.name, tensor);
  }
  for (const tensor of graph.initializer)
    define(
      scope,
      tensor.name,
      attempt(`constant "${tensor.name}"`, () => constant(arrayOf(tensor))),
    );
  readNodes(graph.node, scope);
  const outputs = new Map(graph.output.map((info) => [info.name, outputOf(info, scope)]));
  attempt("graph", () => verify([...outputs.values()]));
  return {
    outputs: Object.fromEntries(outputs),
    inputs,
    metadata,
    producer: `${model.producerName} ${model.producerVersion}`.trim(),
  };
}

/** The tensors that a node may use: those before it and, in a branch, those before the choice. */
interface Scope {
  readonly values: Map<string, Tensor>;
  readonly around: Scope | null;
}

function lookUp(scope: Scope, name: string): Tensor | undefined {
  return scope.values.get(name) ?? scope.around?.values.get(name);
}

function define(scope: Scope, name: string, tensor: Tensor): void {
  if (lookUp(scope, name)) refuse(`defines "${name}" twice`);
  scope.values.set(name, tensor);
}

/** How many nodes there are, those of branches included. */
function nodesOf(nodes: readonly NodeProto[]): number {
  return nodes.reduce((total, node) => node.attribute.reduce((n, { g }) => n + (g?.node.length ?? 0), total + 1), 0);
}

function readNodes(nodes: readonly NodeProto[], scope: Scope): void {
  for (const node of nodes) {
    const { index } = primitiveOf(node).onnx!.output ?? { index: 0 };
    const name = node.output[index] ?? "";
    define(
      scope,
      name,
      attempt(`node "${name}" (${node.opType})`, () => tensorOf(node, scope)),
    );
  }
}

function outputOf(info: ValueInfoProto, scope: Scope): Tensor {
  const tensor = scope.values.get(info.name) ?? refuse(`does not compute its output "${info.name}"`);
  const [dtype, shape] = attempt(`output "${info.name}"`, () => typeOf(info));
  if (dtype !== tensor.dtype || shape.join() !== tensor.shape.join())
    refuse(`says that output "${info.name}" is ${dtype} [${shape.join(", ")}], but it is ${describeTensor(tensor)}`);
  return tensor;
}

/** What one branch of a choice computes. It holds nodes and one output, nothing else, and no further choice. */
function branchOf(attribute: AttributeProto, around: Scope): Tensor {
  const graph = attribute.type === AttributeType.GRAPH ? attribute.g : undefined;
  if (!graph || around.around !== null) return refuse("nests a choice in another, or leaves a branch empty");
  if (graph.input.length > 0 || graph.initializer.length > 0 || graph.output.length !== 1)
    refuse("has a branch with inputs, constants or several outputs of its own");
  const scope: Scope = { values: new Map(), around };
  readNodes(graph.node, scope);
  return outputOf(graph.output[0], scope);
}

function parse(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    throw new InputError(
      "load: the file is not an ONNX model, or is damaged; expected a file that `unseen fit` wrote",
      {
        cause,
      },
    );
  }
}

function refuse(what: string): never {
  throw new InputError(`load: the file ${what}; expected a file that \`unseen fit\` wrote`);
}

/** Runs a step of reading; whatever it throws says where in the file. */
function attempt<T>(where: string, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(`load: ${where}: ${(cause as Error).message}; expected a file that \`unseen fit\` wrote`, {
      cause,
    });
  }
}

const byOperator = new Map(primitives.map((primitive) => [operatorKey(primitive.onnx!), primitive]));

function operatorKey(form: { readonly operator: string; readonly domain?: string }): string {
  return `${form.domain ?? ""}:${form.operator}`;
}

function primitiveOf(node: NodeProto): Primitive {
  return (
    byOperator.get(operatorKey({ operator: node.opType, domain: node.domain })) ??
    refuse(`uses the operator ${node.opType}, which Unseen never writes`)
  );
}

function tensorOf(node: NodeProto, scope: Scope): Tensor {
  const primitive = primitiveOf(node);
  const all = node.input.map((name) => lookUp(scope, name) ?? refuse(`uses "${name}" before it is there`));
  const { branches } = primitive.onnx!;
  if (branches) {
    if (node.attribute.map(({ name }) => name).join() !== branches.join()) refuse(`gives ${node.opType} an option`);
    return apply(primitive, [...all, ...node.attribute.map((attribute) => branchOf(attribute, scope))], {});
  }
  const count = primitive.arity === "any" ? all.length : primitive.arity;
  const inputs = all.slice(0, count);
  const constants = all.slice(count).map((tensor) => constantValue(tensor) ?? refuse("computes what must be fixed"));
  const attributes = Object.fromEntries(node.attribute.map((a) => [a.name, attributeOf(a)]));
  const form = primitive.onnx!;
  if (!form.decode && (constants.length > 0 || node.attribute.length > 0)) refuse(`gives ${node.opType} an option`);
  return apply(primitive, inputs, form.decode?.({ attributes, constants }, inputs) ?? {});
}

function attributeOf(attribute: AttributeProto): OnnxAttribute {
  switch (attribute.type) {
    case AttributeType.INT:
      return { int: Number(attribute.i) };
    case AttributeType.INTS:
      return { ints: attribute.ints.map(Number) };
    case AttributeType.FLOAT:
      return { float: attribute.f };
    case AttributeType.STRING:
      return { string: text(attribute.s) };
    case AttributeType.STRINGS:
      return { strings: attribute.strings.map(text) };
    case AttributeType.TENSOR: {
      const tensor = attribute.t ?? refuse(`leaves the attribute "${attribute.name}" empty`);
      if (tensor.dataType === TensorProto_DataType.UINT8) return { tensor: { uint8: tensor.rawData } };
      return { tensor: arrayOf(tensor) };
    }
    default:
      return refuse(`gives "${attribute.name}" a kind of value that Unseen never writes`);
  }
}

function arrayOf(tensor: TensorProto): NdArray {
  if (tensor.dataLocation === Location.EXTERNAL || tensor.externalData.length > 0)
    refuse("points to data outside itself");
  const dtype = dtypeOf(tensor.dataType ?? 0);
  if (!dtype) return refuse(`holds a constant of data type ${tensor.dataType}`);
  const shape = tensor.dims.map(Number);
  if (shape.length > LIMITS.rank || shape.some((size) => !(size >= 1))) refuse(`holds a constant of shape [${shape}]`);
  if (dtype === "string") return ndArray("string", shape, tensor.stringData.map(text));
  const width = { float32: 4, float64: 8, int64: 8, bool: 1 }[dtype];
  if (tensor.rawData.length !== sizeOf(shape) * width) refuse(`holds a constant of shape [${shape}] with missing data`);
  const { buffer } = new Uint8Array(tensor.rawData); // a copy: the file may lie at any offset
  const make = { float32: Float32Array, float64: Float64Array, int64: BigInt64Array, bool: Uint8Array }[dtype];
  return ndArray<DType>(dtype, shape, new make(buffer) as Storage[DType]);
}

function typeOf(info: ValueInfoProto): [DType, Size[]] {
  const tensor = info.type?.value.case === "tensorType" ? info.type.value.value : undefined;
  const dtype = dtypeOf(tensor?.elemType ?? 0);
  if (!tensor?.shape || !dtype) throw new Error("expected a tensor of known dtype and rank");
  if (tensor.shape.dim.length > LIMITS.rank) throw new Error(`expected at most ${LIMITS.rank} axes`);
  return [
    dtype,
    tensor.shape.dim.map(({ value }) => (value.case === "dimParam" ? value.value : Number(value.value ?? 0))),
  ];
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
