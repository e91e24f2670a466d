import { fromNumbers } from "../nd-array.ts";
import { apply, type Primitive, type Tensor } from "../tensor.ts";
import { intAttribute } from "./onnx-parts.ts";

type Labels = { readonly labels: readonly string[] };

/** The place of a text in a list; the length of the list for any other text. `ai.onnx.ml` LabelEncoder. */
export const labelEncoderPrimitive: Primitive<Labels> = {
  name: "labelEncoder",
  arity: 1,
  infer: ([x], { labels }) => {
    if (x.dtype !== "string") throw new Error(`labelEncoder: expected strings, got ${x.dtype}`);
    if (labels.length === 0 || new Set(labels).size !== labels.length)
      throw new Error("labelEncoder: labels: expected at least one, all different");
    return { shape: x.shape, dtype: "int64" };
  },
  evaluate: ([x], { labels }) => {
    const place = new Map(labels.map((label, i) => [label, i]));
    return fromNumbers(
      "int64",
      x.shape,
      (x.data as string[]).map((text) => place.get(text) ?? labels.length),
    );
  },
  onnx: {
    operator: "LabelEncoder",
    domain: "ai.onnx.ml",
    encode: ({ labels }) => ({
      attributes: {
        keys_strings: { strings: labels },
        values_int64s: { ints: labels.map((_, i) => i) },
        default_int64: { int: labels.length },
      },
    }),
    decode: (parts) => {
      const keys = parts.attributes?.["keys_strings"];
      const values = parts.attributes?.["values_int64s"];
      if (!keys || !("strings" in keys) || !values || !("ints" in values))
        throw new Error("LabelEncoder: expected texts to integers");
      const inOrder = keys.strings.length === values.ints.length && Array.from(values.ints).every((v, i) => v === i);
      if (!inOrder || intAttribute(parts, "default_int64", -1) !== keys.strings.length)
        throw new Error("LabelEncoder: expected the integers 0, 1, 2, … and their number as default");
      return { labels: keys.strings };
    },
  },
};

/** int64 places of strings in `labels`; `labels.length` for one that is not among them. */
export function labelEncoder(x: Tensor, labels: readonly string[]): Tensor {
  return apply(labelEncoderPrimitive, [x], { labels: Object.freeze([...labels]) });
}
