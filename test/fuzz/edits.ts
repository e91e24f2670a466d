import * as fc from "fast-check";

/** A change of some bytes, read by {@link edited}. */
export interface Edit {
  readonly how: number;
  /** Where, as shares of the length. */
  readonly from: number;
  readonly length: number;
  readonly bytes: Uint8Array;
}

const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

export const edits = (most: number): fc.Arbitrary<readonly Edit[]> =>
  fc.array(
    fc.record({
      how: fc.nat(6),
      from: share,
      length: fc.oneof(fc.constant(0.001), share),
      bytes: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 12 }),
        fc.constantFrom(...["\0", '"', "\n", "\r", "\ufeff", ",", "{", "[", "\\u0000", "1e400", "NaN"].map(utf8)),
      ),
    }),
    { maxLength: most },
  );

/** Bytes with parts flipped, put in, written over, taken out, doubled, moved or cut off. The input is left as it is. */
export function edited(bytes: Uint8Array, changes: readonly Edit[]): Uint8Array {
  let now = Buffer.from(bytes);
  for (const { how, from, length, bytes: added } of changes) {
    if (now.length > 1 << 22) return now;
    const start = Math.floor(from * (now.length + 1));
    const end = Math.min(now.length, start + Math.ceil(length * length * now.length));
    const [before, part, after] = [now.subarray(0, start), now.subarray(start, end), now.subarray(end)];
    if (how === 0) now = Buffer.concat([before, flipped(part.subarray(0, 1), added[0]), now.subarray(start + 1)]);
    else if (how === 1) now = Buffer.concat([before, added, now.subarray(start)]);
    else if (how === 2) now = Buffer.concat([before, added, now.subarray(start + added.length)]);
    else if (how === 3) now = Buffer.concat([before, after]);
    else if (how === 4) now = Buffer.concat([before, part, part, after]);
    else if (how === 5) now = Buffer.concat([after, before, part]);
    else now = before;
  }
  return now;
}

const flipped = (part: Uint8Array, flip: number) => part.map((byte) => byte ^ (flip || 1));

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
