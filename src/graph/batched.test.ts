import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constantAlmostEverywhere, type Example, smooth } from "../../test/graph/examples.ts";
import { dtypeOf, fed, floatsOf, inputsOf, valuesOf } from "../../test/graph/values.ts";
import { key, normal } from "../numeric/index.ts";
import { batchRuleOf } from "./batching/rules.ts";
import { evaluate, type Feeds } from "./evaluate.ts";
import {
  add,
  affine,
  batched,
  cast,
  countAlong,
  decode,
  divide,
  encode,
  expandLike,
  exponential,
  filledLike,
  gather,
  gradient,
  identity,
  input,
  int64,
  logSumExp,
  matmul,
  mean,
  multiply,
  openGraph,
  primitives,
  product,
  reshape,
  sine,
  softmax,
  square,
  subtract,
  sum,
  type Tensor,
  tangentHyperbolic,
  topologicalOrder,
} from "./index.ts";
import { type DType, type NdArray, ndArray, sizeOf } from "./nd-array.ts";
import { unitStep } from "./primitives/unit-step.ts";

/** What ONNX Runtime has in float32 only. */
const SINGLE = /^conv|^errorFunction|^unitStep/;
const examples = {
  ...smooth,
  ...constantAlmostEverywhere,
  unitStep: (size: fc.Arbitrary<number>): fc.Arbitrary<Example> =>
    size.map((n) => ({ operands: [{ shape: [2, n], holds: "numbers" }], make: unitStep })),
};
const axis = { size: fc.integer({ min: 1, max: 3 }), some: fc.integer({ min: 1, max: 3 }) };

/** Entry `b` along the first axis. */
function entry({ dtype, shape, data }: NdArray, b: number): NdArray {
  const length = sizeOf(shape.slice(1));
  return ndArray(dtype, shape.slice(1), data.slice(b * length, (b + 1) * length) as never);
}

/** Sums of up to some 100 products, in another order: 100 roundings of 1e-16, or of 6e-8 in float32. */
const tolerance: Readonly<Record<DType, number>> = { float64: 1e-13, float32: 1e-5, int64: 0, bool: 0, string: 0 };

function expectClose(found: NdArray, expected: NdArray): void {
  expect(found.dtype).toBe(expected.dtype);
  expect(found.shape).toEqual(expected.shape);
  const [a, b] = [found, expected].map(({ data }) => Array.from(data as ArrayLike<unknown>, Number));
  const scale = b.reduce((largest, x) => (Number.isFinite(x) ? Math.max(largest, Math.abs(x)) : largest), 1);
  a.forEach((x, i) => {
    if (!Number.isFinite(b[i])) expect(x).toBe(b[i]);
    else expect(Math.abs(x - b[i])).toBeLessThanOrEqual(tolerance[found.dtype] * scale);
  });
}

/** An example, which of its operands are batched, how large the batch is, and whether its size is named. */
const drawn = (draw: (typeof smooth)[string], sizes = axis) =>
  draw(sizes.size, sizes.some).chain((example) => {
    // A named size beside an empty axis cannot be found from the number of entries, which is 0 whatever it is.
    const empty = example.operands.some(({ shape }) => shape.includes(0));
    return fc.record({
      example: fc.constant(example),
      which: fc.subarray(
        example.operands.map((_, i) => i),
        { minLength: 1 },
      ),
      entries: fc.integer({ min: 1, max: 3 }),
      named: empty ? fc.constant(false) : fc.boolean(),
      seed: fc.nat(1e6),
    });
  });

type Drawn = ReturnType<typeof drawn> extends fc.Arbitrary<infer T> ? T : never;

function batchOf({ example, which, entries, named, seed }: Drawn, floats: DType) {
  const inputs = inputsOf(example, floats);
  const many = example.operands.map(({ shape, holds }, i) => ({
    shape: which.includes(i) ? [entries, ...shape] : shape,
    holds,
  }));
  const values = valuesOf(many, seed, floats);
  const replacements = new Map(
    which.map((i) => {
      const shape = [named ? "batch" : entries, ...example.operands[i].shape];
      return [inputs[i], input(`a${i}`, dtypeOf(many[i], floats), shape)];
    }),
  );
  const each = Array.from({ length: entries }, (_, b) =>
    fed(values.map((value, i) => (which.includes(i) ? entry(value, b) : value))),
  );
  return { inputs, replacements, together: fed(values), each, result: example.make(...inputs) };
}

