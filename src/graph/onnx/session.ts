import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { Feeds } from "../evaluate.ts";
import { type DType, type NdArray, type Storage, zeros } from "../nd-array.ts";
import type { Tensor } from "../tensor.ts";
import { encode } from "./encode.ts";

export interface SessionOptions {
  /** Threads inside one call. One is fastest below about half a millisecond of work. */
  readonly threads?: number;
  /**
   * How many inputs the graph has, if known. ONNX Runtime's optimizer takes time quadratic in it (1 s for 2,000, 5 s
   * for 4,000): beyond 200 it only folds constants, beyond 1,000 it is off.
   */
  readonly inputs?: number;
}

function optimization(inputs = 0): "all" | "basic" | "disabled" {
  if (inputs > 1000) return "disabled";
  return inputs > 200 ? "basic" : "all";
}

/** A graph compiled by ONNX Runtime. Dispose of it when done: it holds memory outside JavaScript's heap. */
export interface Session {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /**
   * One call. `into` gives arrays of the right size that results are written to and returned in, so that a loop
   * allocates nothing. The calling thread is blocked for its length. Throws on absent inputs and wrong sizes.
   */
  run(feeds: Feeds, into?: Feeds): Promise<Record<string, NdArray>>;
  /**
   * A call that always reads and writes the same arrays: for loops of small steps. Change the entries of the arrays fed
   * between calls, never while one is under way. No axis may be empty.
   */
  bind(feeds: Feeds, into: Feeds): () => Promise<void>;
  [Symbol.dispose](): void;
}

/** Compiles named outputs. Takes some 20 ms for hundreds of nodes. */
export function openGraph(outputs: Readonly<Record<string, Tensor>>, options: SessionOptions = {}): Promise<Session> {
  return openSession(encode(outputs), options);
}

/** Compiles the bytes of an ONNX file. Decode and verify those of others first. */
export async function openSession(bytes: Uint8Array, options: SessionOptions = {}): Promise<Session> {
  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: options.threads ?? 1,
    interOpNumThreads: 1,
    // Threads that wait by spinning take twice the time where others use the cores too.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
    executionMode: "sequential",
    graphOptimizationLevel: optimization(options.inputs),
    logSeverityLevel: 3,
  });
  let open = true;
  return Object.freeze({
    inputs: session.inputNames,
    outputs: session.outputNames,
    async run(feeds: Feeds, into?: Feeds) {
      if (!open) throw new Error("session: it was disposed of");
      const empty = Object.values(feeds).some((array) => array.shape.includes(0));
      if (empty) return emptyOutputs(session);
      const results = into ? await session.run(toOrt(feeds), toOrt(into)) : await session.run(toOrt(feeds));
      return Object.fromEntries(Object.entries(results).map(([name, result]) => [name, fromOrt(result as OrtTensor)]));
    },
    bind(feeds: Feeds, into: Feeds) {
      if ([...Object.values(feeds), ...Object.values(into)].some(({ shape }) => shape.includes(0)))
        throw new Error("session: expected no empty axis in a bound call");
      const [read, written] = [toOrt(feeds), toOrt(into)];
      return async () => {
        if (!open) throw new Error("session: it was disposed of");
        await session.run(read, written);
      };
    },
    [Symbol.dispose]() {
      if (!open) return;
      open = false;
      void session.release();
    },
  });
}

function toOrt(arrays: Feeds): Record<string, OrtTensor> {
  const tensors = Object.entries(arrays).map(([name, { dtype, data, shape }]) => [
    name,
    new OrtTensor(dtype, data as Float64Array, shape),
  ]);
  return Object.fromEntries(tensors);
}

function fromOrt(tensor: OrtTensor): NdArray {
  return { dtype: tensor.type as DType, shape: tensor.dims, data: tensor.data as Storage[DType] } as NdArray;
}

/** ONNX Runtime may kill the process on empty axes, so no rows never reach it: named sizes are 0. */
function emptyOutputs(session: InferenceSession): Record<string, NdArray> {
  return Object.fromEntries(
    session.outputMetadata.map((meta) => {
      if (!meta.isTensor) throw new Error(`session: output "${meta.name}" is not a tensor`);
      const shape = meta.shape.map((size) => (typeof size === "number" && size > 0 ? size : 0));
      return [meta.name, zeros(meta.type as DType, shape)];
    }),
  );
}
