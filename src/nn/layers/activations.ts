import {
  add,
  errorFunction,
  exponential,
  greater,
  logarithm,
  minimum,
  multiply,
  negate,
  rectifier,
  sigmoid,
  square,
  stopGradient,
  subtract,
  type Tensor,
  tangentHyperbolic,
  where,
} from "../../graph/index.ts";

/** x Φ(x), Φ the standard normal distribution function (Hendrycks and Gimpel 2016). ONNX Runtime: float32 only, for erf. */
export function gelu(x: Tensor): Tensor {
  return multiply(x, add(multiply(errorFunction(multiply(x, Math.SQRT1_2)), 0.5), 0.5));
}

/** ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))): within 1e-3 of `gelu` (Hendrycks and Gimpel 2016, section 2). */
export function geluByTanh(x: Tensor): Tensor {
  // The argument as x (a + b x²): one multiplication less than with x³.
  const a = Math.sqrt(2 / Math.PI);
  const argument = multiply(x, add(multiply(square(x), a * 0.044715), a));
  return multiply(x, add(multiply(tangentHyperbolic(argument), 0.5), 0.5));
}

/**
 * ln(1 + e^x), for x of any size; its derivative is 1/(1 + e^−x) everywhere. Far below 0 it is 0 to the rounding of 1.
 */
export function softplus(x: Tensor): Tensor {
  // m + ln(e^(x − m) + e^−m) does not depend on m, so nothing flows through it; m = max(x, 0) keeps both powers ≤ 1.
  const m = stopGradient(rectifier(x));
  return add(m, logarithm(add(exponential(subtract(x, m)), exponential(negate(m)))));
}

/** x above 0, e^x − 1 below (Clevert, Unterthiner, Hochreiter 2016, eq. 15, α = 1). */
export function elu(x: Tensor): Tensor {
  return where(greater(x, 0), x, subtract(exponential(minimum(x, 0)), 1));
}

/** x / (1 + e^−x) (Hendrycks and Gimpel 2016; Ramachandran, Zoph, Le 2017, "Swish"). */
export function silu(x: Tensor): Tensor {
  return multiply(x, sigmoid(x));
}
