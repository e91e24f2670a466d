import { apply, type Primitive, type Tensor } from "../tensor.ts";
import { binary, type Operand, operands, unary } from "./elementwise.ts";

const COMPARABLE = ["float32", "float64", "int64"] as const;
const holds = (condition: boolean) => (condition ? 1 : 0);

const primitives = {
  less: binary("less", "Less", COMPARABLE, (a, b) => holds(a < b), "bool"),
  lessOrEqual: binary("lessOrEqual", "LessOrEqual", COMPARABLE, (a, b) => holds(a <= b), "bool"),
  equal: binary("equal", "Equal", COMPARABLE, (a, b) => holds(a === b), "bool"),
  and: binary("and", "And", ["bool"], (a, b) => a & b),
  or: binary("or", "Or", ["bool"], (a, b) => a | b),
  not: unary("not", "Not", ["bool"], (x) => 1 - x),
};

/** Every comparison and logical primitive, for decoding. */
export const comparisons: readonly Primitive[] = Object.values(primitives);

const two = (primitive: Primitive) => (a: Operand, b: Operand) => apply(primitive, operands(a, b), {});

/** a < b; false where either is NaN. */
export const less = two(primitives.less);
/** a ≤ b; false where either is NaN. */
export const lessOrEqual = two(primitives.lessOrEqual);
/** a > b. */
export const greater = (a: Operand, b: Operand): Tensor => less(b, a);
/** a ≥ b. */
export const greaterOrEqual = (a: Operand, b: Operand): Tensor => lessOrEqual(b, a);
/** a = b, exactly; false where either is NaN. */
export const equal = two(primitives.equal);
export const and = (a: Tensor, b: Tensor): Tensor => apply(primitives.and, [a, b], {});
export const or = (a: Tensor, b: Tensor): Tensor => apply(primitives.or, [a, b], {});
export const not = (x: Tensor): Tensor => apply(primitives.not, [x], {});
