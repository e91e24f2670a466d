import fc from "fast-check";
import { expect, test } from "vitest";
import { key, permutation, uniform } from "../numeric/index.ts";
import { pairAgreement } from "./pair-agreement.ts";

/** The numbers of discordant pairs over all orders of the rows. */
function allPairings(high: readonly number[]): number[] {
  if (high.length === 0) return [0];
  const [first, ...rest] = high;
  return rest.flatMap((mate, i) => allPairings(rest.toSpliced(i, 1)).map((u) => u + (first ^ mate)));
}

const discordant = (high: Uint8Array) =>
  Array.from({ length: high.length / 2 }, (_, pair): number => high[2 * pair] ^ high[2 * pair + 1]).reduce(
    (a, b) => a + b,
    0,
  );

test("both tails = counting every pairing of up to 8 rows; the correlation is 0 on average", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 8, maxLength: 8 }),
      (pairs, bits) => {
        const high = Uint8Array.from(bits.slice(0, 2 * pairs));
        const found = pairAgreement(high);
        const m = high.reduce((a, b) => a + b, 0);
        if (m === 0 || m === high.length) {
          expect(found).toBeNull();
          return;
        }
        const counts = allPairings([...high]);
        const share = (test: (u: number) => boolean) => counts.filter(test).length / counts.length;
        const u = discordant(high);
        expect(found!.alike).toBeCloseTo(
          share((x) => x <= u),
          10,
        );
        expect(found!.unlike).toBeCloseTo(
          share((x) => x >= u),
          10,
        );
        const mean = counts.reduce((a, b) => a + b, 0) / counts.length;
        expect(found!.correlation).toBeCloseTo(1 - u / mean, 10);
      },
    ),
  );
});

test("pairs that agree have correlation 1; pairs that differ a negative one", () => {
  const same = pairAgreement(Uint8Array.of(1, 1, 0, 0, 1, 1, 0, 0))!;
  expect(same.correlation).toBe(1);
  expect(same.unlike).toBeCloseTo(1, 12);
  expect(pairAgreement(Uint8Array.of(1, 0, 0, 1, 1, 0, 0, 1))!.correlation).toBeCloseTo(-0.75, 12);
});

test.each([0.5, 0.1, 0.002])(
  "P(tail ≤ t) ≤ t in random order, also for a share of %f high rows (within 5 standard errors)",
  (share) => {
    const repeats = 4000;
    const values = Uint8Array.from({ length: 1000 }, (_, row) => (row < share * 1000 ? 1 : 0));
    const tails = Array.from(
      { length: repeats },
      (_, i) =>
        pairAgreement(
          permutation(key("null").for(i), 1000).reduce((out, row, place) => {
            out[place] = values[row];
            return out;
          }, new Uint8Array(1000)),
        )!,
    );
    for (const t of [0.001, 0.01, 0.1, 0.5])
      for (const side of ["alike", "unlike"] as const) {
        const seen = tails.filter((tail) => tail[side] <= t).length / repeats;
        expect(seen).toBeLessThanOrEqual(t + 5 * Math.sqrt((t * (1 - t)) / repeats));
      }
  },
);

test("4,096 rows: the tails are finite, and add up to 1 and the term that both hold", () => {
  const u = uniform(key(1));
  const { alike, unlike } = pairAgreement(Uint8Array.from({ length: 4096 }, () => (u() < 0.4 ? 1 : 0)))!;
  expect(alike + unlike).toBeGreaterThan(1);
  expect(alike + unlike).toBeLessThan(1.1);
  const sorted = pairAgreement(Uint8Array.from({ length: 4096 }, (_, i) => (i < 2000 ? 1 : 0)))!;
  expect(sorted.alike).toBeLessThan(1e-300);
  expect(sorted.alike).toBeGreaterThanOrEqual(0);
});