const used = (outputs: Readonly<Record<string, Tensor>>, feeds: Feeds) => {
  const names = new Set(topologicalOrder(Object.values(outputs)).map(({ attributes }) => attributes["name"]));
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => names.has(name)));
};

/** What a batch of a named size is refused for: a product of sizes that has no name. */
const NAMELESS = /^batched: (conv|convTransposed|treeEnsemble|gather): expected (a known size|known sizes)/;

function batchedOrRefused(one: Tensor, replacements: ReadonlyMap<Tensor, Tensor>, named: boolean): Tensor | null {
  try {
    return identity(batched([one], replacements)[0]);
  } catch (error) {
    if (named && NAMELESS.test((error as Error).message)) return null;
    throw error;
  }
}

describe("batched(f)(X)[b] = f(X[b]), whichever operands are batched", () => {
  describe.each(Object.entries(examples))("%s", (name, draw) => {
    const floats = SINGLE.test(name) ? "float32" : "float64";

    it("by the interpreter, empty axes too", () => {
      const sizes = { size: fc.integer({ min: 0, max: 3 }), some: axis.some };
      fc.assert(
        fc.property(drawn(draw, sizes), (given) => {
          const { replacements, together, each, result } = batchOf(given, floats);
          const all = batchedOrRefused(result, replacements, given.named);
          if (all === null) return;
          // The size that something is expanded to is the same for all entries.
          const restsOnBatch = topologicalOrder([result]).some((tensor) => replacements.has(tensor));
          const found = evaluate({ all }, together).all;
          if (restsOnBatch) expect(all.shape).toEqual([given.named ? "batch" : given.entries, ...result.shape]);
          each.forEach((feeds, b) => {
            expectClose(restsOnBatch ? entry(found, b) : found, evaluate({ result }, feeds).result);
          });
        }),
        { numRuns: 40 },
      );
    });

    it("by ONNX Runtime, from the file", async () => {
      await fc.assert(
        fc.asyncProperty(drawn(draw), async (given) => {
          const { replacements, together, each, result } = batchOf(given, floats);
          const all = batchedOrRefused(result, replacements, given.named);
          if (all === null) return;
          // The size that something is expanded to is the same for all entries.
          const restsOnBatch = topologicalOrder([result]).some((tensor) => replacements.has(tensor));
          const bytes = encode({ all });
          expect(encode(decode(bytes).outputs)).toEqual(bytes);
          using session = await openGraph({ all });
          const found = (await session.run(used({ all }, together)))["all"];
          each.forEach((feeds, b) => {
            expectClose(restsOnBatch ? entry(found, b) : found, evaluate({ result }, feeds).result);
          });
        }),
        { numRuns: 4 },
      );
    });
  });

  it("every primitive has a rule, and an example", () => {
    const others = primitives.filter((primitive) => !batchRuleOf(primitive)).map(({ name }) => name);
    expect(others).toEqual(["shapeOf"]); // sizes are the same for all entries
    const shown = new Set(Object.keys(examples).map((name) => name.split(",")[0]));
    expect(primitives.filter(({ name }) => !shown.has(name)).map(({ name }) => name)).toEqual(["shapeOf"]);
  });
});

