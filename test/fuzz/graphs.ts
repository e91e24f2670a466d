import * as fc from "fast-check";
import { calibrationOf, pValueExpression } from "../../src/calibrate/index.ts";
import {
  add,
  cast,
  decode,
  encode,
  float64,
  inputName,
  int64,
  type Primitive,
  primitives,
  scalar,
  sum,
  type Tensor,
  type Trees,
  topologicalOrder,
} from "../../src/graph/index.ts";
import { apply } from "../../src/graph/tensor.ts";
import type { Manifest } from "../../src/model/index.ts";

/**
 * Model files of random graphs: any primitive on any tensors that it takes, with attributes that nobody would choose.
 * Their manifests are true, so what ONNX Runtime does with them is what is tested.
 */
export function randomGraphs(files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const step = fc.record({
    primitive: fc.constantFrom(...primitives),
    inputs: fc.array(fc.nat(9999), { minLength: 4, maxLength: 4 }),
    numbers: fc.array(fc.oneof(fc.integer({ min: -3, max: 9 }), fc.nat(3)), { minLength: 8, maxLength: 8 }),
  });
  return fc
    .record({ file: fc.constantFrom(...files), steps: fc.array(step, { minLength: 5, maxLength: 150 }) })
    .map(({ file, steps }) => {
      const { outputs, metadata, inputs } = decode(file);
      const pool: Tensor[] = [...inputs, ...constants, ...parts(outputs)];
      for (const { primitive, inputs, numbers } of steps) {
        const made = attempt(() => {
          const count = primitive.arity === "any" ? 2 : primitive.arity;
          const taken = inputs.slice(0, count).map((i) => pool[(pool.length - 1 - (i % pool.length)) % pool.length]);
          return apply(primitive, taken, attributesOf(primitive, numbers, taken));
        });
        if (made) pool.push(made);
      }
      const added = pool.flatMap((tensor) => attempt(() => perRow(tensor)) ?? []).slice(-20);
      const score = added.reduce((total, x) => attempt(() => add(total, x)) ?? total, outputs["score"]);
      const pValue = pValueExpression(calibrationOf([1, 2, 3, 4, 5]))(score);
      const manifest = JSON.parse(metadata["unseen"]) as Manifest;
      const changed = { ...manifest, calibration: { ...manifest.calibration, by: null, rows: 5, units: 5 } };
      const bytes = attempt(() =>
        encode({ score, p_value: pValue }, { metadata: { ...metadata, unseen: JSON.stringify(changed) } }),
      );
      return bytes ?? file;
    });
}

const constants = [
  scalar(0, "float64"),
  scalar(3, "int64"),
  float64([1, Number.NaN, Number.POSITIVE_INFINITY]),
  float64([1, 2, 3, 4, 5, 6], [2, 3]),
  int64([0, 2, 1]),
  int64([5, -1]),
  cast(float64([1, 0, 1]), "bool"),
];

const parts = (outputs: Readonly<Record<string, Tensor>>) =>
  topologicalOrder(Object.values(outputs)).filter((x) => x.inputs.length > 0 && inputName(x) === null);

/** A tensor with the rows first, as one float64 a row. */
function perRow(tensor: Tensor): Tensor {
  let x = cast(tensor, "float64");
  while (x.shape.length > 1) x = sum(x, x.shape.length - 1);
  if (x.shape[0] !== "rows") throw new Error("not per row");
  return x;
}

function attributesOf({ name }: Primitive, n: readonly number[], [x]: readonly Tensor[]): Record<string, unknown> {
  const known = x?.shape.filter((size) => typeof size === "number").reduce((a, b) => a * b, 1) ?? 1;
  const shapes = [
    [...(x?.shape ?? []), 1],
    [1, ...(x?.shape ?? [])],
    ["rows", known],
    [known, "rows"],
    ["rows", 1, 1, known],
    [known],
  ];
  const dtypes = ["float32", "float64", "int64", "bool"];
  const axes = [[n[0]], [0], [1], [0, 1], [n[0], n[1]]];
  return {
    axis: n[0],
    axes: axes[Math.abs(n[2]) % axes.length],
    keep: n[1] > 0,
    to: name === "cast" ? dtypes[Math.abs(n[0]) % 4] : n[1],
    from: n[0],
    k: n[0],
    largest: n[1] > 0,
    labels: [["a"], ["DE", ""], ["\0", "日本", "x"]][Math.abs(n[0]) % 3],
    shape: shapes[Math.abs(n[0]) % shapes.length],
    order: x?.shape.map((_, i) => i).toSorted((a, b) => (n[a] ?? 0) - (n[b] ?? 0)) ?? [],
    alpha: [1, 0, -2.5][Math.abs(n[0]) % 3],
    transposed: n[1] > 0,
    trees: treesOf(n),
  };
}

/** One tree of three nodes, with odd splits. */
function treesOf(n: readonly number[]): Trees {
  return {
    test: n[0] > 0 ? "<=" : "<",
    roots: Int32Array.of(0),
    feature: Int32Array.of(0, Math.max(0, n[1]), 0),
    split: Float64Array.of([Number.NaN, Number.POSITIVE_INFINITY, 0][Math.abs(n[2]) % 3], n[3], -1e300),
    yes: Int32Array.of(1, -1, -2),
    no: Int32Array.of(2, -2, -3),
    leafTarget: Int32Array.of(0, 0, Math.max(0, n[4])),
    leafWeight: Float64Array.of(1, n[5], Number.POSITIVE_INFINITY),
    targets: Math.max(1, n[6]),
  };
}

function attempt<T>(step: () => T): T | null {
  try {
    return step();
  } catch {
    return null;
  }
}
