import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError, Interrupted } from "../../errors/index.ts";
import {
  add,
  cutRows,
  decode,
  encode,
  float64,
  gather,
  identity,
  inLanes,
  input,
  inputName,
  mapRows,
  matmul,
  multiply,
  ndArray,
  openGraph,
  pooledRunner,
  square,
  sum,
  type Tensor,
  topKIndices,
  transpose,
  verify,
} from "../index.ts";

const x = input("x", "float64", ["rows", 2]);
const norm = sum(square(x), 1);
const bytes = encode({ norm });
const feed = (rows: number) => ({
  x: ndArray(
    "float64",
    [rows, 2],
    Float64Array.from({ length: rows * 2 }, (_, i) => i),
  ),
});

describe("sessions", () => {
  it("write into arrays that are handed in", async () => {
    using session = await openGraph({ norm });
    const into = { norm: ndArray("float64", [3], new Float64Array(3)) };
    await session.run(feed(3), into);
    expect(Array.from(into.norm.data)).toEqual([1, 13, 41]);
  });

  it("no rows never reach ONNX Runtime, where TopK would kill the process", async () => {
    using session = await openGraph({ best: topKIndices(x, 1) });
    const { best } = await session.run({ x: ndArray("float64", [0, 2], new Float64Array(0)) });
    expect(best.shape).toEqual([0, 1]);
  });

  it("refuse to run once disposed of", async () => {
    const session = await openGraph({ norm });
    session[Symbol.dispose]();
    await expect(session.run(feed(1))).rejects.toThrow("disposed of");
  });

  it("absent inputs throw", async () => {
    using session = await openGraph({ norm });
    await expect(session.run({})).rejects.toThrow("x");
  });
});

describe("mapRows", () => {
  it.each([1, 3, 100])("cut into chunks of %i rows, the results are those of the whole", async (chunk) => {
    const done: number[] = [];
    const out = await mapRows(bytes, 10, feed(10), { chunk, onRows: (rows) => done.push(rows) });
    expect([...out["norm"].data]).toEqual(Array.from({ length: 10 }, (_, i) => (2 * i) ** 2 + (2 * i + 1) ** 2));
    expect(done.at(-1)).toBe(10);
  });

  it("no rows give no results", async () => {
    const out = await mapRows(bytes, 0, feed(0), { chunk: 5 });
    expect(out["norm"].shape).toEqual([0]);
  });

  it("a failure while workers are busy is thrown, and the process lives", async () => {
    const reference = float64(Float64Array.from({ length: 400_000 }, Math.sin), [4000, 100]);
    const wide = input("x", "float64", ["rows", 100]);
    const slow = encode({ out: topKIndices(matmul(wide, transpose(reference)), 3) });
    const rows = 6000;
    const feeds = { x: ndArray("float64", [rows, 100], new Float64Array(rows * 100).fill(0.5)) };
    const onRows = (done: number) => {
      if (done > 400) throw new Error("said no");
    };
    const pool = pooledRunner(slow, { workers: 2 });
    const queue = Array.from({ length: 60 }, (_, i) => i);
    const run = inLanes(pool.width, () => {
      const from = queue.shift();
      if (from === undefined) return null;
      return pool.run(cutRows(feeds, from * 100, from * 100 + 100)).then(() => onRows(from * 100));
    });
    await expect(run).rejects.toThrow("said no");
    await pool[Symbol.asyncDispose]();
    await expect(pool.run(cutRows(feeds, 0, 1))).rejects.toThrow("disposed of");
  });

  it("a pool may be closed before its workers have compiled", async () => {
    for (let i = 0; i < 3; i++) await pooledRunner(bytes, { workers: 2 })[Symbol.asyncDispose]();
  });

  it("worker threads give the same results, and stop at an abort signal", async () => {
    await using pool = pooledRunner(bytes, { workers: 2 });
    const results = await Promise.all([1, 2, 3, 4].map((rows) => pool.run(feed(rows))));
    expect(results.map((result) => result["norm"].shape[0])).toEqual([1, 2, 3, 4]);
    const signal = AbortSignal.abort();
    await expect(mapRows(bytes, 10, feed(10), { chunk: 1, signal })).rejects.toThrow(Interrupted);
  });
});

describe("encode", () => {
  it("refuses an output that is a leaf or stands under two names", () => {
    expect(() => encode({ x })).toThrow("use identity()");
    expect(() => encode({ a: norm, b: norm })).toThrow("use identity()");
    expect(() => encode({ x: norm })).toThrow('input "x" has the name of an output');
    expect(Object.keys(decode(encode({ a: identity(norm), b: norm })).outputs)).toEqual(["a", "b"]);
  });

  it("a name like those it makes up is left to the user", () => {
    const odd = input("v0", "float64", ["rows"]);
    expect(decode(encode({ v1: add(add(odd, 1), multiply(odd, odd)) })).inputs.map(inputName)).toEqual(["v0"]);
  });
});

describe("verify", () => {
  const forged = (change: Partial<Tensor>) => ({ ...norm, ...change }) as Tensor;
  it.each([
    ["another shape", forged({ shape: ["rows", 1] }), "shape and dtype"],
    ["another dtype", forged({ dtype: "float32" }), "shape and dtype"],
    ["an input too many", forged({ inputs: [x, x] }), "number of inputs"],
    ["two inputs of one name", add(norm, sum(input("x", "float64", ["rows", 3]), 1)), 'two inputs are named "x"'],
    ["an empty axis", sum(input("empty", "float64", ["rows", 0]), 1), "no known size is zero"],
  ])("refuses %s", (_, tensor, message) => {
    expect(() => verify([tensor])).toThrow(message);
  });
});

describe("decode refuses what we do not write", () => {
  it("random bytes, cut files and flipped bytes: an InputError or a legal graph, never anything else", () => {
    const rich = encode(
      { out: add(norm, sum(gather(float64([1, 2], [2, 1]), topKIndices(x, 2)), [1, 2])) },
      { metadata: { unseen: "{}" } },
    );
    fc.assert(
      fc.property(fc.nat(rich.length - 1), fc.integer({ min: 0, max: 255 }), fc.boolean(), (at, byte, cut) => {
        const damaged = cut ? rich.slice(0, at) : rich.slice();
        if (!cut) damaged[at] = byte;
        try {
          verify(Object.values(decode(damaged).outputs));
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["text", new TextEncoder().encode("a,b\n1,2\n"), "not an ONNX model"],
    ["nothing", new Uint8Array(0), "has no graph"],
  ])("%s", (_, file, message) => {
    expect(() => decode(file)).toThrow(message);
  });

  it("an operator outside the list, another version, a dangling name", () => {
    const swap = (from: string, to: string) => {
      const text = Buffer.from(bytes).toString("latin1");
      expect(text).toContain(from);
      return Uint8Array.from(Buffer.from(text.replaceAll(from, to), "latin1"));
    };
    expect(() => decode(swap("ReduceSum", "ReduceXyz"))).toThrow("operator ReduceXyz");
    expect(() => decode(swap("ai.onnx.ml", "evil.com.x"))).toThrow('operator set "evil.com.x"');
    expect(() => decode(swap("norm", "morn"))).not.toThrow();
  });
});