describe("gradients", () => {
  it.each(Object.entries(smooth))("%s: batched ∘ gradient = gradient ∘ Σ batched, entry by entry", (_, draw) => {
    fc.assert(
      fc.property(drawn(draw), (given) => {
        const { inputs, replacements, together, each, result } = batchOf({ ...given, named: false }, "float64");
        const flat = reshape(result, [sizeOf(result.shape as number[])]);
        const loss = sum(add(square(flat), sine(flat)), 0);
        const wrt = inputs.filter((x) => x.dtype === "float64" && replacements.has(x));
        const single = gradient(loss, wrt);
        const [losses, ...ofEach] = batched([loss, ...single], replacements);
        const ofAll = gradient(
          losses.shape.length === 0 ? losses : sum(losses, 0),
          wrt.map((x) => replacements.get(x)!),
        );
        const [a, b] = [ofEach, ofAll].map((list) => evaluate(Object.fromEntries(list.entries()), together));
        for (const i of wrt.keys()) {
          // A gradient that is the same for every entry comes back without the axis.
          if (ofEach[i].shape.length === ofAll[i].shape.length) expectClose(a[i], b[i]);
          each.forEach((feeds, e) => {
            expectClose(entry(b[i], e), evaluate({ g: single[i] }, feeds).g);
          });
        }
      }),
      { numRuns: 12 },
    );
  });

  it("of single examples: the gradient of a layer for each row, in one product for all", async () => {
    const row = input("row", "float64", [1, 3]);
    const [w, b] = [input("w", "float64", [3, 2]), input("b", "float64", [2])];
    const loss = sum(square(tangentHyperbolic(affine(row, w, b))), [0, 1]);
    const rows = input("rows", "float64", ["n", 1, 3]);
    const [toW, toB] = batched(gradient(loss, [w, b]), new Map([[row, rows]]));
    expect([toW.shape, toB.shape]).toEqual([
      ["n", 3, 2],
      ["n", 2],
    ]);
    const draw = normal(key(1));
    const some = (shape: number[]) => floatsOf("float64", shape, Array.from({ length: sizeOf(shape) }, draw));
    const feeds = { rows: some([5, 1, 3]), w: some([3, 2]), b: some([2]) };
    using session = await openGraph({ toW, toB });
    const found = await session.run(feeds);
    for (let i = 0; i < 5; i++) {
      const one = evaluate({ g: gradient(loss, [w])[0] }, { row: entry(feeds.rows, i), w: feeds.w, b: feeds.b });
      expectClose(entry(found["toW"], i), one.g);
    }
  });
});

describe("where sizes are named", () => {
  const x = input("x", "float64", ["rows", 3]);
  const w = input("w", "float64", [3, 2]);
  const z = matmul(x, w);
  const expressions: Readonly<Record<string, Tensor>> = {
    "a layer": affine(x, w, sum(w, 0)),
    "a mean over rows": mean(z, 0),
    "log Σ exp over rows": logSumExp(z, 0),
    "softmax over rows": softmax(z, 0),
    "rows counted": divide(sum(z, 0), countAlong(z, [0])),
    "repeated for each row": expandLike(sum(w, 0, { keep: true }), z),
    "numbers in the shape of rows": multiply(z, filledLike(z, 3)),
    "a number of the parameters for each row": expandLike(mean(w, [0, 1]), sum(x, 1)),
    "products of rows": product(z, z, { leftTransposed: true }),
  };

  it.each(Object.entries(expressions))("%s, and its gradient: parameters batched over the rows", async (_, result) => {
    const ws = input("w", "float64", [4, 3, 2]);
    const loss = sum(
      multiply(sine(result), add(result, 1)),
      result.shape.map((_, i) => i),
    );
    const single = { loss, toW: gradient(loss, [w])[0], toX: gradient(loss, [x])[0], result: identity(result) };
    const entries = Object.entries(single);
    const lifted = batched(
      entries.map(([, tensor]) => tensor),
      new Map([[w, ws]]),
    );
    const all = Object.fromEntries(entries.map(([name], i) => [name, identity(lifted[i])]));
    const draw = normal(key(1));
    const some = (shape: number[]) => floatsOf("float64", shape, Array.from({ length: sizeOf(shape) }, draw));
    const feeds = { x: some([5, 3]), w: some([4, 3, 2]) };
    using session = await openGraph(all);
    const [fast, slow] = [await session.run(used(all, feeds)), evaluate(all, feeds)];
    for (const name of Object.keys(single))
      for (let b = 0; b < 4; b++) {
        const expected = evaluate(single, { x: feeds.x, w: entry(feeds.w, b) })[name as keyof typeof single];
        // Zeros for rows that nothing flows to are the same for every entry.
        const [a, c] = [slow[name], fast[name]].map((y) =>
          lifted[Object.keys(single).indexOf(name)].shape.length === expected.shape.length ? y : entry(y, b),
        );
        expectClose(a, expected);
        expectClose(c, expected);
      }
  });

  it("rows batched by a named size: one product for all, and entries of any number", async () => {
    const row = input("row", "float64", [3]);
    const rows = input("row", "float64", ["rows", 3]);
    const [all] = batched([sum(matmul(reshape(row, [1, 3]), w), [0, 1])], new Map([[row, rows]]));
    expect(all.shape).toEqual(["rows"]);
    const operators = topologicalOrder([all]).map(({ primitive }) => primitive.name);
    expect(operators.filter((name) => name === "affine" || name === "matmul")).toEqual(["affine"]);
  });
});

