import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../errors/index.ts";
import {
  absolute,
  add,
  choose,
  decode,
  encode,
  evaluate,
  exponential,
  float64,
  gather,
  input,
  less,
  max,
  ndArray,
  openGraph,
  square,
  sum,
  topKIndices,
  verify,
} from "../index.ts";
import { placementOf } from "../placement.ts";
import { type GraphProto, GraphProtoSchema, ModelProtoSchema, type NodeProto } from "./gen/onnx_pb.ts";
import { LIMITS } from "./limits.ts";

const x = input("x", "float64", ["rows", 2]);
const places = input("places", "int64", ["rows"]);
const small = less(max(x, [0, 1]), 10);
const table = float64([5, 6, 7]);
const feed = (value: number, place: number) => ({
  x: ndArray("float64", [1, 2], Float64Array.of(value, 1)),
  places: ndArray("int64", [1], BigInt64Array.of(BigInt(place))),
});

describe("only the branch that is wanted is computed", () => {
  // A place that is not in the table is an error where it is looked up.
  const out = choose(small, gather(table, places), sum(x, 1));

  it.each([
    [
      "ONNX Runtime",
      async (fed: ReturnType<typeof feed>) => {
        using session = await openGraph({ out });
        return (await session.run(fed)).out;
      },
    ],
    ["the interpreter", async (fed: ReturnType<typeof feed>) => evaluate({ out }, fed).out],
  ])("%s", async (_, run) => {
    expect([...(await run(feed(0, 2))).data]).toEqual([7]);
    expect([...(await run(feed(20, 99))).data]).toEqual([21]);
    await expect(run(feed(0, 99))).rejects.toThrow();
  });
});

describe("placementOf", () => {
  const shared = square(x);
  const [mine, end] = [exponential(shared), add(exponential(shared), shared)];
  const chosen = choose(small, mine, end);
  const [first, second] = chosen.inputs.slice(1);

  it("what one branch alone needs stands in it; what both need, the condition and leaves stand before", () => {
    const placement = placementOf([chosen]);
    expect([first, mine].map((tensor) => placement.get(tensor))).toEqual([
      { choice: chosen, input: 1 },
      placement.get(first),
    ]);
    expect([second, end, end.inputs[0]].map((tensor) => placement.get(tensor)?.input)).toEqual([2, 2, 2]);
    expect([chosen, small, shared, x].map((tensor) => placement.get(tensor))).toEqual([null, null, null, null]);
  });

  it("what something after the choice needs stands before it, and so does what that needs", () => {
    const placement = placementOf([add(chosen, mine)]);
    expect([mine, shared].map((tensor) => placement.get(tensor))).toEqual([null, null]);
    expect(placement.get(end)?.input).toBe(2);
  });
});

describe("verify", () => {
  it("refuses a choice within a choice, and a branch that ends in another's value", () => {
    const inner = choose(small, x, square(x));
    expect(() => verify([choose(small, square(inner), x)])).toThrow("a choice stands in no branch of another");
    expect(() => verify([add(inner, inner.inputs[1])])).toThrow("a branch ends in a value that nothing else needs");
    expect(() => verify([choose(less(max(inner, [0, 1]), 0), x, absolute(x))])).not.toThrow();
  });
});

