/**
 * Random keys: an immutable value from which whatever draws derives its own stream.
 *
 * Split a key by name, so that a new consumer does not shift the others: `key(7).for("init").for(3)`.
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand), seeded by 128 bits that a name mixes with the
 * 32-bit finalizer of MurmurHash3 (Appleby 2008).
 */
export interface Key {
  readonly state: readonly [number, number, number, number];
  /** The key for one named purpose. Equal names give equal keys. */
  readonly for: (name: string | number) => Key;
}

/** The key that a seed stands for: equal seeds, equal draws, on every machine. */
export function key(seed: number | string): Key {
  return derive([0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x6a09e667], `seed:${seed}`);
}

/** The key of a state, as another thread is told one. */
export function keyOfState(state: Key["state"]): Key {
  return Object.freeze({ state, for: (child: string | number) => derive(state, `/${child}`) });
}

/** A stream of uniform numbers in [0, 1) with 53 bits, from the start of the key. */
export function uniform(k: Key): () => number {
  const state = stateOf(k);
  return () => nextUniform(state);
}

/** 32 random bits for each entry, from the start of the key. O(length). */
export function randomBits(k: Key, length: number): Uint32Array {
  const out = new Uint32Array(length);
  const state = stateOf(k);
  for (let i = 0; i < length; i++) out[i] = nextBits(state);
  return out;
}

/** A stream of standard normal numbers (Box and Muller 1958). */
export function normal(k: Key): () => number {
  const u = uniform(k);
  return () => Math.sqrt(-2 * Math.log(1 - u())) * Math.cos(2 * Math.PI * u());
}

/** A random order of 0 … n − 1 (Fisher and Yates). O(n). */
export function permutation(k: Key, n: number): Uint32Array {
  const state = stateOf(k);
  // Plain loops: a third of the time of `from` and of a swap by destructuring.
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(nextUniform(state) * (i + 1));
    const at = order[i];
    order[i] = order[j];
    order[j] = at;
  }
  return order;
}

/** `count` of 0 … n − 1 without replacement, in increasing order. All of them when count ≥ n. O(n). */
export function sample(k: Key, n: number, count: number): Uint32Array {
  if (count >= n) return Uint32Array.from({ length: n }, (_, i) => i);
  return permutation(k, n).slice(0, count).sort();
}

function derive(state: readonly number[], name: string): Key {
  let [a, b, c, d] = state;
  for (let i = 0; i < name.length; i++) {
    a = mix(a ^ name.charCodeAt(i));
    b = mix(b + a + i);
    c = mix(c ^ b);
    d = mix(d + c);
  }
  const next = [mix(a + d), mix(b ^ a), mix(c + b), mix(d ^ c)] as const;
  return Object.freeze({ state: next, for: (child: string | number) => derive(next, `/${child}`) });
}

function mix(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) + 0x9e3779b9;
}

/** The state of sfc32 at the start of a key: 32-bit integers, as fast to step as local variables. */
function stateOf({ state: [a, b, c, counter] }: Key): Int32Array {
  const state = Int32Array.of(a | 0, b | 0, c | 0, counter | 0);
  for (let i = 0; i < 15; i++) nextBits(state);
  return state;
}

/** The next 32 bits of sfc32, as a signed integer. */
function nextBits(state: Int32Array): number {
  const [b, c, counter] = [state[1], state[2], state[3]];
  const t = (((state[0] + b) | 0) + counter) | 0;
  state[0] = b ^ (b >>> 9);
  state[1] = (c + (c << 3)) | 0;
  state[2] = (((c << 21) | (c >>> 11)) + t) | 0;
  state[3] = (counter + 1) | 0;
  return t;
}

/** The next number in [0, 1), with 53 bits of two numbers. */
function nextUniform(state: Int32Array): number {
  return ((nextBits(state) >>> 5) * 67108864 + (nextBits(state) >>> 6)) / 9007199254740992;
}