describe("what is batched and what is not", () => {
  const x = input("x", "float64", [2, 3]);
  const xs = input("xs", "float64", [4, 2, 3]);

  it("a result that rests on no replaced tensor is the same tensor; a replaced one is its replacement", () => {
    const other = exponential(input("other", "float64", [5]));
    expect(batched([other, x], new Map([[x, xs]]))).toEqual([other, xs]);
    expect(batched([other], new Map([[x, xs]]))[0]).toBe(other);
  });

  it("a value on the way can be replaced: what lies behind it is not needed", () => {
    const inner = cast(gather(x, int64([0]), 0), "float64"); // the same tensor: [1, 3]
    const replacement = input("inner", "float64", [4, 1, 3]);
    const [all] = batched([square(inner)], new Map([[inner, replacement]]));
    expect(all).toEqual(square(replacement));
  });

  it("a product in which one side is batched stays one product", () => {
    const w = input("w", "float64", [3, 2]);
    const ws = input("ws", "float64", [4, 3, 2]);
    for (const map of [new Map([[x, xs]]), new Map([[w, ws]])])
      for (const y of [matmul(x, w), product(x, w, { alpha: 2 })]) {
        const names = topologicalOrder(batched([y], map)).map(({ primitive }) => primitive.name);
        expect(names.filter((name) => name === "affine" || name === "matmul")).toEqual(["affine"]);
      }
  });

  it.each([
    ["nothing to replace", new Map<Tensor, Tensor>(), "batched: replacements: expected at least one, got none"],
    [
      "another shape",
      new Map([[x, input("y", "float64", [4, 3, 2])]]),
      "expected float64 [4, 2, 3] for float64 [2, 3], got float64 [4, 3, 2]",
    ],
    [
      "another dtype",
      new Map([[x, input("y", "float32", [4, 2, 3])]]),
      "expected float64 [4, 2, 3] for float64 [2, 3]",
    ],
    [
      "no axis more",
      new Map([[input("s", "float64", []), input("y", "float64", [])]]),
      "expected float64 [batch] for float64 []",
    ],
    [
      "two sizes",
      new Map([
        [x, xs],
        [square(x), input("y", "float64", [5, 2, 3])],
      ]),
      "expected float64 [4, 2, 3]",
    ],
  ])("refuses %s", (_, replacements, message) => {
    expect(() => batched([exponential(x)], replacements)).toThrow(message);
  });

  it("names the primitive that has no rule, or none for sizes that are named", () => {
    const unknown = { ...square(x), primitive: { ...x.primitive, name: "unknown" }, inputs: [x] };
    expect(() => batched([unknown], new Map([[x, xs]]))).toThrow(
      "batched: unknown: expected a primitive that has a rule",
    );
    const i = input("i", "int64", [2]);
    const named = new Map([
      [x, input("xs", "float64", ["batch", 2, 3])],
      [i, input("is", "int64", ["batch", 2])],
    ]);
    expect(() => batched([gather(x, i)], named)).toThrow("batched: gather: expected known sizes");
  });
});

it("eight small fits in one graph are the eight fits, one by one", async () => {
  const [rows, columns, steps, rate] = [20, 3, 25, 0.1];
  const draw = normal(key(5));
  const some = (shape: number[]) => floatsOf("float64", shape, Array.from({ length: sizeOf(shape) }, draw));
  const [x, y, start] = [
    input("x", "float64", [rows, columns]),
    input("y", "float64", [rows, 1]),
    input("start", "float64", [columns, 1]),
  ];
  // Least squares by gradient steps, all of them in the graph.
  let w = start;
  for (let step = 0; step < steps; step++) {
    const [toW] = gradient(mean(square(subtract(matmul(x, w), y)), [0, 1]), [w]);
    w = subtract(w, multiply(toW, rate));
  }
  const feeds = { x: some([rows, columns]), y: some([8, rows, 1]), start: some([8, columns, 1]) };
  const [ws] = batched(
    [w],
    new Map([
      [y, input("y", "float64", [8, rows, 1])],
      [start, input("start", "float64", [8, columns, 1])],
    ]),
  );
  using together = await openGraph({ ws });
  using alone = await openGraph({ w });
  const all = (await together.run(feeds))["ws"];
  for (let b = 0; b < 8; b++) {
    const one = (await alone.run({ x: feeds.x, y: entry(feeds.y, b), start: entry(feeds.start, b) }))["w"];
    expectClose(entry(all, b), one);
  }
});