describe("decode", () => {
  const rich = encode({ out: sum(choose(small, square(x), exponential(x)), 1), first: topKIndices(x, 1) });

  /** The file with its one choice changed. */
  function changed(change: (choice: NodeProto, branches: GraphProto[], graph: GraphProto) => void): Uint8Array {
    const model = fromBinary(ModelProtoSchema, rich);
    const graph = model.graph!;
    const choice = graph.node.find(({ opType }) => opType === "If")!;
    change(
      choice,
      choice.attribute.map(({ g }) => g!),
      graph,
    );
    return toBinary(ModelProtoSchema, model);
  }

  it("gives both branches back, each with its own nodes", () => {
    const choice = fromBinary(ModelProtoSchema, rich).graph!.node.find(({ opType }) => opType === "If")!;
    expect(choice.attribute.map(({ g }) => g!.node.map(({ opType }) => opType))).toEqual([
      ["Mul", "Identity"],
      ["Exp", "Identity"],
    ]);
    expect(encode(decode(rich).outputs)).toEqual(rich);
  });

  it.each<[string, Parameters<typeof changed>[0], string]>([
    [
      "a choice in a choice",
      (choice, [branch]) => branch.node.unshift(structuredClone(choice)),
      "nests a choice in another",
    ],
    [
      "a branch that is no graph",
      (choice) => {
        choice.attribute[0].g = undefined;
      },
      "leaves a branch empty",
    ],
    ["one branch", (choice) => choice.attribute.pop(), "gives If an option"],
    ["branches the other way round", (choice) => choice.attribute.reverse(), "gives If an option"],
    ["two outputs", (_, [branch]) => branch.output.push(branch.output[0]), "several outputs of its own"],
    ["inputs", (_, [branch], graph) => branch.input.push(graph.input[0]), "has a branch with inputs"],
    [
      "constants",
      (_, [branch], graph) => branch.initializer.push(graph.initializer[0]),
      "has a branch with inputs, constants",
    ],
    [
      "an output from outside",
      (_, [branch], graph) => {
        branch.node.length = 0;
        branch.output[0].name = graph.input[0].name;
      },
      "does not compute its output",
    ],
    [
      "an output of another shape",
      (_, [branch], graph) => {
        branch.output[0].type = graph.output[0].type;
      },
      "says that output",
    ],
    [
      "a name that is taken outside",
      (_, [branch]) => {
        branch.node[0].output[0] = "x";
      },
      'defines "x" twice',
    ],
    [
      "a value of the other branch",
      (_, [branch, other]) => {
        other.node[0].input[0] = branch.node[0].output[0];
      },
      "before it is there",
    ],
    [
      "an operator that we do not write",
      (_, [branch]) => {
        branch.node[0].opType = "Loop";
      },
      "operator Loop",
    ],
    [
      "more nodes than a file may hold",
      (_, [branch]) => {
        branch.node = Array(LIMITS.nodes).fill(branch.node[0]);
      },
      `more than ${LIMITS.nodes} nodes`,
    ],
    ["no condition", (choice) => choice.input.pop(), "choose: expected 3 inputs, got 2"],
    [
      "a condition for every row",
      (choice, _, graph) => {
        choice.input[0] = graph.input[0].name;
      },
      "choose: condition: expected bool []",
    ],
  ])("refuses %s", (_, change, message) => {
    expect(() => decode(changed(change))).toThrow(InputError);
    expect(() => decode(changed(change))).toThrow(message);
  });

  it("a graph within a graph within a graph … is refused, however deep", () => {
    let graph = create(GraphProtoSchema, {});
    for (let depth = 0; depth < 50; depth++)
      graph = create(GraphProtoSchema, {
        node: [{ opType: "If", output: ["v"], attribute: [{ name: "then_branch", type: 5, g: graph }] }],
      });
    expect(() =>
      decode(
        changed((_, branches) => {
          Object.assign(branches[0], graph);
        }),
      ),
    ).toThrow(InputError);
  });

  it("flipped bytes and cut files: an InputError or a legal graph, never anything else", () => {
    fc.assert(
      fc.property(fc.nat(rich.length - 1), fc.integer({ min: 0, max: 255 }), fc.boolean(), (at, byte, cut) => {
        const damaged = cut ? rich.slice(0, at) : rich.slice();
        if (!cut) damaged[at] = byte;
        try {
          encode(decode(damaged).outputs);
        } catch (error) {
          if (!(error instanceof InputError)) expect(String(error)).toContain("use identity()");
        }
      }),
      { numRuns: 2000 },
    );
  });
});
