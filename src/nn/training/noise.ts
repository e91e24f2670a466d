import { type Key, normal, randomBits } from "../../numeric/index.ts";
import type { Distribution } from "../layer.ts";

/** What 16 random bits can tell apart. */
const STEPS = 65_536;

/**
 * Fills an array with fresh draws: a function of the key alone. Uniform numbers have 24 bits. What is kept with a
 * probability is kept with that of the nearest multiple of 2^-16, and scaled so that its mean is 1; two entries share 32
 * random bits, for masks are large and drawn in every step. The array must start at a multiple of 8 bytes.
 */
export function fill(out: Float32Array, distribution: Distribution, key: Key): void {
  if (distribution === "normal") fillNormal(out, key);
  else if (distribution === "uniform") fillUniform(out, key);
  else fillKept(out, distribution.keep, key);
}

function fillNormal(out: Float32Array, key: Key): void {
  const z = normal(key);
  for (let i = 0; i < out.length; i++) out[i] = z();
}

function fillUniform(out: Float32Array, key: Key): void {
  const bits = randomBits(key, out.length);
  for (let i = 0; i < out.length; i++) out[i] = (bits[i] >>> 8) / 2 ** 24;
}

function fillKept(out: Float32Array, keep: number, key: Key): void {
  const threshold = Math.round(keep * STEPS);
  const kept = STEPS / threshold;
  const bits = randomBits(key, Math.ceil(out.length / 2));
  // Two entries are one double: the four that there can be are looked up and stored whole.
  const pairs = new Float64Array(Float32Array.of(0, 0, kept, 0, 0, kept, kept, kept).buffer);
  const whole = Math.floor(out.length / 2);
  const twice = new Float64Array(out.buffer, out.byteOffset, whole);
  for (let i = 0; i < whole; i++) {
    const two = bits[i];
    twice[i] = pairs[(((two & 0xffff) - threshold) >>> 31) | ((((two >>> 16) - threshold) >>> 31) << 1)];
  }
  if (out.length > 2 * whole) out[2 * whole] = (bits[whole] & 0xffff) < threshold ? kept : 0;
}
